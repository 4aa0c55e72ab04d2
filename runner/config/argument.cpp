#include "runner/config/argument.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <functional>
#include <string_view>
#include <vector>

#include "assay/number_text.h"
#include "runner/base/utf8.h"
#include "runner/base/wording.h"
#include "runner/base/words.h"
#include "runner/config/key_lookup.h"
#include "runner/config/places.h"
#include "runner/config/reader.h"
#include "runner/config/reference.h"
#include "runner/config/several_values.h"

namespace assay::config {
namespace {

constexpr std::string_view blanks = " \t\n";
constexpr std::string_view marks = "()[]{}";
constexpr std::string_view escapable = "()[]{}:=, \t\\";

bool is(char c, std::string_view of) { return of.find(c) != std::string_view::npos; }

bool is_null(std::string_view text) {
  constexpr std::string_view word = "null";
  return text == "~" || std::equal(text.begin(), text.end(), word.begin(), word.end(),
                                   [](char a, char b) { return a == b || a + ('a' - 'A') == b; });
}

// Returns true for the functions that stand for several values in arguments of `assay batch`.
bool is_sweep(std::string_view function) {
  constexpr std::array<std::string_view, 5> sweeps = {"choice", "interval", "loguniform", "range",
                                                      "uniform"};
  return std::ranges::count(sweeps, function) > 0;
}

// Removes Hydra's escapes: of a quote, and of the backslashes right before a quote or the end.
std::string without_escapes(std::string_view text, char quote) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find_first_not_of('\\', at), text.size());
    const std::size_t backslashes = end - at;
    const bool escapes = end == text.size() || text[end] == quote;
    result.append(escapes ? backslashes / 2 : backslashes, '\\');
    if (end < text.size()) result += text[end];
    at = end + 1;
  }
  return result;
}

class ValueReader {
 public:
  ValueReader(const std::shared_ptr<const Source>& source, std::size_t begin,
              std::size_t& values_left, Diagnostics& diagnostics,
              const std::function<Takes()>& takes)
      : text_(source->text),
        at_(begin),
        values_left_(values_left),
        places_(source),
        diagnostics_(diagnostics),
        takes_(takes) {}

  std::optional<Node> read() {
    const std::size_t begin = at_;
    skip_blanks();
    try {
      if (at_ == text_.size())
        stop(begin, begin + 1, "there is no value",
             "write null for no value, \"\" for an empty text");
      Node node = value("", 0);
      skip_blanks();
      if (at_ < text_.size() && text_[at_] == ',')
        stop(at_, at_ + 1, "several values, and a run takes one for each key", hint_for_several());
      if (at_ < text_.size())
        stop(at_, at_ + 1, "expected the end of the value",
             "quote a text that has such characters");
      return node;
    } catch (const Stop&) {
      return std::nullopt;
    }
  }

 private:
  struct Stop {};

  // Returns a hint on how to run each of the values.
  std::string hint_for_runs() const {
    return fmt::format("to run each: assay batch CONFIG {}",
                       base::shell_quoted(std::string(text_)));
  }

  // Returns a hint on what one value with a comma may have meant, and on how to run each.
  std::string hint_for_several() const {
    const Takes takes = takes_();
    const std::vector<std::string> values = several_values(text_);
    std::vector<std::string> hints;
    if (takes == Takes::list || takes == Takes::unknown)
      hints.push_back(values.empty()
                          ? "a list is written [a, b]"
                          : fmt::format("a list is written [{}]", fmt::join(values, ", ")));
    if (takes == Takes::list) return hints.front();
    const std::string point = with_a_point(values);
    if (!point.empty() && (takes == Takes::fraction || takes == Takes::unknown))
      hints.push_back("a decimal sign is a point: " + point);
    else if (takes == Takes::text || takes == Takes::unknown)
      hints.push_back("quote a text that holds a comma");
    return fmt::format("{}{}{}", fmt::join(hints, "; "), hints.empty() ? "" : "\n",
                       hint_for_runs());
  }

  // Returns 0.5 for the two values of 0,5; nothing if that is not a number.
  static std::string with_a_point(const std::vector<std::string>& values) {
    const auto are_digits = [](std::string_view text) {
      return text.find_first_not_of("0123456789") == text.npos;
    };
    if (values.size() != 2 || !std::ranges::all_of(values, are_digits)) return {};
    return fmt::format("{}.{}", values[0], values[1]);
  }

