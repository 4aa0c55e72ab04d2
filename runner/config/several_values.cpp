#include "runner/config/several_values.h"

#include <algorithm>
#include <cctype>

namespace assay::config {
namespace {

constexpr std::string_view blanks = " \t";
constexpr std::string_view choice = "choice(";

bool is_plain(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("._+-/@").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

}  // namespace

std::vector<std::string> several_values(std::string_view argument) {
  const std::size_t equals = argument.find('=');
  if (equals == argument.npos || !is_plain(argument.substr(0, equals))) return {};
  std::string_view rest = argument.substr(equals + 1);
  if (rest.starts_with(choice) && rest.ends_with(')'))
    rest = rest.substr(choice.size(), rest.size() - choice.size() - 1);
  std::vector<std::string> values;
  for (bool last = false; !last;) {
    const std::size_t comma = rest.find(',');
    last = comma == rest.npos;
    std::string_view value = rest.substr(0, comma);
    value.remove_prefix(std::min(value.find_first_not_of(blanks), value.size()));
    value = value.substr(0, value.find_last_not_of(blanks) + 1);  // npos + 1 is 0
    if (!is_plain(value)) return {};
    values.emplace_back(value);
    if (!last) rest.remove_prefix(comma + 1);
  }
  return values.size() < 2 ? std::vector<std::string>() : values;
}

}  // namespace assay::config
