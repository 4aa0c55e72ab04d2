#include "runner/config/reader.h"

#include <fmt/format.h>
#include <unistd.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <sstream>

#include "runner/base/regular_file.h"
#include "runner/base/wording.h"
#include "runner/config/argument.h"
#include "runner/config/characters.h"
#include "runner/config/known_file.h"
#include "runner/config/mistakes/complaint.h"
#include "runner/config/mistakes/directive.h"
#include "runner/config/mistakes/similar_file.h"
#include "runner/config/mistakes/syntax_error.h"
#include "runner/config/node_builder.h"
#include "runner/config/places.h"

namespace assay::config {
namespace {

// The text of a file that could be anything.
struct FileText {
  int error = 0;  ///< errno of what failed; 0: nothing
  base::FileKind kind = base::FileKind::regular;
  std::string text;  ///< of a regular file
};

// Reads the first `most` bytes, or fewer if the file is shorter or shrinks meanwhile. Never waits
// for a writer, as reading from a pipe would.
FileText read_start(const std::string& path, std::size_t most) {
  const base::OpenedFile file = base::open_regular_file(path);
  FileText result{file.error, file.kind, {}};
  if (result.error != 0 || result.kind != base::FileKind::regular) return result;
  // The size that a file reports is not used: it may change, or be made up (/proc).
  std::array<char, 16384> part;
  while (result.text.size() < most) {
    const ssize_t count = ::read(file.descriptor.get(), part.data(),
                                 std::min(part.size(), most - result.text.size()));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) result.error = errno;
    if (count <= 0) break;
    result.text.append(part.data(), static_cast<std::size_t>(count));
  }
  return result;
}

std::string with_line_feeds(std::string text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = text.starts_with("\xEF\xBB\xBF") ? 3 : 0; i < text.size(); ++i) {
    if (text[i] != '\r') result += text[i];
    else if (i + 1 == text.size() || text[i + 1] != '\n') result += '\n';
  }
  return result;
}

// Returns the hint for a file that does not exist.
std::string hint_for_missing(const std::string& path) {
  namespace fs = std::filesystem;
  const fs::path wanted(path);
  const std::string near = similar_file(wanted, [](const fs::path& file) {
    std::error_code ignored;
    return is_name_of_config(file.native()) || fs::exists(file / "plan.yaml", ignored);
  });
  if (near.empty()) return {};
  return fmt::format("did you mean '{}'?", (wanted.parent_path() / near).string());
}

bool check_size(const std::shared_ptr<const Source>& source, std::size_t bytes,
                Diagnostics& diagnostics) {
  if (bytes <= max_bytes) return true;
  diagnostics.error({source, 0, 0, 0}, {},
                    fmt::format("longer than {} KiB, the limit for a config", max_bytes / 1024));
  return false;
}

// Returns nothing if the document is empty, or after an error; only tags and duplicate keys are
// reported without that.
std::optional<Node> parse(const std::shared_ptr<const Source>& source, Diagnostics& diagnostics) {
  NodeBuilder builder(source, diagnostics);
  try {
    std::string text = builder.stand_ins().hidden(source->text);
    // yaml-cpp drops a last line of blanks without a line break, but it counts in a block scalar.
    if (text.ends_with(' ')) text += '\n';
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    // The builder rejects a second document at its first event.
    while (parser.HandleNextDocument(builder)) {
    }
    return builder.take();
  } catch (const NodeBuilder::Stop&) {
  } catch (const YAML::ParserException& error) {
    report(error, source->text, builder, diagnostics);
  }
  return std::nullopt;
}

}  // namespace

bool check_text(const std::shared_ptr<const Source>& source, Diagnostics& diagnostics) {
  return check_size(source, source->text.size(), diagnostics) &&
         check_characters(source, diagnostics);
}

std::optional<Node> read_text(std::string name, std::string path, std::string text,
                              Diagnostics& diagnostics) {
  const std::size_t problems = diagnostics.size();
  const std::size_t bytes = text.size();
  if (bytes > max_bytes) text.clear();
  const auto source = std::make_shared<const Source>(
      Source{std::move(name), std::move(path), with_line_feeds(std::move(text))});
  if (!check_size(source, bytes, diagnostics) || !check_characters(source, diagnostics) ||
      !check_directives(source, diagnostics))
    return std::nullopt;
  std::optional<Node> root = parse(source, diagnostics);
  const Location file{source, 0, 0, 0};
  if (!root && diagnostics.size() > problems) return std::nullopt;
  if (!root) {
    const bool blank = source->text.find_first_not_of(" \t\n") == std::string::npos;
    diagnostics.error(file, {}, blank ? "the file is empty" : "the file holds only comments");
    return std::nullopt;
  }
  if (root->kind != Node::Kind::map) {
    diagnostics.error(root->where, {},
                      "expected a map (lines of 'key: value'), found " + described(*root),
                      root->kind == Node::Kind::scalar ? hint_for_key(root->scalar) : "");
    return std::nullopt;
  }
  return root;
}

std::optional<Node> read_file(const std::string& path, Diagnostics& diagnostics) {
  namespace fs = std::filesystem;
  std::error_code error;
  const std::string absolute = fs::absolute(path, error).lexically_normal().string();
  const auto fail = [&](std::string message, std::string hint = {}) -> std::optional<Node> {
    const auto source = std::make_shared<const Source>(
        Source{path.empty() ? "''" : path, absolute.empty() ? "/" : absolute, {}});
    diagnostics.error({source, 0, 0, 0}, {}, std::move(message), std::move(hint));
    return std::nullopt;
  };
  const FileText file = read_start(path, max_bytes + 1);
  if (file.error == ENOENT) return fail("there is no such file", hint_for_missing(path));
  if (file.error != 0) return fail("cannot be read: " + std::string(std::strerror(file.error)));
  if (file.kind == base::FileKind::folder) return fail("this is a folder, expected a config file");
  if (file.kind != base::FileKind::regular)
    return fail("this is not a regular file, expected a config file");
  if (auto known = known_file(path, file.text))
    return fail(fmt::format("this is {}, expected a config", known->what), std::move(known->hint));
  return read_text(path, absolute, file.text, diagnostics);
}

std::optional<Node> read_value(const std::shared_ptr<const Source>& source,
                               Diagnostics& diagnostics) {
  const std::string& text = source->text;
  if (!check_text(source, diagnostics)) return std::nullopt;
  const std::size_t first = text.find_first_not_of(" \t\n");
  if (first == text.npos) {
    diagnostics.error(Places(source).at(0), {}, "there is no value");
    return std::nullopt;
  }
  if (std::string_view("[{\"'").find(text[first]) != std::string_view::npos) {
    const std::size_t problems = diagnostics.size();
    std::optional<Node> node = parse(source, diagnostics);
    return diagnostics.size() > problems ? std::nullopt : node;
  }
  const std::size_t end = text.find_last_not_of(" \t\n") + 1;
  return plain_value(text.substr(first, end - first), Places(source).at(first, end));
}

}  // namespace assay::config
