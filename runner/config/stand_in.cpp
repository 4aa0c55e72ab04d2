#include "runner/config/stand_in.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "runner/config/marks.h"

namespace assay::config {
namespace {

constexpr char at_sign = '\x01';
constexpr char question_mark = '\x02';
constexpr std::array<std::string_view, 6> escapes = {"\\x01", "\\u0001", "\\U00000001",
                                                     "\\x02", "\\u0002", "\\U00000002"};

// Returns false for the '?' of an explicit key, which stands alone at the start of an entry.
bool is_text(std::string_view text, std::size_t at) {
  const bool alone = at + 1 == text.size() || is_one_of(text[at + 1], " \t\n,[]{}");
  if (!alone) return true;
  if (at == 0 || text[at - 1] == '\n') return false;
  if (!is_one_of(text[at - 1], " \t,[{")) return true;
  const std::size_t before = text.find_last_not_of(" \t", at - 1);
  return before != std::string_view::npos && !is_one_of(text[before], "\n-?:,[{");
}

}  // namespace

StandIns::StandIns(const std::string& text)
    : hides_(std::none_of(escapes.begin(), escapes.end(), [&text](std::string_view escape) {
        return text.find(escape) != std::string::npos;
      })) {}

std::string StandIns::hidden(std::string text) const {
  if (!hides_) return text;
  std::string result = text;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '@') result[at] = at_sign;
    else if (text[at] == '?' && is_text(text, at)) result[at] = question_mark;
  }
  return result;
}

std::string StandIns::shown(std::string scalar) const {
  if (!hides_) return scalar;
  std::replace(scalar.begin(), scalar.end(), at_sign, '@');
  std::replace(scalar.begin(), scalar.end(), question_mark, '?');
  return scalar;
}

}  // namespace assay::config
