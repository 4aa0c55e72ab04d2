#include "runner/config/argument.h"

#include <fmt/format.h>

#include <algorithm>

#include "runner/base/utf8.h"
#include "runner/base/wording.h"
#include "runner/config/key_lookup.h"
#include "runner/config/places.h"
#include "runner/config/reader.h"

namespace assay::config {

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
                "start a run for each: for config in A B; do assay run $config; done");
  if (equals == std::string::npos && argument.action != Action::remove)
    return fail(0, text.size(), "expected key=value, +key=value, ++key=value or ~key",
                text.starts_with('@') ? "a file is taken for a key: key=" + text : "");
  const std::size_t key_end = std::min(equals, text.size());
  for (; begin <= key_end;) {
    const std::size_t end = std::min(text.find('.', begin), key_end);
    if (begin == end) return fail(begin, begin + 1, "a key without a name");
    if (argument.path.size() == max_depth) return fail(begin, end, "nested too deeply");
    if (const std::size_t bracket = text.find('[', begin); bracket < end && text[end - 1] == ']')
      return fail(bracket, end, "a key has no brackets",
                  fmt::format("an element of a list is named so: {}.{}",
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
                    "expected key=value, found a key that no '=' follows",
                    fmt::format("write {}={}", key, base::shortened(base::one_line(value))));
  return true;
}

}  // namespace assay::config
