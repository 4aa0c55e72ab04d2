// Shows nodes and problems as text, for comparisons.
#pragma once

#include <string>

#include "runner/config/diagnostics.h"
#include "runner/config/node.h"
#include "runner/config/reader.h"

namespace assay::test {

/// Returns {a: [1, 'text'], b: null}: quoted scalars in single quotes.
inline std::string show(const config::Node& node) {
  using Kind = config::Node::Kind;
  std::string text;
  switch (node.kind) {
    case Kind::null: return "null";
    case Kind::scalar: return node.quoted ? "'" + node.scalar + "'" : node.scalar;
    case Kind::list:
      for (const config::Node& element : node.list) {
        text += text.empty() ? "" : ", ";
        text += show(element);
      }
      return "[" + text + "]";
    case Kind::map:
      for (const config::Node::Entry& entry : node.map) {
        text += text.empty() ? "" : ", ";
        text += entry.key + ": " + show(entry.value);
      }
      return "{" + text + "}";
  }
  return text;
}

/// Returns the config that a text reads as, or its problems.
inline std::string read(const std::string& text) {
  config::Diagnostics diagnostics;
  const auto node = config::read_text("a.yaml", "/a.yaml", text, diagnostics);
  return node.has_value() && diagnostics.empty() ? show(*node) : diagnostics.text(false);
}

}  // namespace assay::test
