#include "runner/contact_sheet/drawing/contact_sheet.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "runner/contact_sheet/drawing/panels.h"

namespace assay::contact_sheet {
namespace {

constexpr double width = 1100, margin = 32, between = 28;
constexpr double header = 62;
constexpr double curves_height = 330;
constexpr double map_height = 340;
constexpr double legend_width = 128;

bool has_curves(const Sheet& sheet) { return !sheet.tags.empty(); }
bool has_coordinates(const Sheet& sheet) { return !sheet.keys.empty() && sheet.runs.size() > 1; }

// The panels from top to bottom; a height of 0 is that of a panel that is not there.
struct Heights {
  double curves = 0, maps = 0, pictures = 0;
};

Heights heights_of(const Sheet& sheet) {
  Heights heights;
  if (has_curves(sheet)) heights.curves = curves_height;
  if (has_heat_map(sheet) || has_coordinates(sheet)) heights.maps = map_height;
  heights.pictures = height_of_small_multiples(sheet, width - 2 * margin);
  return heights;
}

std::string subtitle_of(const Sheet& sheet) {
  std::string text = sheet.counts;
  if (sheet.keys.empty()) return text;
  text += sheet.keys.size() == 1 ? "  ·  varies: " : "  ·  vary: ";
  for (const Key& key : sheet.keys) text += (&key == sheet.keys.data() ? "" : ", ") + key.name;
  return text;
}

void draw_row_of_curves(Canvas& canvas, const Box& row, const Sheet& sheet) {
  const KeyColours colours(sheet.keys.empty() ? nullptr : sheet.keys.data());
  const bool has_legend = colours.key() != nullptr;
  const double room = row.width - (has_legend ? legend_width + between : 0);
  const auto count = static_cast<double>(sheet.tags.size());
  const double each = (room - (count - 1) * between) / count;
  for (std::size_t tag = 0; tag < sheet.tags.size(); ++tag)
    draw_curves(canvas,
                {row.x + static_cast<double>(tag) * (each + between), row.y, each, row.height},
                sheet, tag, colours);
  if (has_legend)
    draw_legend(canvas, {row.x + room + between, row.y, legend_width, row.height}, colours);
}

void draw_row_of_maps(Canvas& canvas, const Box& row, const Sheet& sheet) {
  if (!has_heat_map(sheet)) return draw_parallel_coordinates(canvas, row, sheet);
  // Many axes need the larger part.
  const double share = sheet.keys.size() > 4 ? 0.40 : 0.47;
  const double map = share * (row.width - between);
  draw_heat_map(canvas, {row.x, row.y, map, row.height}, sheet);
  draw_parallel_coordinates(
      canvas, {row.x + map + between, row.y, row.width - between - map, row.height}, sheet);
}

class SheetRenderer final : public Renderer {
 public:
  explicit SheetRenderer(Sheet sheet) : sheet_(std::move(sheet)) {}

  void plan(RendererNeeds&) override {}
  Size size() const override { return size_of(sheet_); }
  void draw(const Snapshot&, cairo_t* cairo, const Box& box) const override {
    const Size natural = size();
    cairo_save(cairo);
    cairo_translate(cairo, box.x, box.y);
    cairo_scale(cairo, box.width / static_cast<double>(natural.width),
                box.height / static_cast<double>(natural.height));
    draw_sheet(sheet_, cairo);
    cairo_restore(cairo);
  }

 private:
  Sheet sheet_;
};

}  // namespace

Size size_of(const Sheet& sheet) {
  const Heights heights = heights_of(sheet);
  double height = margin + header;
  for (const double panel : {heights.curves, heights.maps, heights.pictures})
    if (panel > 0) height += panel + between;
  height += margin - between;
  return {static_cast<std::int64_t>(width), std::llround(height)};
}

std::vector<PlacedText> draw_sheet(const Sheet& sheet, cairo_t* cairo) {
  Canvas canvas(cairo);
  const Letters title{.size = 20, .bold = true};
  const Letters subtitle{.size = 12, .colour = grey};
  const double inner = width - 2 * margin;
  canvas.text(margin, margin + 8, canvas.fitted(sheet.title, title, inner), title, from_left);
  canvas.text(margin, margin + 34, canvas.fitted(subtitle_of(sheet), subtitle, inner), subtitle,
              from_left);

  const Heights heights = heights_of(sheet);
  double y = margin + header;
  const auto row = [&](double height) {
    const Box box{margin, y, inner, height};
    y += height + between;
    return box;
  };
  if (heights.curves > 0) draw_row_of_curves(canvas, row(heights.curves), sheet);
  if (heights.maps > 0) draw_row_of_maps(canvas, row(heights.maps), sheet);
  if (heights.pictures > 0) draw_small_multiples(canvas, row(heights.pictures), sheet);
  return canvas.texts();
}

}  // namespace assay::contact_sheet

extern "C" [[gnu::visibility("default")]] void assay_make_contact_sheet(
    const assay::contact_sheet::Sheet& sheet, std::unique_ptr<assay::Renderer>& renderer) {
  renderer = std::make_unique<assay::contact_sheet::SheetRenderer>(sheet);
}
