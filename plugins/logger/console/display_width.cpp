#include "display_width.h"

#include <algorithm>
#include <utility>

namespace assay::console {
namespace {

constexpr std::pair<char32_t, char32_t> wide[] = {
    {0x1100, 0x115f},   {0x2329, 0x232a},   {0x2e80, 0x303e},   {0x3040, 0xa4cf},  {0xac00, 0xd7a3},
    {0xf900, 0xfaff},   {0xfe10, 0xfe19},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},  {0xffe0, 0xffe6},
    {0x1f300, 0x1f64f}, {0x1f900, 0x1f9ff}, {0x20000, 0x2fffd}, {0x30000, 0x3fffd}};

int width_of(char32_t character) {
  const auto holds = [=](const auto& range) {
    return range.first <= character && character <= range.second;
  };
  if (std::ranges::any_of(wide, holds)) return 2;
  return character >= 0x300 && character <= 0x36f ? 0 : 1;
}

}  // namespace

int display_width(std::string_view text) {
  int width = 0;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i++]);
    char32_t character = lead < 0xc0   ? lead
                         : lead < 0xe0 ? lead & 0x1f
                         : lead < 0xf0 ? lead & 0xf
                                       : lead & 0x7;
    for (; i < text.size() && (text[i] & 0xc0) == 0x80; ++i)
      character = character << 6 | static_cast<char32_t>(text[i] & 0x3f);
    width += width_of(character);
  }
  return width;
}

}  // namespace assay::console
