#include "runner/config/at_sign.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace assay::config {
namespace {

constexpr char stand_in = '\x01';
constexpr std::array<std::string_view, 3> escapes = {"\\x01", "\\u0001", "\\U00000001"};

}  // namespace

AtSigns::AtSigns(const std::string& text)
    : hides_(std::none_of(escapes.begin(), escapes.end(), [&text](std::string_view escape) {
        return text.find(escape) != std::string::npos;
      })) {}

std::string AtSigns::hidden(std::string text) const {
  if (hides_) std::replace(text.begin(), text.end(), '@', stand_in);
  return text;
}

std::string AtSigns::shown(std::string scalar) const {
  if (hides_) std::replace(scalar.begin(), scalar.end(), stand_in, '@');
  return scalar;
}

}  // namespace assay::config
