#include "runner/config/overrides.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <tuple>
#include <vector>

#include "runner/base/wording.h"
#include "runner/config/argument.h"
#include "runner/config/key_lookup.h"
#include "runner/config/merge.h"
#include "runner/config/reader.h"

namespace assay::config {
namespace {

constexpr std::size_t most = 1000;  // arguments

std::optional<double> number(const std::string& text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stop == end ? std::optional(value) : std::nullopt;
}

// Returns true if the two values are equal, whatever their quotes and digits.
bool same(const Node& a, const Node& b) {
  if (a.kind != b.kind) return false;
  if (a.scalar != b.scalar && (!number(a.scalar) || number(a.scalar) != number(b.scalar)))
    return false;
  return std::equal(a.list.begin(), a.list.end(), b.list.begin(), b.list.end(), same) &&
         a.map.size() == b.map.size() &&
         std::all_of(a.map.begin(), a.map.end(), [&b](const Node::Entry& entry) {
           const Node* other = b.find(entry.key);
           return other != nullptr && same(entry.value, *other);
         });
}

class Overrides {
 public:
  Overrides(Node& root, Composition& composition, const Defaults& defaults,
            Diagnostics& diagnostics)
      : root_(root), composition_(composition), defaults_(defaults), diagnostics_(diagnostics) {}

  void apply(const Argument& change) {
    if (change.action == Action::remove) remove(change);
    else set(change);
  }

  void remove_elements() {
    const auto order = [](const Element& e) { return std::tuple(e.list.size(), e.list, e.index); };
    std::sort(elements_.begin(), elements_.end(),
              [&order](const Element& a, const Element& b) { return order(a) > order(b); });
    elements_.erase(std::unique(elements_.begin(), elements_.end()), elements_.end());
    for (const Element& element : elements_) {
      Node* list = &root_;
      for (const std::string& part : element.list)
        list = list->kind == Node::Kind::list ? &list->list.at(*index_of(part)) : list->find(part);
      list->list.erase(list->list.begin() + static_cast<std::ptrdiff_t>(element.index));
    }
  }

 private:
  struct Element {
    std::vector<std::string> list;  // path
    std::size_t index;
    std::string by;  // the argument
    bool operator==(const Element& other) const {
      return list == other.list && index == other.index;
    }
  };

  void set(const Argument& change) {
    Node* node = &root_;
    std::string key;
    const std::span<const std::string> path = change.path;
    for (std::size_t i = 0; i < path.size(); ++i) {
      const bool last = i + 1 == path.size();
      if (i == 1 && adds_a_name(*node, change)) node->kind = Node::Kind::map;
      if (node->kind == Node::Kind::list) {
        node = element(*node, key, change, i);
        if (node == nullptr) return;
        if (last) merge(*node, *change.value, path, composition_.stays(), diagnostics_);
      } else {
        if (i > 0) become_map(*node, change.places[i - 1]);
        if (last) return set(*node, key, change);
        Node* next = on_the_way(*node, path.first(i + 1));
        if (next == nullptr) {
          const bool made = change.action == Action::set;
          next = &node->map.emplace_back(Node::Entry{path[i], change.places[i], {}, made}).value;
          next->where = change.places[i];
        }
        node = next;
      }
      key = base::joined(key, path[i]);
    }
  }

  // Returns true if the argument adds a member by its name to a section that has none by default,
  // such as `transforms`. It may be a map as well as a list.
  static bool adds_a_name(const Node& section, const Argument& change) {
    return section.kind == Node::Kind::list && section.list.empty() &&
           section.where.source == nullptr && change.action != Action::set &&
           !index_of(change.path[1]);
  }

  // Returns the value at `path` in `parent`: its own, or else a non-empty default. Returns null if
  // there is neither.
  Node* on_the_way(Node& parent, std::span<const std::string> path) {
    if (Node* there = parent.find(path.back())) return there;
    std::optional<Node> value = defaults_.value(root_, path);
    const bool empty = !value || value->kind == Node::Kind::null ||
                       (value->kind == Node::Kind::map && value->map.empty());
    if (empty) return nullptr;
    become_map(parent, parent.where);
    return &parent.map.emplace_back(Node::Entry{path.back(), {}, std::move(*value)}).value;
  }

