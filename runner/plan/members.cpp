#include "runner/plan/members.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "runner/base/suggest.h"
#include "runner/base/wording.h"

namespace assay::plan {
namespace {

using config::Node;

bool is_name(std::string_view text, bool hyphens) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !text.empty() && letter(text[0]) && std::all_of(text.begin(), text.end(), [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || (hyphens && c == '-');
  });
}

// Suggests what the writer of a section that is neither a map nor a list may have meant.
std::string hint_for(const Node& section) {
  if (section.kind != Node::Kind::scalar) return "write [] for none";
  if (section.scalar.find_first_of("[{") == 0)
    return "a text is never a list or map, whatever it contains: write it here";
  if (section.scalar.starts_with('-'))
    return "an element of a list is '- ' and a value; the space is needed";
  return fmt::format("write [{}]", section.scalar);
}

// Returns true for a single component in place of several: it has a type.
bool is_single(const Node& map) {
  const Node* type = map.find("type");
  return type != nullptr && type->kind == Node::Kind::scalar;
}

void report_single(const Node& map, const std::string& section, bool lists,
                   config::Diagnostics& diagnostics) {
  const auto type = std::ranges::find(map.map, std::string_view("type"), &Node::Entry::key);
  const bool nameless = type != map.map.begin() && (type - 1)->value.kind == Node::Kind::null;
  const std::string one = fmt::format("{{type: {}, ...}}", type->value.scalar);
  diagnostics.error(type->where, section,
                    fmt::format("expected a map by name{}, found a single {}",
                                lists ? " or a list" : "", section.substr(0, section.size() - 1)),
                    nameless ? fmt::format("indent it deeper than '{}:'", (type - 1)->key)
                    : lists  ? fmt::format("write {{NAME: {0}}} or [{0}]", one)
                             : fmt::format("write {{NAME: {}}}", one));
}

// Returns the existing member that a new one without a type probably misspells.
std::string old_name(const Node::Entry& entry, const Node& map) {
  if (entry.value.kind != Node::Kind::map || entry.value.find("type") != nullptr) return {};
  std::vector<std::string> names;
  for (const Node::Entry& other : map.map)
    if (other.value.find("type") != nullptr) names.push_back(other.key);
  return base::suggest(entry.key, names);
}

std::vector<Member> of_map(const Node& map, const std::string& section, bool hyphens,
                           config::Diagnostics& diagnostics) {
  if (is_single(map)) {
    report_single(map, section, hyphens, diagnostics);
    return {};
  }
  std::vector<std::string> names;  // in the file
  for (const Node::Entry& entry : map.map)
    if (!entry.made) names.push_back(entry.key);
  std::vector<Member> result;
  for (const Node::Entry& entry : map.map) {
    const std::string key = base::joined(section, entry.key);
    if (entry.made) {
      std::string others = names.empty() ? "" : section + ": " + base::listed(names);
      if (is_name(entry.key, hyphens))
        others += fmt::format("{}+{}=... adds", others.empty() ? "" : "; ", key);
      diagnostics.error(entry.where, key, "the config has nothing of this name",
                        base::hint_of(base::suggest(entry.key, names), others));
      continue;
    }
    if (!is_name(entry.key, hyphens))
      diagnostics.error(
          entry.where, key, "not a name",
          fmt::format("a letter (a to z, A to Z), then letters, digits{} and underscores",
                      hyphens ? ", hyphens" : ""));
    if (const std::string old = old_name(entry, map); !old.empty()) {
      diagnostics.error(entry.where, key,
                        "the config has nothing of this name, and no type is given",
                        fmt::format("did you mean '{}'?  A new one needs `type: NAME`", old));
      continue;
    }
    result.push_back({entry.key, &entry.value, key});
  }
  return result;
}

}  // namespace

std::vector<Member> members(const Node& section, const std::string& key,
                            config::Diagnostics& diagnostics) {
  if (section.kind == Node::Kind::map) return of_map(section, key, true, diagnostics);
  std::vector<Member> result;
  if (section.kind == Node::Kind::list) {
    for (std::size_t i = 0; i < section.list.size(); ++i)
      result.push_back({"", &section.list[i], base::joined(key, std::to_string(i))});
  } else if (!section.reported) {
    diagnostics.error(section.where, key,
                      "expected a map by name or a list, found " + config::described(section),
                      hint_for(section));
  }
  return result;
}

std::vector<Member> members_by_name(const Node& section, const std::string& key,
                                    config::Diagnostics& diagnostics) {
  if (section.kind == Node::Kind::map) return of_map(section, key, false, diagnostics);
  if (!section.reported)
    diagnostics.error(section.where, key,
                      "expected a map by name, found " + config::described(section),
                      section.kind == Node::Kind::null ? "write {} for none"
                                                       : fmt::format("{}: {{NAME: TYPE}}", key));
  return {};
}

std::string ListNames::name(const std::string& type) {
  std::string result;
  do {
    const int count = ++counts_[type];
    result = count == 1 ? type : fmt::format("{}_{}", type, count);
  } while (!taken_.insert(result).second);
  return result;
}

}  // namespace assay::plan
