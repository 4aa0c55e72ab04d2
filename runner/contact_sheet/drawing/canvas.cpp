#include "runner/contact_sheet/drawing/canvas.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <numbers>

namespace assay::contact_sheet {
namespace {

constexpr double pixels_per_unit_in_vectors = 2;  // of pictures in SVG and PDF

using Surface = std::unique_ptr<cairo_surface_t, decltype(&cairo_surface_destroy)>;

cairo_status_t read_bytes(void* from, unsigned char* to, unsigned count) {
  auto& rest = *static_cast<std::span<const std::byte>*>(from);
  if (rest.size() < count) return CAIRO_STATUS_READ_ERROR;
  std::memcpy(to, rest.data(), count);
  rest = rest.subspan(count);
  return CAIRO_STATUS_SUCCESS;
}

// Returns the picture in this many pixels, so that files do not hold more than is seen.
Surface shrunk(cairo_surface_t* picture, int width, int height) {
  Surface small(cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height),
                &cairo_surface_destroy);
  cairo_t* const cairo = cairo_create(small.get());
  cairo_set_source_rgb(cairo, 1, 1, 1);
  cairo_paint(cairo);
  cairo_scale(cairo, static_cast<double>(width) / cairo_image_surface_get_width(picture),
              static_cast<double>(height) / cairo_image_surface_get_height(picture));
  cairo_set_source_surface(cairo, picture, 0, 0);
  cairo_pattern_set_filter(cairo_get_source(cairo), CAIRO_FILTER_GOOD);
  cairo_pattern_set_extend(cairo_get_source(cairo), CAIRO_EXTEND_PAD);
  cairo_paint(cairo);
  cairo_destroy(cairo);
  return small;
}

}  // namespace

Canvas::Canvas(cairo_t* cairo)
    : cairo_(cairo),
      draws_pixels_(cairo_surface_get_type(cairo_get_target(cairo)) == CAIRO_SURFACE_TYPE_IMAGE) {}

void Canvas::set(const Colour& colour, double opacity) const {
  cairo_set_source_rgba(cairo_, colour.red, colour.green, colour.blue, opacity);
}

