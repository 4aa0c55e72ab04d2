#include "runner/verify/json_lines.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "runner/verify/file_stream.h"

namespace assay::verify {
namespace {

constexpr std::size_t longest_line = std::size_t{64} << 20;

// The parser takes a null character for the end of its input.
bool is_json(std::string_view line) {
  return line.find('\0') == line.npos && nlohmann::json::accept(line);
}

bool is_text(std::string_view line) { return line.find('\0') == line.npos; }

// Reads the lines that `is_right` accepts.
template <class IsRight>
WholePart check_lines(const base::RegularFile& file, const char* expected, IsRight&& is_right) {
  WholePart found;
  FileStream stream(file);
  std::string line;
  while (stream.left() > 0) {
    const auto bytes = stream.next(stream.left());
    const std::string_view piece(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    for (std::size_t at = 0; at < piece.size();) {
      const std::size_t end = std::min(piece.find('\n', at), piece.size());
      line.append(piece.substr(at, end - at));
      at = end + 1;
      if (line.size() > longest_line) {
        found.problem = "a line has more than 64 MiB";
        return found;
      }
      if (end == piece.size()) break;
      if (!is_right(line)) {
        found.problem = expected;
        return found;
      }
      found.bytes += line.size() + 1;
      ++found.records;
      line.clear();
    }
  }
  found.is_cut_short = !line.empty();
  if (found.is_cut_short) found.problem = "the file ends within a line";
  return found;
}

}  // namespace

WholePart check_json_lines(const base::RegularFile& file) {
  return check_lines(file, "a line is not JSON", is_json);
}

WholePart check_text_lines(const base::RegularFile& file) {
  return check_lines(file, "a line has null characters", is_text);
}

}  // namespace assay::verify
