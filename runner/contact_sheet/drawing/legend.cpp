#include <algorithm>
#include <cmath>

#include "runner/contact_sheet/drawing/panels.h"

namespace assay::contact_sheet {
namespace {

constexpr std::size_t most_entries = 8;  // of numbers; more have a colour bar
constexpr double line_height = 18;
constexpr Colour only_colour = {0.000, 0.447, 0.698};

}  // namespace

Box titled(Canvas& canvas, const Box& box, const std::string& title, const std::string& remark) {
  const Letters remark_letters{.size = 11, .colour = grey};
  const double room = remark.empty() ? 0 : canvas.width_of(remark, remark_letters) + 10;
  const std::string shown =
      canvas.fitted(title, title_letters, std::max(box.width - room, box.width / 2));
  canvas.text(box.x, box.y + title_height / 2 - 3, shown, title_letters, from_left);
  const double used = canvas.width_of(shown, title_letters) + 10;
  canvas.text(box.x + used, box.y + title_height / 2 - 3,
              canvas.fitted(remark, remark_letters, box.width - used), remark_letters, from_left);
  return {box.x, box.y + title_height, box.width, box.height - title_height};
}

KeyColours::KeyColours(const Key* key) : key_(key) {}

bool KeyColours::is_bar() const {
  return key_ != nullptr && key_->is_numeric() && key_->values.size() > most_entries;
}

Colour KeyColours::of(const ValueIndex& value) const {
  if (key_ == nullptr) return only_colour;
  if (!value) return grey;
  if (is_bar()) return line_colour(axis_of(*key_).place_of(key_->numbers[*value]));
  const std::size_t count = key_->values.size();
  // Numbers have an order, and so have many texts for want of colours.
  if (key_->is_numeric() || count > most_categories)
    return line_colour(count == 1 ? 0
                                  : static_cast<double>(*value) / static_cast<double>(count - 1));
  return category_colour(*value);
}

void draw_colour_bar(Canvas& canvas, const Box& bar, const Axis& axis, double lightest) {
  constexpr int steps = 64;
  for (int i = 0; i < steps; ++i) {
    const double top = bar.y + bar.height * (steps - 1 - i) / steps;
    // Each step reaches under the next, so that no gap shines through.
    const double below = i == 0 ? 0 : bar.height / steps;
    canvas.fill({bar.x, top, bar.width, bar.height / steps + below},
                viridis(lightest * (i + 0.5) / steps));
  }
  const auto wished = static_cast<std::size_t>(std::clamp(bar.height / 36, 2.0, 7.0));
  for (const Tick& tick : axis.ticks(wished)) {
    const double y = bar.y + bar.height * (1 - tick.place);
    canvas.line({bar.x + bar.width, y}, {bar.x + bar.width + 4, y}, grey, 1);
    canvas.text(bar.x + bar.width + 7, y, tick.text, tick_letters, from_left);
  }
}

void draw_legend(Canvas& canvas, const Box& box, const KeyColours& colours) {
  const Key& key = *colours.key();
  canvas.text(box.x, box.y + title_height / 2 - 3,
              canvas.fitted(key.label, {.size = 11, .bold = true}, box.width),
              {.size = 11, .bold = true}, from_left);
  const double top = box.y + title_height;
  if (colours.is_bar()) {
    draw_colour_bar(canvas, {box.x, top + 6, 14, std::min(box.height - title_height - 12, 220.0)},
                    axis_of(key), 0.9);
    return;
  }
  const auto room = static_cast<std::size_t>((box.height - title_height) / line_height);
  const std::size_t shown = key.values.size() <= room ? key.values.size() : room - 1;
  for (std::size_t i = 0; i < shown; ++i) {
    // Numbers rise from below, as they do in the curves' axes.
    const std::size_t value = key.is_numeric() ? key.values.size() - 1 - i : i;
    const double y = top + (static_cast<double>(i) + 0.5) * line_height;
    canvas.line({box.x, y}, {box.x + 20, y}, colours.of(value), 3);
    const std::string text =
        key.is_numeric() ? number_text(key.numbers[value], 4) : key.values[value];
    canvas.text(box.x + 27, y, canvas.fitted(text, label_letters, box.width - 27), label_letters,
                from_left);
  }
  if (shown < key.values.size())
    canvas.text(box.x + 27, top + (static_cast<double>(shown) + 0.5) * line_height,
                "and " + std::to_string(key.values.size() - shown) + " more", tick_letters,
                from_left);
}

}  // namespace assay::contact_sheet
