#include "runner/config/composition.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "assay/number_text.h"
#include "runner/base/home.h"
#include "runner/base/suggest.h"
#include "runner/base/wording.h"
#include "runner/config/mistakes/similar_file.h"
#include "runner/config/reader.h"

namespace assay::config {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_files = 100;
constexpr std::size_t max_chain = 16;            // files that extend or include each other
constexpr std::size_t max_text = 8 * max_bytes;  // of all values

constexpr std::string_view extends = "extends";
constexpr const char* at_sign_in_text = "a text that begins with '@' is written with two: @@";

std::string canonical(const std::string& name) {
  std::error_code error;
  const fs::path path = fs::weakly_canonical(name, error);
  return error ? name : path.string();
}

}  // namespace

std::optional<Node> Composition::file(const std::string& path) {
  File& file = files_[canonical(path)];
  file.name = path;
  const Location nowhere;
  const std::string none;
  read(file, {nowhere, none, path});
  if (!file.good) return std::nullopt;
  return merged(file);
}

std::vector<Node> Composition::parts_of(const std::string& path) const {
  std::vector<Node> parts;
  const auto found = files_.find(canonical(path));
  if (found == files_.end() || found->second.own.where.source == nullptr) return parts;
  Diagnostics about_the_bases;  // about the keys that `~key` removes
  const File& file = found->second;
  Node& own = parts.emplace_back();
  own.kind = Node::Kind::map;
  merge(own, file.own, {}, stays_, about_the_bases);
  for (const File* base : file.bases) {
    std::set<const File*> laid;
    lay(parts.emplace_back(), *base, laid, about_the_bases);
  }
  return parts;
}

bool Composition::take_fragments(Node& node, const std::string& key) {
  return take_fragments(node, key, 0);
}

Composition::File* Composition::mentioned(const Mention& mention) {
  if (exhausted_) return nullptr;
  const auto refuse = [&](std::string message, std::string hint = {}) -> File* {
    fail(mention, std::move(message), std::move(hint));
    return nullptr;
  };
  if (mention.path.find("${") != std::string_view::npos)
    return refuse("the name of a file cannot contain references",
                  "files are read before references are filled in");
  base::HomePath path = base::with_home(mention.path);
  if (!path.problem.empty()) return refuse(std::move(path.problem), std::move(path.hint));
  const Source& source = *mention.where.source;
  const fs::path folder = source.path.empty() ? fs::path() : fs::path(source.name).parent_path();
  const std::string name = (folder / path.path).lexically_normal().string();
  const auto [found, is_new] = files_.try_emplace(canonical(name));
  File& file = found->second;
  if (file.done) return file.good ? &file : nullptr;
  if (!is_new) {
    std::string circle;
    for (auto link = std::find(chain_.begin(), chain_.end(), &file); link != chain_.end(); ++link)
      circle += (*link)->name + " -> ";
    return refuse("files that refer to each other in a cycle", circle + name);
  }
  file.name = name;
  file.done = true;  // unless it can be read
  if (!can_read(mention, name)) return nullptr;
  read(file, mention);
  return file.good ? &file : nullptr;
}

bool Composition::can_read(const Mention& mention, const std::string& name) {
  std::error_code error;
  if (files_.size() > max_files) {
    exhausted_ = true;
    return fail(mention, fmt::format("more than {} files for one config", grouped(max_files)));
  }
  const fs::file_status status = fs::status(name, error);
  if (status.type() == fs::file_type::not_found) {
    // Do not suggest a file that would lead in a circle.
    const std::string suggestion = similar_file(name, [&](const fs::path& file) {
      return std::ranges::none_of(chain_, [other = canonical(file.string())](const File* open) {
        return canonical(open->name) == other;
      });
    });
    return fail(mention, fmt::format("there is no file {}", base::quoted(name)),
                !suggestion.empty()
                    ? fmt::format("did you mean '{}'?",
                                  (fs::path(mention.path).parent_path() / suggestion).string())
                : mention.is_fragment() ? at_sign_in_text
                : mention.path.find(", ") != std::string_view::npos
                    ? fmt::format("a list of files is [{}]", mention.path)
                    : "");
  }
  if (error)
    return fail(mention, fmt::format("{} cannot be read: {}", base::quoted(name), error.message()));
  if (!fs::is_regular_file(status))
    return fail(mention, fmt::format("{} is {}, expected a config file", base::quoted(name),
                                     fs::is_directory(status) ? "a folder" : "not a regular file"));
  if (chain_.size() >= max_chain)
    return fail(mention,
                fmt::format("more than {} files that each refer to the next", grouped(max_chain)));
  const std::uintmax_t bytes = fs::file_size(name, error);
  if (bytes > max_bytes) return true;  // the reader reports this, and reads no more than that
  exhausted_ = read_bytes_ + bytes > max_bytes;
  if (exhausted_)
    fail(mention,
         fmt::format("the files of this config have more than {} KiB together, which is the limit",
                     max_bytes / 1024));
  return !exhausted_;
}

