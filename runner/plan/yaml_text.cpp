#include "runner/plan/yaml_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "runner/base/utf8.h"
#include "runner/base/wording.h"

namespace assay::plan {
namespace {

using config::Node;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

// Returns true if every reader of YAML 1.1 or 1.2 reads the unquoted text as this text.
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

struct Line {
  std::string text;
  const Node* value = nullptr;  // the value at the end of the line; null if a map or a list begins
};

void write(const Node& node, std::size_t indent, std::vector<Line>& lines) {
  const std::string space(indent, ' ');
  for (const Node::Entry& entry : node.map) {
    const std::string key =
        fmt::format("{}{}:", space, is_plain(entry.key) ? entry.key : in_quotes(entry.key));
    if (in_one_line(entry.value)) {
      lines.push_back({fmt::format("{} {}", key, one_line(entry.value)), &entry.value});
    } else {
      lines.push_back({key});
      write(entry.value, indent + 2, lines);
    }
  }
  for (const Node& element : node.list) {
    if (in_one_line(element)) {
      lines.push_back({fmt::format("{}- {}", space, one_line(element)), &element});
    } else {
      const std::size_t first = lines.size();
      write(element, indent + 2, lines);
      lines[first].text[indent] = '-';  // in place of the first line's indentation
    }
  }
}

std::vector<Line> lines_of(const Node& map) {
  if (map.map.empty()) return {{"{}"}};
  std::vector<Line> lines;
  write(map, 0, lines);
  return lines;
}

void gather(const Node& node, const std::string& key, std::vector<Leaf>& result) {
  if (in_one_line(node)) {
    result.push_back({key, one_line(node), &node});
    return;
  }
  for (const Node::Entry& entry : node.map)
    gather(entry.value, base::joined(key, entry.key), result);
  for (std::size_t i = 0; i < node.list.size(); ++i)
    gather(node.list[i], base::joined(key, std::to_string(i)), result);
}

}  // namespace

std::string yaml_text(const Node& map) {
  std::string text;
  for (const Line& line : lines_of(map)) text += line.text + '\n';
  return text;
}

std::string yaml_text(const Node& map, const std::function<std::string(const Node&)>& comment) {
  constexpr std::size_t longest = 60;  // after a longer line, the comment follows directly
  const std::vector<Line> lines = lines_of(map);
  std::size_t column = 0;
  for (const Line& line : lines)
    if (const std::size_t columns = base::width(line.text); columns <= longest)
      column = std::max(column, columns);
  std::string text;
  for (const Line& line : lines) {
    text += line.text;
    if (line.value != nullptr) {
      const std::size_t columns = base::width(line.text);
      text.append(column > columns ? column - columns : 0, ' ');
      text += "  # " + comment(*line.value);
    }
    text += '\n';
  }
  return text;
}

std::vector<Leaf> leaves(const Node& map) {
  std::vector<Leaf> result;
  for (const Node::Entry& entry : map.map) gather(entry.value, entry.key, result);
  return result;
}

}  // namespace assay::plan
