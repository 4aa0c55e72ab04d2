#include "runner/config/mistakes/directive.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runner/base/wording.h"
#include "runner/config/places.h"

namespace assay::config {
namespace {

constexpr std::string_view blanks = " \t";

// Returns the words of a line without its comment.
std::vector<std::string_view> words(std::string_view line) {
  std::vector<std::string_view> result;
  for (std::size_t at = line.find_first_not_of(blanks); at < line.size() && line[at] != '#';) {
    const std::size_t end = std::min(line.find_first_of(blanks, at), line.size());
    result.push_back(line.substr(at, end - at));
    at = line.find_first_not_of(blanks, end);
  }
  return result;
}

struct Complaint {
  std::string message;
  std::string hint;
};

Complaint of_directive(std::string_view line) {
  const std::vector<std::string_view> parts = words(line);
  constexpr const char* without = "leave the line out";
  if (parts[0] == "%TAG") return {"a config has no tags, so none are declared", without};
  if (parts[0] == "%YAML")
    return {"a config is YAML 1.2, found " + base::quoted(line),
            "write %YAML 1.2, or leave the line out"};
  return {"there is no directive " + base::quoted(parts[0]) + ", only %YAML 1.2",
          "a comment starts with '#'"};
}

}  // namespace

bool check_directives(const std::shared_ptr<const Source>& source, Diagnostics& diagnostics) {
  const std::string_view text = source->text;
  const auto fail = [&](std::size_t begin, Complaint complaint) {
    diagnostics.error(Places(source).at(begin, text.find('\n', begin)), {},
                      std::move(complaint.message), std::move(complaint.hint));
    return false;
  };
  std::optional<std::size_t> version;  // the start of its line
  bool in_front = true;                // of the document
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    const std::vector<std::string_view> parts = words(line);
    if (line.starts_with('%')) {
      if (!in_front)
        return fail(begin,
                    {"a line that starts with '%' is a directive, which belongs before '---'",
                     "quote a text that starts with '%'; a comment starts with '#'"});
      if (parts != std::vector<std::string_view>{"%YAML", "1.2"})
        return fail(begin, of_directive(line));
      if (version) return fail(begin, {"%YAML occurs twice", "leave one out"});
      version = begin;
    } else if (!parts.empty()) {
      if (in_front && version && !line.starts_with("---"))
        return fail(*version, {"a line '---' is missing between a directive and the config",
                               "add it, or leave this line out"});
      in_front = false;
    }
    begin = end + 1;
  }
  return true;
}

}  // namespace assay::config
