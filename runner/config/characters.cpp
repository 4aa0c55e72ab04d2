#include "runner/config/characters.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runner/base/utf8.h"
#include "runner/base/wording.h"
#include "runner/config/places.h"

namespace assay::config {
namespace {

constexpr char32_t byte_order_mark = 0xFEFF;
constexpr std::size_t most_shown = 8;  // places besides the first; a text with more shows none

// The problems of one kind.
struct Kind {
  std::size_t first = 0;
  std::size_t count = 0;
  std::vector<std::string> more;  // places

  void add(std::size_t at, Places& places) {
    if (count == 0) {
      first = at;
    } else if (count <= most_shown) {
      const Location where = places.at(at);
      more.push_back(fmt::format("{}:{}", where.line, where.column));
    }
    ++count;
  }
};

std::string message_for(std::string_view text, std::size_t at) {
  const auto character = base::character_at(text, at);
  if (!character)
    return fmt::format("the byte 0x{:02X} is not UTF-8",
                       static_cast<unsigned>(static_cast<unsigned char>(text[at])));
  if (character->code == byte_order_mark)
    return "a byte order mark (U+FEFF), which only a file may start with";
  return fmt::format("found the control character U+{:04X}",
                     static_cast<std::uint32_t>(character->code));
}

}  // namespace

bool check_characters(const std::shared_ptr<const Source>& source, Diagnostics& diagnostics) {
  const std::string_view text = source->text;
  const bool wide = text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF");
  Places places(source);
  Kind bytes, marks, controls;
  for (std::size_t at = 0; at < text.size();) {
    const auto character = base::character_at(text, at);
    if (!character) bytes.add(at, places);
    else if (character->code == byte_order_mark) marks.add(at, places);
    else if (!base::printable(character->code)) controls.add(at, places);
    at += character ? character->bytes : 1;
  }
  const auto report = [&](const Kind& kind, std::string hint) {
    if (kind.count == 0) return;
    if (!kind.more.empty() && kind.count <= most_shown + 1)
      hint += "; also at " + base::listed(kind.more);
    diagnostics.error(places.at(kind.first), {}, message_for(text, kind.first), std::move(hint));
  };
  if (wide) {
    bytes.more.clear();
    report(bytes, "this looks like UTF-16: save it as UTF-8");
    return false;
  }
  report(bytes, "is this a text file? Then save it as UTF-8");
  report(marks, "delete it; it is invisible");
  report(controls, "is this a text file? A config is YAML in UTF-8");
  return bytes.count + marks.count + controls.count == 0;
}

}  // namespace assay::config
