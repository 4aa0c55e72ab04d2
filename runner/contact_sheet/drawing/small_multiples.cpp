#include <algorithm>
#include <cmath>
#include <cstdint>

#include "runner/contact_sheet/drawing/panels.h"

namespace assay::contact_sheet {
namespace {

constexpr double largest_cell = 160;
constexpr double gap = 6;
constexpr double caption = 17;
constexpr double row_labels = 86;
constexpr std::size_t listed_columns = 8;

// The width divided by the height of the first picture: PNG's header says it (ISO/IEC
// 15948, 11.2.2).
double shape_of_pictures(const Sheet& sheet) {
  for (const SheetRun& run : sheet.runs) {
    if (run.picture.size() < 24) continue;
    const auto number = [&](std::size_t at) {
      double value = 0;
      for (std::size_t i = 0; i < 4; ++i)
        value = 256 * value + static_cast<double>(run.picture[at + i]);
      return value;
    };
    const double width = number(16), height = number(20);
    if (width >= 1 && height >= 1) return std::clamp(width / height, 0.2, 5.0);
  }
  return 1;
}

struct Layout {
  std::size_t columns = 1, rows = 1;
  double left = 0;  // of the cells
  double top = 0;
  double cell_width = 0, cell_height = 0;
  double pitch = 0;  // from a row to the next
};

Layout layout_of(const Sheet& sheet, double width) {
  const PictureGrid& grid = sheet.pictures;
  Layout layout;
  if (grid.is_list()) {
    layout.columns = std::min(grid.runs.size(), listed_columns);
    layout.rows = (grid.runs.size() + layout.columns - 1) / layout.columns;
  } else {
    layout.columns = grid.columns.size();
    layout.rows = std::max<std::size_t>(grid.rows.size(), 1);
    layout.left = grid.rows.empty() ? 0 : row_labels;
    layout.top = caption + 17;
  }
  const double room = (width - layout.left + gap) / static_cast<double>(layout.columns) - gap;
  layout.cell_width = std::min(room, largest_cell);
  layout.cell_height = layout.cell_width / shape_of_pictures(sheet);
  layout.pitch = layout.cell_height + gap + (grid.is_list() && !sheet.keys.empty() ? caption : 0);
  return layout;
}

std::string value_text(const Key& key, std::size_t value) {
  return key.is_numeric() ? number_text(key.numbers[value], 4) : key.values[value];
}

std::string caption_of(const Sheet& sheet, const SheetRun& run) {
  std::string text;
  for (std::size_t key = 0; key < std::min<std::size_t>(sheet.keys.size(), 2); ++key)
    if (run.values[key])
      text += (text.empty() ? "" : ", ") + value_text(sheet.keys[key], *run.values[key]);
  return text;
}

// The pictures of a tag with ${step} are of several steps.
std::string title_of(std::string tag) {
  constexpr std::string_view step = "${step}";
  if (const std::size_t at = tag.find(step); at != tag.npos) tag.replace(at, step.size(), "…");
  return tag;
}

std::string remark_for(const Sheet& sheet) {
  const PictureGrid& grid = sheet.pictures;
  std::string text = sheet.runs.size() == 1 ? "the last picture" : "the last picture of each run";
  if (grid.is_list() && !sheet.keys.empty()) {
    text += ": " + sheet.keys[0].label;
    if (sheet.keys.size() > 1) text += ", " + sheet.keys[1].label;
  }
  if (grid.left_out > 0) text += "; " + std::to_string(grid.left_out) + " more are not shown";
  return text;
}

}  // namespace

double height_of_small_multiples(const Sheet& sheet, double width) {
  if (sheet.pictures.runs.empty()) return 0;
  const Layout layout = layout_of(sheet, width);
  return title_height + layout.top + static_cast<double>(layout.rows) * layout.pitch;
}

void draw_small_multiples(Canvas& canvas, const Box& box, const Sheet& sheet) {
  const PictureGrid& grid = sheet.pictures;
  const Layout layout = layout_of(sheet, box.width);
  const Box rest = titled(canvas, box, title_of(sheet.picture_tag), remark_for(sheet));
  const double left = rest.x + layout.left;
  const double top = rest.y + layout.top;
  // The rows of a grid rise from below, as those of the heat map do.
  const auto place = [&](std::size_t i) {
    const std::size_t row = i / layout.columns;
    return Box{
        left + static_cast<double>(i % layout.columns) * (layout.cell_width + gap),
        top + static_cast<double>(grid.is_list() ? row : layout.rows - 1 - row) * layout.pitch,
        layout.cell_width, layout.cell_height};
  };
  for (std::size_t i = 0; i < grid.runs.size(); ++i) {
    const Box cell = place(i);
    if (!grid.runs[i]) {
      canvas.fill(cell, faint);
      continue;
    }
    const SheetRun& run = sheet.runs[*grid.runs[i]];
    if (!canvas.picture(cell, run.picture)) {
      canvas.fill(cell, light);
      canvas.cross({cell.x + cell.width / 2, cell.y + cell.height / 2}, 6, grey);
    }
    canvas.frame(cell, light, 1);
    if (grid.is_list())
      canvas.text(cell.x + cell.width / 2, cell.y + cell.height + caption / 2,
                  canvas.fitted(caption_of(sheet, run), tick_letters, cell.width), tick_letters,
                  centred);
  }
  if (grid.is_list()) return;

  const Letters bold{.size = 11, .bold = true};
  const double across = static_cast<double>(layout.columns) * (layout.cell_width + gap) - gap;
  canvas.text(left + across / 2, rest.y + 7,
              canvas.fitted(sheet.keys[0].label, bold, std::max(across, 200.0)), bold, centred);
  for (std::size_t i = 0; i < grid.columns.size(); ++i)
    canvas.text(
        place(i).x + layout.cell_width / 2, top - 9,
        canvas.fitted(value_text(sheet.keys[0], grid.columns[i]), label_letters, layout.cell_width),
        label_letters, centred);
  if (grid.rows.empty()) return;
  Letters turned = bold;
  turned.upwards = true;
  const double down = static_cast<double>(layout.rows) * layout.pitch - gap;
  canvas.text(rest.x + 6, top + down / 2,
              canvas.fitted(sheet.keys[1].label, bold, std::max(down, 60.0)), turned, centred);
  for (std::size_t i = 0; i < grid.rows.size(); ++i)
    canvas.text(
        left - 8, place(i * layout.columns).y + layout.cell_height / 2,
        canvas.fitted(value_text(sheet.keys[1], grid.rows[i]), label_letters, layout.left - 26),
        label_letters, to_right);
}

}  // namespace assay::contact_sheet