void Composition::read(File& file, const Mention& mention) {
  file.done = false;
  chain_.push_back(&file);
  std::error_code error;
  const std::uintmax_t bytes = fs::file_size(file.name, error);
  read_bytes_ += error ? 0 : static_cast<std::size_t>(std::min<std::uintmax_t>(bytes, max_bytes));
  if (std::optional<Node> node = read_file(file.name, diagnostics_)) {
    sources_.push_back(node->where.source);
    file.own = std::move(*node);
    file.good = spend(size_of(file.own), mention);
    // In a fragment, such a key may be an option.
    if ((!mention.is_fragment() && has_misspelt_bases(file)) || !read_bases(file))
      file.good = false;
    take_fragments(file.own, {}, 0);  // a missing fragment counts as reported
  }
  chain_.pop_back();
  file.done = true;
}

bool Composition::read_bases(File& file) {
  const auto found = std::find_if(file.own.map.begin(), file.own.map.end(),
                                  [](const Node::Entry& entry) { return entry.key == extends; });
  if (found == file.own.map.end()) return true;
  const Node bases = std::move(found->value);
  file.own.map.erase(found);
  if (bases.kind != Node::Kind::list) return read_base(file, bases, std::string(extends));
  bool good = true;
  for (std::size_t i = 0; i < bases.list.size(); ++i)
    if (!read_base(file, bases.list[i], base::joined(std::string(extends), std::to_string(i))))
      good = false;
  return good;
}

bool Composition::has_misspelt_bases(File& file) {
  const std::vector<std::string> names = {std::string(extends)};
  const auto near = std::ranges::find_if(file.own.map, [&](const Node::Entry& entry) {
    return entry.key != extends && !base::suggest(entry.key, names).empty();
  });
  if (near == file.own.map.end()) return false;
  diagnostics_.error(near->where, near->key, "unknown key", "did you mean 'extends'?");
  file.own.map.erase(near);
  return true;
}

bool Composition::read_base(File& file, const Node& path, const std::string& key) {
  const Mention mention{path.where, key, path.scalar};
  if (path.kind != Node::Kind::scalar || path.scalar.empty())
    return fail(mention,
                "expected the path of a config, or a list of paths, found " + described(path));
  if (path.scalar.starts_with('@'))
    return fail(mention, "expected the path of a config, found " + described(path), "without '@'");
  File* base = mentioned(mention);
  if (base != nullptr) file.bases.push_back(base);
  return base != nullptr;
}

const Node& Composition::merged(File& file) {
  if (file.merged) return *file.merged;
  Node& node = file.merged.emplace();
  std::set<const File*> laid;
  lay(node, file, laid, diagnostics_);
  file.size = size_of(node);
  return node;
}

void Composition::lay(Node& node, const File& file, std::set<const File*>& laid,
                      Diagnostics& diagnostics) const {
  node.kind = Node::Kind::map;
  if (!laid.insert(&file).second) return;
  for (const File* base : file.bases) lay(node, *base, laid, diagnostics);
  if (!file.own.map.empty()) merge(node, file.own, {}, stays_, diagnostics);
  node.where = file.own.where;
}

bool Composition::take_fragments(Node& node, const std::string& key, std::size_t depth) {
  if (node.kind == Node::Kind::scalar && node.scalar.starts_with('@')) {
    if (!node.scalar.starts_with("@@")) return take_fragment(node, key, depth);
    node.scalar.erase(0, 1);
    node.quoted = true;
  }
  bool good = true;
  for (std::size_t i = 0; i < node.list.size(); ++i)
    if (!take_fragments(node.list[i], base::joined(key, std::to_string(i)), depth + 1))
      good = false;
  for (Node::Entry& entry : node.map)
    if (!take_fragments(entry.value, base::joined(key, entry.key), depth + 1)) good = false;
  return good;
}

bool Composition::take_fragment(Node& node, const std::string& key, std::size_t depth) {
  const Location where = node.where;
  const std::string path = node.scalar.substr(1);
  const Mention mention{where, key, path};
  node.reported = true;
  if (path.empty() || path.front() == ' ')
    return fail(mention, "expected '@' and the path of a config, found " + described(node),
                at_sign_in_text);
  File* file = mentioned(mention);
  if (file == nullptr) return false;
  const Node& fragment = merged(*file);
  if (depth + file->size.depth > max_depth)
    return fail(mention, fmt::format("nested deeper than {} levels", max_depth));
  if (!spend(file->size, mention)) return false;
  node = fragment;
  return true;
}

bool Composition::spend(const NodeSize& size, const Mention& mention) {
  if (exhausted_) return false;
  spent_.nodes += size.nodes;
  spent_.bytes += size.bytes;
  exhausted_ = spent_.nodes > max_nodes || spent_.bytes > max_text;
  if (exhausted_)
    fail(
        mention,
        fmt::format("the files of this config hold more than {}, counting repeated files each time",
                    spent_.nodes > max_nodes ? fmt::format("{} values", grouped(max_nodes))
                                             : fmt::format("{} bytes", grouped(max_text))));
  return !exhausted_;
}

bool Composition::fail(const Mention& mention, std::string message, std::string hint) {
  diagnostics_.error(mention.where, mention.key, std::move(message), std::move(hint));
  return false;
}

}  // namespace assay::config