void Canvas::choose(const Letters& letters) const {
  const std::unique_ptr<cairo_font_options_t, decltype(&cairo_font_options_destroy)> options(
      cairo_font_options_create(), &cairo_font_options_destroy);
  cairo_font_options_set_hint_style(options.get(), CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options.get(), CAIRO_HINT_METRICS_OFF);
  cairo_set_font_options(cairo_, options.get());
  cairo_select_font_face(cairo_, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
                         letters.bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size(cairo_, letters.size);
}

double Canvas::width_of(std::string_view text, const Letters& letters) const {
  choose(letters);
  cairo_text_extents_t extents{};
  cairo_text_extents(cairo_, std::string(text).c_str(), &extents);
  return extents.x_advance;
}

std::string Canvas::fitted(std::string_view text, const Letters& letters, double width) const {
  if (width_of(text, letters) <= width) return std::string(text);
  const auto is_continuation = [&](std::size_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80;
  };
  for (std::size_t end = text.size(); end-- > 0;) {
    if (is_continuation(end)) continue;
    std::string part = std::string(text.substr(0, end)) + "…";
    if (width_of(part, letters) <= width) return part;
  }
  return {};
}

void Canvas::text(double x, double y, std::string_view text, const Letters& letters,
                  Anchor anchor) {
  if (text.empty()) return;
  const std::string terminated(text);
  choose(letters);
  cairo_text_extents_t extents{};
  cairo_text_extents(cairo_, terminated.c_str(), &extents);
  const double width = extents.x_advance;
  const double rises = 0.73 * letters.size;  // the height of capitals and digits in DejaVu Sans

  cairo_save(cairo_);
  cairo_translate(cairo_, x, y);
  if (letters.upwards) cairo_rotate(cairo_, -std::numbers::pi / 2);
  cairo_move_to(cairo_, -anchor.x * width, (1 - anchor.y) * rises);
  // Outlines stay where they are put; show_text() would round the places of letters in pixels. In
  // SVG and PDF it leaves text that can be selected.
  if (letters.halo) {
    cairo_text_path(cairo_, terminated.c_str());
    set(white, 0.95);
    cairo_set_line_join(cairo_, CAIRO_LINE_JOIN_ROUND);
    cairo_set_line_width(cairo_, 4);
    cairo_stroke(cairo_);
    cairo_move_to(cairo_, -anchor.x * width, (1 - anchor.y) * rises);
  }
  set(letters.colour);
  if (draws_pixels_) {
    cairo_text_path(cairo_, terminated.c_str());
    cairo_fill(cairo_);
  } else {
    cairo_show_text(cairo_, terminated.c_str());
  }
  cairo_new_path(cairo_);
  cairo_restore(cairo_);

  const Box box = letters.upwards
                      ? Box{x - anchor.y * rises, y - (1 - anchor.x) * width, rises, width}
                      : Box{x - anchor.x * width, y - anchor.y * rises, width, rises};
  texts_.push_back({terminated, box});
}

void Canvas::line(Spot from, Spot to, const Colour& colour, double width) const {
  set(colour);
  cairo_set_line_width(cairo_, width);
  cairo_set_line_cap(cairo_, CAIRO_LINE_CAP_BUTT);
  cairo_move_to(cairo_, from.x, from.y);
  cairo_line_to(cairo_, to.x, to.y);
  cairo_stroke(cairo_);
}

void Canvas::polyline(std::span<const Spot> spots, const Colour& colour, double width,
                      double opacity) const {
  if (spots.size() < 2) return;
  cairo_move_to(cairo_, spots.front().x, spots.front().y);
  for (const Spot& spot : spots.subspan(1)) cairo_line_to(cairo_, spot.x, spot.y);
  set(colour, opacity);
  cairo_set_line_width(cairo_, width);
  cairo_set_line_cap(cairo_, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join(cairo_, CAIRO_LINE_JOIN_ROUND);
  cairo_stroke(cairo_);
}

void Canvas::fill(const Box& box, const Colour& colour) const {
  set(colour);
  cairo_rectangle(cairo_, box.x, box.y, box.width, box.height);
  cairo_fill(cairo_);
}

void Canvas::frame(const Box& box, const Colour& colour, double width) const {
  set(colour);
  cairo_set_line_width(cairo_, width);
  cairo_set_line_join(cairo_, CAIRO_LINE_JOIN_MITER);
  cairo_rectangle(cairo_, box.x, box.y, box.width, box.height);
  cairo_stroke(cairo_);
}

void Canvas::dot(Spot centre, double radius, const Colour& colour, double opacity) const {
  set(colour, opacity);
  cairo_arc(cairo_, centre.x, centre.y, radius, 0, 2 * std::numbers::pi);
  cairo_fill(cairo_);
}

void Canvas::cross(Spot centre, double radius, const Colour& colour) const {
  for (const double side : {-1.0, 1.0})
    line({centre.x - radius, centre.y - side * radius},
         {centre.x + radius, centre.y + side * radius}, colour, 1.6);
}

bool Canvas::picture(const Box& box, std::span<const std::byte> png) const {
  const Surface picture(cairo_image_surface_create_from_png_stream(&read_bytes, &png),
                        &cairo_surface_destroy);
  if (cairo_surface_status(picture.get()) != CAIRO_STATUS_SUCCESS) return false;
  const double width = cairo_image_surface_get_width(picture.get());
  const double height = cairo_image_surface_get_height(picture.get());
  const double scale = std::min(box.width / width, box.height / height);

  double per_unit = pixels_per_unit_in_vectors;
  if (draws_pixels_) {
    double x = 1, y = 0;
    cairo_user_to_device_distance(cairo_, &x, &y);
    per_unit = std::hypot(x, y);
  }
  const int columns = std::max(1, static_cast<int>(std::lround(scale * width * per_unit)));
  const int rows = std::max(1, static_cast<int>(std::lround(scale * height * per_unit)));
  // A picture that is smaller than its place is drawn in whole pixels of its own.
  const bool is_shrunk = columns < width || rows < height;
  const Surface small =
      is_shrunk ? shrunk(picture.get(), columns, rows) : Surface(nullptr, &cairo_surface_destroy);
  cairo_surface_t* const shown = is_shrunk ? small.get() : picture.get();
  if (cairo_surface_status(shown) != CAIRO_STATUS_SUCCESS) return false;

  cairo_save(cairo_);
  cairo_translate(cairo_, box.x + (box.width - scale * width) / 2,
                  box.y + (box.height - scale * height) / 2);
  cairo_scale(cairo_, scale * width / cairo_image_surface_get_width(shown),
              scale * height / cairo_image_surface_get_height(shown));
  cairo_set_source_surface(cairo_, shown, 0, 0);
  cairo_pattern_set_filter(cairo_get_source(cairo_),
                           is_shrunk ? CAIRO_FILTER_BILINEAR : CAIRO_FILTER_NEAREST);
  cairo_rectangle(cairo_, 0, 0, cairo_image_surface_get_width(shown),
                  cairo_image_surface_get_height(shown));
  cairo_fill(cairo_);
  cairo_restore(cairo_);
  return true;
}

}  // namespace assay::contact_sheet
