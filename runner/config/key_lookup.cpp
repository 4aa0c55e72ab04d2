#include "runner/config/key_lookup.h"

#include <algorithm>
#include <charconv>
#include <span>

#include "runner/base/suggest.h"
#include "runner/base/wording.h"
#include "runner/config/reader.h"

namespace assay::config {

std::optional<std::size_t> index_of(std::string_view part) {
  std::size_t index = 0;
  const char* const end = part.data() + part.size();
  const auto [stop, error] = std::from_chars(part.data(), end, index);
  return error == std::errc() && stop == end ? std::optional(index) : std::nullopt;
}

std::vector<std::string> parts_of(std::string_view name) {
  std::vector<std::string> result;
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = std::min(name.find('.', begin), name.size());
    result.emplace_back(name.substr(begin, end - begin));
    begin = end + 1;
  }
  return result;
}

Node* find_key(Node& root, std::span<const std::string> path) {
  Node* node = &root;
  for (const std::string& part : path) {
    if (node->kind == Node::Kind::list) {
      const auto index = index_of(part);
      node = index && *index < node->list.size() ? &node->list[*index] : nullptr;
    } else {
      node = node->find(part);
    }
    if (node == nullptr) return nullptr;
  }
  return node;
}

MissingKey about_missing(Node& root, const Defaults& defaults, std::span<const std::string> path) {
  constexpr std::size_t most = 64;
  std::size_t known = 0;
  while (known + 1 < std::min(path.size(), max_depth) &&
         (find_key(root, path.first(known + 1)) != nullptr ||
          defaults.value(root, path.first(known + 1))))
    ++known;
  MissingKey result{path[known], defaults.keys(root, path.first(known))};
  result.is_alone = path.size() == 1;
  result.is_option =
      known + 1 == path.size() && std::ranges::count(result.siblings, result.part) > 0;
  if (const Node* parent = find_key(root, path.first(known)))
    for (std::size_t i = 0; i < std::min(parent->map.size(), most); ++i)
      result.siblings.push_back(parent->map[i].key);
  return result;
}

std::string suggested_key(Node& root, const Defaults& defaults, const MissingKey& missing,
                          std::span<const std::string> others) {
  if (missing.is_option) return {};
  std::vector<std::string> keys = missing.siblings;
  keys.insert(keys.end(), others.begin(), others.end());
  std::string suggestion = base::suggest(missing.part, keys);
  for (const std::string& section : missing.siblings)  // `steps` for train.steps
    if (suggestion.empty() && missing.is_alone &&
        std::ranges::count(defaults.keys(root, std::span(&section, 1)), missing.part) > 0)
      suggestion = base::joined(section, missing.part);
  return suggestion;
}

bool is_misspelt(Node& root, const Defaults& defaults, std::span<const std::string> path) {
  constexpr std::size_t most = 64;  // of the keys of a map
  for (std::size_t i = 0; i < std::min(path.size(), max_depth); ++i) {
    const Node* parent = find_key(root, path.first(i));
    if (parent == nullptr) return false;
    if (parent->find(path[i]) != nullptr) continue;
    const std::vector<std::string> keys = defaults.keys(root, path.first(i));
    if (std::ranges::count(keys, path[i]) == 0) continue;
    if (std::ranges::any_of(std::span(parent->map).first(std::min(most, parent->map.size())),
                            [&](const Node::Entry& entry) {
                              return std::ranges::count(keys, entry.key) == 0 &&
                                     base::suggest(entry.key, keys) == path[i];
                            }))
      return true;
  }
  return false;
}

}  // namespace assay::config