  // Reads a value. `ends` are the characters that end a text, besides ','.
  Node value(std::string_view ends, std::size_t depth) {
    skip_blanks();
    if (values_left_ == 0)
      stop(at_, at_ + 1, fmt::format("the arguments hold more than {} values", grouped(max_nodes)));
    --values_left_;
    const char first = at_ < text_.size() ? text_[at_] : '\0';
    if (is(first, "[{")) {
      if (depth >= max_depth)
        stop(at_, at_ + 1, fmt::format("nested deeper than {} levels", max_depth));
      return first == '[' ? list(depth) : map(depth);
    }
    return first == '"' || first == '\'' ? in_quotes() : plain(ends);
  }

  Node list(std::size_t depth) {
    Node node;
    node.kind = Node::Kind::list;
    const std::size_t open = at_++;
    node.where = places_.at(open);
    if (!closes(']')) do
        node.list.push_back(value("]", depth + 1));
      while (goes_on(open, ']'));
    return node;
  }

  Node map(std::size_t depth) {
    Node node;
    node.kind = Node::Kind::map;
    const std::size_t open = at_++;
    node.where = places_.at(open);
    if (!closes('}')) do {
        Node::Entry entry = key(open);
        entry.value = value("}", depth + 1);
        if (node.find(entry.key) != nullptr)
          diagnostics_.error(entry.where, {},
                             fmt::format("the key {} occurs twice", base::quoted(entry.key)));
        node.map.push_back(std::move(entry));
      } while (goes_on(open, '}'));
    return node;
  }

  Node::Entry key(std::size_t open) {
    skip_blanks();
    Node text = at_ < text_.size() && is(text_[at_], "\"'") ? in_quotes() : plain(":}");
    skip_blanks();
    if (at_ == text_.size()) stop(open, open + 1, "'{' is never closed");
    if (text_[at_] != ':') stop(at_, at_ + 1, "expected ':' and a value after the key");
    ++at_;
    return {text.kind == Node::Kind::null ? "null" : text.scalar, text.where, {}};
  }

  bool closes(char mark) {
    skip_blanks();
    if (at_ == text_.size() || text_[at_] != mark) return false;
    ++at_;
    return true;
  }

  bool goes_on(std::size_t open, char close) {
    if (closes(close)) return false;
    if (at_ == text_.size()) stop(open, open + 1, fmt::format("'{}' is never closed", text_[open]));
    if (text_[at_] != ',') stop(at_, at_ + 1, fmt::format("expected ',' or '{}'", close));
    ++at_;
    return true;
  }

  Node in_quotes() {
    const std::size_t begin = at_;
    const char quote = text_[begin];
    std::size_t end = begin + 1;
    while (end < text_.size() && text_[end] != quote) end += text_[end] == '\\' ? 2 : 1;
    if (end >= text_.size()) stop(begin, begin + 1, "the quoted text is never closed");
    at_ = end + 1;
    Node node;
    node.kind = Node::Kind::scalar;
    node.quoted = true;
    node.scalar = without_escapes(text_.substr(begin + 1, end - begin - 1), quote);
    node.where = places_.at(begin, at_);
    return node;
  }

  Node plain(std::string_view ends) {
    const std::size_t begin = at_;
    Node node;
    std::size_t solid = 0;  // the end of the scalar without trailing blanks
    std::size_t end = begin;
    while (at_ < text_.size() && text_[at_] != ',' && !is(text_[at_], ends)) {
      const bool escape =
          text_[at_] == '\\' && at_ + 1 < text_.size() && is(text_[at_ + 1], escapable);
      const std::size_t first = at_;
      at_ += escape ? 2 : 1;
      if (text_.substr(first).starts_with("${")) {
        at_ = text_.find('}', first);
        if (at_ == std::string_view::npos) stop(first, first + 2, "'${' without its '}'");
        node.scalar += text_.substr(first, ++at_ - first);
      } else if (escape) {
        node.quoted = true;
        node.scalar += text_[first + 1];
      } else if (text_[first] == '(' && is_sweep(node.scalar)) {
        stop(begin, end,
             fmt::format("'{}(...)' stands for several values, and a run takes one for each key",
                         node.scalar),
             hint_for_runs());
      } else if (is(text_[first], marks)) {
        stop(first, first + 1, fmt::format("'{}' within a text that has no quotes", text_[first]),
             "quote the text");
      } else {
        node.scalar += text_[first];
        if (is(text_[first], blanks)) continue;
      }
      solid = node.scalar.size();
      end = at_;
    }
    node.scalar.resize(solid);
    if (node.scalar.empty()) stop(begin, begin + 1, "there is no value", "\"\" is an empty text");
    node.where = places_.at(begin, end);
    if (!node.quoted && is_null(node.scalar)) node.scalar.clear();
    else node.kind = Node::Kind::scalar;
    return node;
  }