  // Sets the last part of the key in the map that contains it.
  void set(Node& map, const std::string& key, const Argument& change) {
    const std::string& name = change.path.back();
    if (change.action == Action::add && map.find(name) != nullptr)
      return fail(
          change.places.back(), base::joined(key, name), "this key exists already",
          fmt::format("{0}=... sets it, ++{0}=... sets or adds it", base::joined(key, name)));
    Node over;
    over.kind = Node::Kind::map;
    over.where = map.where;
    over.map.push_back({name, change.places.back(), *change.value, change.action == Action::set});
    const std::span<const std::string> path = change.path;
    merge(map, std::move(over), path.first(path.size() - 1), composition_.stays(), diagnostics_);
  }

  // Returns the element change.path[i] of a list. If there is none, reports that and returns null.
  Node* element(Node& list, const std::string& key, const Argument& change, std::size_t i) {
    const std::optional<std::size_t> index = index_of(change.path[i]);
    const std::size_t size = list.list.size();
    const bool last = i + 1 == change.path.size();
    const bool adds = last && change.action != Action::set && change.action != Action::remove;
    if (adds && index == size) {
      list.list.emplace_back().where = change.places[i];
      return &list.list.back();
    }
    if (last && change.action == Action::add && index && *index < size) {
      fail(change.places[i], base::joined(key, change.path[i]), "this element exists already",
           fmt::format("the next one is {}", size));
      return nullptr;
    }
    if (index && *index < size) {
      const Element wanted{
          {change.path.begin(), change.path.begin() + static_cast<long>(i)}, *index, {}};
      const auto removed = std::ranges::find(elements_, wanted);
      const bool again = last && change.action == Action::remove;
      if (removed == elements_.end() || again) return &list.list[*index];
      fail(change.places[i], base::joined(key, change.path[i]),
           fmt::format("{} removes this element", removed->by),
           "leave one of the two out; elements have the numbers of the original list");
      return nullptr;
    }
    fail(change.places[i], key,
         fmt::format("{} a list of {} element{} without an element {}",
                     list.where.source == nullptr ? "by default this is" : "this is", size,
                     size == 1 ? "" : "s", base::quoted(change.path[i])),
         adds ? fmt::format("the next one is {}", size) : hint_for_element(list, key, change, i));
    return nullptr;
  }

  // Returns a hint that lists the existing elements or says how to select this one.
  static std::string hint_for_element(const Node& list, const std::string& key,
                                      const Argument& change, std::size_t i) {
    const std::string& part = change.path[i];
    const std::size_t size = list.list.size();
    for (std::size_t at = 0; at < size && !index_of(part); ++at) {
      const Node& element = list.list[at];
      const Node* type = element.kind == Node::Kind::map ? element.find("type") : &element;
      if (type != nullptr && type->kind == Node::Kind::scalar && type->scalar == part)
        return fmt::format("'{}' is {}", part, base::joined(key, std::to_string(at)));
    }
    std::string there = size == 0   ? ""
                        : size == 1 ? "the only one is 0"
                                    : fmt::format("0 to {}", size - 1);
    if (index_of(part) == size && change.action == Action::set && i + 1 == change.path.size())
      there += fmt::format("{}+{}.{}=... adds it", there.empty() ? "" : "; ", key, size);
    return there;
  }

  void remove(const Argument& change) {
    const std::span<const std::string> path = change.path;
    Node* parent = nullptr;
    Node* node = &root_;
    std::string key;
    for (std::size_t i = 0; i < change.path.size(); ++i) {
      const std::string& part = path[i];
      const bool last = i + 1 == path.size();
      parent = node;
      node = parent->kind == Node::Kind::list ? element(*parent, key, change, i)
             : last                           ? parent->find(part)
                                              : on_the_way(*parent, path.first(i + 1));
      if (node == nullptr && parent->kind == Node::Kind::list) return;
      key = base::joined(key, part);
      if (node == nullptr)
        return fail(change.places[i], key, "the config sets no such key",
                    did_you_mean_key(part, *parent));
    }
    if (change.value && !same(*node, *change.value)) {
      const std::string is = described(*node), wanted = described(*change.value);
      return fail(change.value->where, key,
                  is == wanted ? "not removed: it has another value"
                               : fmt::format("not removed: it is {}, not {}", is, wanted),
                  fmt::format("~{} removes it whatever its value", key));
    }
    if (parent->kind == Node::Kind::list) {
      elements_.push_back({{change.path.begin(), change.path.end() - 1},
                           *index_of(change.path.back()),
                           change.places.back().source->name});
    } else {
      std::erase_if(parent->map, [node](const Node::Entry& e) { return &e.value == node; });
      parent->removed.push_back({path.back(), change.places.back()});
    }
  }

