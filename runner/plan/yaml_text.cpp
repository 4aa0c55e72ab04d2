#include "runner/plan/yaml_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace assay::plan {
namespace {

using config::Node;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

// No reader, of YAML 1.1 or 1.2, takes it for anything but this text.
bool is_plain(std::string_view text) {
  constexpr std::array<std::string_view, 9> reserved = {"null", "true", "false", "yes", "no",
                                                        "on",   "off",  "y",     "n"};
  if (text.empty() || !(is_letter(text[0]) || text[0] == '/')) return false;
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  if (std::find(reserved.begin(), reserved.end(), lower) != reserved.end()) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '/' || c == '.' || c == '-';
  });
}

std::string in_quotes(std::string_view text) {
  std::string result(1, '"');
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (c == '\n') result += "\\n";
    else if (c == '\t') result += "\\t";
    else result += c;
  }
  result += '"';
  return result;
}

std::string scalar(const Node& node) {
  if (node.kind == Node::Kind::null) return "null";
  return node.quoted && !is_plain(node.scalar) ? in_quotes(node.scalar) : node.scalar;
}

bool in_one_line(const Node& node) {
  if (node.kind == Node::Kind::map) return node.map.empty();
  return std::all_of(node.list.begin(), node.list.end(), in_one_line);
}

std::string one_line(const Node& node) {
  if (node.kind == Node::Kind::map) return "{}";
  if (node.kind != Node::Kind::list) return scalar(node);
  std::string result(1, '[');
  for (const Node& element : node.list) {
    if (&element != &node.list.front()) result += ", ";
    result += one_line(element);
  }
  result += ']';
  return result;
}

void write(const Node& node, std::size_t indent, std::string& text) {
  const std::string space(indent, ' ');
  for (const Node::Entry& entry : node.map) {
    text += fmt::format("{}{}:", space, is_plain(entry.key) ? entry.key : in_quotes(entry.key));
    if (in_one_line(entry.value)) {
      text += fmt::format(" {}\n", one_line(entry.value));
    } else {
      text += '\n';
      write(entry.value, indent + 2, text);
    }
  }
  for (const Node& element : node.list) {
    if (in_one_line(element)) {
      text += fmt::format("{}- {}\n", space, one_line(element));
    } else {
      std::string block;
      write(element, indent + 2, block);
      block[indent] = '-';  // in place of the first line's indentation
      text += block;
    }
  }
}

}  // namespace

std::string yaml_text(const Node& map) {
  if (map.map.empty()) return "{}\n";
  std::string text;
  write(map, 0, text);
  return text;
}

}  // namespace assay::plan