  void skip_blanks() { at_ = std::min(text_.find_first_not_of(blanks, at_), text_.size()); }

  [[noreturn]] void stop(std::size_t begin, std::size_t end, std::string message,
                         std::string hint = {}) {
    diagnostics_.error(places_.at(begin, end), {}, std::move(message), std::move(hint));
    throw Stop{};
  }

  const std::string_view text_;
  std::size_t at_;
  std::size_t& values_left_;
  Places places_;
  Diagnostics& diagnostics_;
  const std::function<Takes()>& takes_;
};

// Reads the value that begins at `begin`.
std::optional<Node> read_argument_value(const std::shared_ptr<const Source>& source,
                                        std::size_t begin, std::size_t& values_left,
                                        Diagnostics& diagnostics,
                                        const std::function<Takes()>& takes) {
  const std::size_t problems = diagnostics.size();
  std::optional<Node> node = ValueReader(source, begin, values_left, diagnostics, takes).read();
  return diagnostics.size() > problems ? std::nullopt : std::move(node);
}

}  // namespace

bool is_name_of_config(std::string_view word) {
  return word.ends_with(".yaml") || word.ends_with(".yml");
}

std::optional<Argument> read_argument(const std::shared_ptr<const Source>& source,
                                      std::size_t& values_left, Diagnostics& diagnostics,
                                      const AskedKeys& asked) {
  const std::string& text = source->text;
  Places places(source);
  const auto fail = [&](std::size_t begin, std::size_t end, std::string message,
                        std::string hint = {}) -> std::optional<Argument> {
    diagnostics.error(places.at(begin, end), {}, std::move(message), std::move(hint));
    return std::nullopt;
  };
  Argument argument;
  std::size_t begin = 0;
  if (text.starts_with("++")) argument.action = Action::set_or_add, begin = 2;
  else if (text.starts_with('+')) argument.action = Action::add, begin = 1;
  else if (text.starts_with('~')) argument.action = Action::remove, begin = 1;

  const std::size_t key_begin = begin;
  const std::size_t equals = text.find('=', begin);
  if (equals == std::string::npos && argument.action == Action::set && !text.starts_with('@') &&
      is_name_of_config(text))
    return fail(0, text.size(), "a second config, and a run takes one",
                "to run each: assay batch A B");
  if (equals == std::string::npos && argument.action != Action::remove)
    return fail(0, text.size(), "expected key=value, +key=value, ++key=value or ~key",
                text.starts_with('@') ? "a file is given as the value of a key: key=" + text : "");
  const std::size_t key_end = std::min(equals, text.size());
  for (; begin <= key_end;) {
    const std::size_t end = std::min(text.find('.', begin), key_end);
    if (begin == end) return fail(begin, begin + 1, "a key without a name");
    if (argument.path.size() == max_depth) return fail(begin, end, "nested too deeply");
    if (const std::size_t bracket = text.find('[', begin); bracket < end && text[end - 1] == ']')
      return fail(bracket, end, "a key has no brackets",
                  fmt::format("an element of a list is written {}.{}",
                              text.substr(key_begin, bracket - key_begin),
                              text.substr(bracket + 1, end - bracket - 2)));
    argument.path.push_back(text.substr(begin, end - begin));
    argument.places.push_back(places.at(begin, end));
    begin = end + 1;
  }
  if (equals == std::string::npos) return argument;
  argument.value = read_argument_value(source, equals + 1, values_left, diagnostics, [&] {
    return asked ? asked(argument.path) : Takes::unknown;
  });
  if (!argument.value) return std::nullopt;
  return argument;
}

bool report_blank_for_equals(std::span<const std::string> arguments,
                             const std::shared_ptr<const Source>& first, Diagnostics& diagnostics,
                             const AskedKeys& asked) {
  if (arguments.size() < 2) return false;
  const std::string& key = arguments[0];
  const std::string& value = arguments[1];
  if (key.find('=') != key.npos || value.find('=') != value.npos || is_name_of_config(value) ||
      asked(parts_of(key)) == Takes::unknown)
    return false;
  diagnostics.error(Places(first).at(0, key.size()), {},
                    "expected key=value, found a key without '='",
                    fmt::format("write {}={}", key, base::shortened(base::one_line(value))));
  return true;
}

std::string text_argument(std::string_view key, std::string_view text) {
  if (text.find_first_of("()[]{}:=,\"'\\$ ") == text.npos) return fmt::format("{}={}", key, text);
  std::string quoted;
  for (const char c : escaped(text)) quoted += c == '"' ? std::string("\\\"") : std::string(1, c);
  return fmt::format("{}=\"{}\"", key, quoted);
}

}  // namespace assay::config
