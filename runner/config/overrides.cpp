#include "runner/config/overrides.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <vector>

#include "runner/config/places.h"
#include "runner/config/reader.h"
#include "runner/config/wording.h"

namespace assay::config {
namespace {

struct Override {
  std::vector<std::string> path;
  std::vector<Location> places;  // of the path's parts
  Node value;
};

std::optional<Override> parse(const std::shared_ptr<const Source>& source,
                              Diagnostics& diagnostics) {
  const std::string& text = source->text;
  const std::size_t equals = text.find('=');
  Places places(source);
  const auto fail = [&](std::size_t begin, std::size_t end, std::string message,
                        std::string hint = {}) -> std::optional<Override> {
    diagnostics.error(places.at(begin, end), {}, std::move(message), std::move(hint));
    return std::nullopt;
  };
  if (text.starts_with('+'))
    return fail(0, 1, "'+key=value' is not supported",
                "write key=value: it sets any key that the experiment knows");
  if (text.starts_with('~'))
    return fail(0, 1, "'~key' is not supported", "remove the key in the config file");
  if (equals == std::string::npos) return fail(0, text.size(), "expected key=value");
  if (text.substr(equals + 1).starts_with('@'))
    return fail(equals + 1, text.size(), "'key=@file' is not supported",
                "a text that starts with '@' needs quotes: '" + text.substr(0, equals + 1) + "\"" +
                    text.substr(equals + 1) + "\"'");
  Override result;
  for (std::size_t begin = 0; begin <= equals;) {
    const std::size_t end = std::min(text.find('.', begin), equals);
    if (begin == end) return fail(begin, begin + 1, "a key without a name");
    if (result.path.size() == max_depth) return fail(begin, end, "nested too deeply");
    result.path.push_back(text.substr(begin, end - begin));
    result.places.push_back(places.at(begin, end));
    begin = end + 1;
  }
  std::optional<Node> value = read_value(source, equals + 1, diagnostics);
  if (!value) return std::nullopt;
  result.value = std::move(*value);
  return result;
}

// `sgd` -> {type: sgd}, and nothing -> {}.
void become_map(Node& node, const Location& where) {
  if (node.kind == Node::Kind::map) return;
  Node type = std::move(node);
  node = Node{};
  node.kind = Node::Kind::map;
  node.where = where;
  if (type.kind != Node::Kind::scalar) return;
  const Location place = type.where;
  node.map.push_back({"type", place, std::move(type)});
}

Node* element(Node& list, const std::string& key, const std::string& part, const Location& where,
              Diagnostics& diagnostics) {
  std::size_t index = 0;
  const char* end = part.data() + part.size();
  const auto [stop, error] = std::from_chars(part.data(), end, index);
  if (error == std::errc() && stop == end && index < list.list.size()) return &list.list[index];
  diagnostics.error(where, key,
                    fmt::format("this is a list of {} elements, which has no element {}",
                                list.list.size(), quoted(part)),
                    list.list.empty() ? "" : fmt::format("0 to {}", list.list.size() - 1));
  return nullptr;
}

// The types differ: only what belongs to the place stays.
void drop_options(Node& component, std::span<const std::string> path, const StaysWithPlace& stays) {
  std::erase_if(component.map, [&](const Node::Entry& entry) {
    return entry.key != "type" && !stays(path, entry.key);
  });
}

void apply(Node& root, const Override& change, const StaysWithPlace& stays,
           Diagnostics& diagnostics) {
  Node* node = &root;
  std::string key;
  for (std::size_t i = 0; i < change.path.size(); ++i) {
    const std::string& part = change.path[i];
    if (node->kind == Node::Kind::list) {
      node = element(*node, key, part, change.places[i], diagnostics);
      if (node == nullptr) return;
    } else {
      if (i > 0) become_map(*node, change.places[i - 1]);
      const Node* type = node->find("type");
      if (i + 1 == change.path.size() && part == "type" && type != nullptr &&
          type->scalar != change.value.scalar)
        drop_options(*node, std::span(change.path).first(i), stays);
      Node* next = node->find(part);
      if (next == nullptr) {
        node->map.push_back({part, change.places[i], {}});
        next = &node->map.back().value;
        next->where = change.places[i];
      }
      node = next;
    }
    key = joined(key, part);
  }
  *node = change.value;
}

}  // namespace

void apply_overrides(Node& root, std::span<const std::string> arguments,
                     const StaysWithPlace& stays, Diagnostics& diagnostics) {
  std::vector<Override> changes;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto source =
        std::make_shared<const Source>(Source{fmt::format("argument {}", i + 1), {}, arguments[i]});
    if (std::optional<Override> change = parse(source, diagnostics))
      changes.push_back(std::move(*change));
  }
  const auto order = [](const Override& change) {
    return std::pair(change.path.size(), change.path.back() != "type");
  };
  std::stable_sort(changes.begin(), changes.end(),
                   [&order](const Override& a, const Override& b) { return order(a) < order(b); });
  for (const Override& change : changes) apply(root, change, stays, diagnostics);
}

}  // namespace assay::config
