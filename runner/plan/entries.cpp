#include "runner/plan/entries.h"

#include <algorithm>
#include <utility>

#include "runner/plan/emit.h"
#include "runner/plan/scalar.h"
#include "runner/plan/yaml_text.h"

namespace assay::plan {
namespace {

using Type = TypedValue::Type;

// Returns the text that a node of the document stands for: there, '@' at its start is doubled.
std::string text_of(const config::Node& node) {
  return node.scalar.starts_with("@@") ? node.scalar.substr(1) : node.scalar;
}

Entry entry_of(const Leaf& leaf) {
  const config::Node& node = *leaf.node;
  Entry entry{leaf.key, leaf.text};
  if (node.kind == config::Node::Kind::null) return entry;
  if (node.kind != config::Node::Kind::scalar || node.quoted) {
    entry.type = Type::text;
    entry.text = node.kind == config::Node::Kind::scalar ? text_of(node) : leaf.text;
  } else if (const auto truth = boolean(node).value) {
    entry.type = Type::boolean;
    entry.boolean = *truth;
  } else if (const auto value = number(node).value) {
    entry.type = Type::number;
    entry.number = *value;
  } else {
    entry.type = Type::text;
    entry.text = node.scalar;
  }
  return entry;
}

}  // namespace

std::vector<Entry> entries(const Plan& plan) {
  const config::Node whole = document(plan);
  std::vector<std::pair<std::string, Entry>> lines;
  for (const Leaf& leaf : leaves(whole))
    lines.emplace_back(leaf.key + ": " + leaf.text, entry_of(leaf));
  std::ranges::sort(lines, {}, &std::pair<std::string, Entry>::first);
  std::vector<Entry> entries;
  for (auto& [line, entry] : lines) entries.push_back(std::move(entry));
  return entries;
}

}  // namespace assay::plan