  void fail(const Location& where, const std::string& key, std::string message, std::string hint) {
    diagnostics_.error(where, key, std::move(message), std::move(hint));
  }

  Node& root_;
  Composition& composition_;
  const Defaults& defaults_;
  Diagnostics& diagnostics_;
  std::vector<Element> elements_;  // to remove
};

// Moves a value, and all within it, to a place.
void place_at(const Location& where, Node& node) {
  node.where = where;
  for (Node& element : node.list) place_at(where, element);
  for (Node::Entry& entry : node.map) {
    entry.where = where;
    place_at(where, entry.value);
  }
}

// Reads an argument that a config says.
std::optional<Argument> read_placed(const std::shared_ptr<const Source>& source,
                                    const Location& where, std::size_t& values_left,
                                    Diagnostics& diagnostics, const AskedKeys& asked) {
  Diagnostics in_argument;
  std::optional<Argument> change = read_argument(source, values_left, in_argument, asked);
  for (Diagnostic& problem : in_argument.sorted())
    diagnostics.error(where, std::move(problem.key), std::move(problem.message));
  if (!change) return std::nullopt;
  for (Location& place : change->places) place = where;
  if (change->value) place_at(where, *change->value);
  return change;
}

// Returns the arguments that can be read, with the fragments that they name.
std::vector<Argument> read(const Node& root, std::span<const std::string> arguments,
                           Composition& composition, const Defaults& defaults,
                           Diagnostics& diagnostics, std::span<const Location> places) {
  std::vector<Argument> changes;
  std::size_t values_left = max_nodes;
  std::size_t bytes = 0;
  const AskedKeys asked = [&](std::span<const std::string> path) {
    return defaults.takes(root, path);
  };
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto source =
        std::make_shared<const Source>(Source{fmt::format("argument {}", i + 1), {}, arguments[i]});
    const Location whole{source, 0, 0, 0};
    if (i == most) {
      diagnostics.error(whole, {}, fmt::format("more than {} arguments", most));
      break;
    }
    if (!check_text(source, diagnostics)) continue;
    bytes += arguments[i].size();
    if (bytes > max_bytes) {
      diagnostics.error(
          whole, {},
          fmt::format("the arguments have more than {} KiB together, which is the limit",
                      max_bytes / 1024));
      break;
    }
    if (report_blank_for_equals(arguments.subspan(i), source, diagnostics, asked)) {
      ++i;
      continue;
    }
    const bool is_placed = i < places.size() && places[i].source != nullptr;
    std::optional<Argument> change =
        is_placed ? read_placed(source, places[i], values_left, diagnostics, asked)
                  : read_argument(source, values_left, diagnostics, asked);
    if (!change) continue;
    if (change->path.front() == "extends") {
      diagnostics.error(change->places.front(), "extends", "only a file can extend others",
                        "an argument includes a file as the value of one key: key=@FILE");
      continue;
    }
    std::string key;
    for (const std::string& part : change->path) key = base::joined(key, part);
    if (!change->value || composition.take_fragments(*change->value, key))
      changes.push_back(std::move(*change));
  }
  return changes;
}

}  // namespace

void apply_overrides(Node& root, std::span<const std::string> arguments, Composition& composition,
                     const Defaults& defaults, Diagnostics& diagnostics,
                     std::span<const Location> places) {
  std::vector<Argument> changes = read(root, arguments, composition, defaults, diagnostics, places);
  const auto order = [](const Argument& change) {
    return std::tuple(change.path.size(), change.action != Action::remove,
                      change.path.back() != "type", index_of(change.path.back()).value_or(0));
  };
  std::stable_sort(changes.begin(), changes.end(),
                   [&order](const Argument& a, const Argument& b) { return order(a) < order(b); });
  Overrides overrides(root, composition, defaults, diagnostics);
  for (const Argument& change : changes) overrides.apply(change);
  overrides.remove_elements();
}

}  // namespace assay::config
