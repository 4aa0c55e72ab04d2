#include "figure.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <memory>

#include "gaussian.h"

namespace assay::sheet {
namespace {

// matplotlib's defaults, in pixels at 100 dots per inch.
constexpr double point = 100.0 / 72;
constexpr double axes_left = 0.125 * 600;
constexpr double axes_right = 0.9 * 600;
constexpr double axes_top = (1 - 0.88) * 600;
constexpr double axes_bottom = (1 - 0.11) * 600;
constexpr double gap = 0.1;  // between cells, as a share of a cell
constexpr double line_width = 0.8 * point;
constexpr double font_size = 10 * point;
constexpr double label_inset = 0.05;  // as a share of the cell, from its lower left
constexpr double pixels_per_unit_in_vectors = 2;

double cell_extent(double extent, std::int64_t cells) {
  const auto n = static_cast<double>(cells);
  return extent / (n + gap * (n - 1));
}

bool draws_pixels(cairo_t* cairo) {
  return cairo_surface_get_type(cairo_get_target(cairo)) == CAIRO_SURFACE_TYPE_IMAGE;
}

double pixels_per_unit(cairo_t* cairo) {
  if (!draws_pixels(cairo)) return pixels_per_unit_in_vectors;
  double x = 1;
  double y = 0;
  cairo_user_to_device_distance(cairo, &x, &y);
  return std::hypot(x, y);
}

Image blackness(const Eigen::Ref<const Image>& image) {
  float low = std::numeric_limits<float>::infinity();
  float high = -low;
  for (const float value : image.reshaped())
    if (std::isfinite(value)) low = std::min(low, value), high = std::max(high, value);
  if (!(low < high)) return Image::Zero(image.rows(), image.cols());
  const double range = double{high} - double{low};
  return image.unaryExpr([low, range](float value) {
    return std::isfinite(value) ? static_cast<float>((double{value} - double{low}) / range) : 0.0F;
  });
}

}  // namespace

Figure::Figure(cairo_t* cairo, const Box& box, std::int64_t rows, std::int64_t columns,
               std::int64_t image_height, std::int64_t image_width)
    : cairo_((cairo_save(cairo), cairo)) {
  constexpr auto width = static_cast<double>(size.width);
  constexpr auto height = static_cast<double>(size.height);
  const double scale = std::min(box.width / width, box.height / height);
  cairo_translate(cairo, box.x + (box.width - scale * width) / 2,
                  box.y + (box.height - scale * height) / 2);
  cairo_scale(cairo, scale, scale);
  pixels_per_unit_ = pixels_per_unit(cairo);

  const double cell_width = cell_extent(axes_right - axes_left, columns);
  const double cell_height = cell_extent(axes_bottom - axes_top, rows);
  const double pixel = std::min(cell_width / static_cast<double>(image_width),
                                cell_height / static_cast<double>(image_height));
  const double image_x = pixel * static_cast<double>(image_width);
  const double image_y = pixel * static_cast<double>(image_height);
  rows_ = bands(rows, axes_top + (cell_height - image_y) / 2, (1 + gap) * cell_height, image_y,
                image_height);
  columns_ = bands(columns, axes_left + (cell_width - image_x) / 2, (1 + gap) * cell_width, image_x,
                   image_width);
}

std::vector<Figure::Band> Figure::bands(std::int64_t count, double begin, double pitch,
                                        double extent, std::int64_t samples) const {
  std::vector<Band> result(static_cast<std::size_t>(count));
  for (Band& band : result) {
    band.begin = begin;
    band.end = begin + extent;
    band.frame_begin = std::floor(band.begin + 0.5) + 0.5;
    band.frame_end = std::floor(band.end + 0.5) + 0.5;
    band.first_pixel = std::llround(band.frame_begin * pixels_per_unit_);
    const Eigen::Index end = std::llround(band.frame_end * pixels_per_unit_);
    band.weights = gaussian_weights(band.begin, band.end, samples,
                                    {band.first_pixel, end - band.first_pixel, pixels_per_unit_});
    begin += pitch;
  }
  return result;
}

void Figure::draw(std::int64_t row, std::int64_t column, const Eigen::Ref<const Image>& image,
                  const Label& label) const {
  const Band& y = rows_.at(static_cast<std::size_t>(row));
  const Band& x = columns_.at(static_cast<std::size_t>(column));
  draw_image(y, x, image);
  draw_frame(y, x);
  draw_label(y, x, label);
}

void Figure::draw_image(const Band& y, const Band& x, const Eigen::Ref<const Image>& image) const {
  const Eigen::MatrixXf pixels = y.weights * blackness(image) * x.weights.transpose();

  const std::unique_ptr<cairo_surface_t, decltype(&cairo_surface_destroy)> surface(
      cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(pixels.cols()),
                                 static_cast<int>(pixels.rows())),
      &cairo_surface_destroy);
  if (cairo_surface_status(surface.get()) == CAIRO_STATUS_SUCCESS) {
    const Eigen::Index stride = cairo_image_surface_get_stride(surface.get()) / 4;
    Eigen::Map<Eigen::Matrix<std::uint32_t, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>, 0,
               Eigen::OuterStride<>>(
        reinterpret_cast<std::uint32_t*>(cairo_image_surface_get_data(surface.get())),
        pixels.rows(), pixels.cols(), Eigen::OuterStride<>(stride)) =
        pixels.unaryExpr([](float black) {
          const auto level = static_cast<std::uint32_t>(std::clamp(256 * black, 0.0F, 255.0F));
          return 0x010101U * (255 - level);
        });
    cairo_surface_mark_dirty(surface.get());
  }

  cairo_save(cairo_.get());
  cairo_scale(cairo_.get(), 1 / pixels_per_unit_, 1 / pixels_per_unit_);
  cairo_set_source_surface(cairo_.get(), surface.get(), static_cast<double>(x.first_pixel),
                           static_cast<double>(y.first_pixel));
  cairo_paint(cairo_.get());
  cairo_restore(cairo_.get());
}

void Figure::draw_frame(const Band& y, const Band& x) const {
  cairo_set_source_rgb(cairo_.get(), 0, 0, 0);
  cairo_set_line_width(cairo_.get(), line_width);
  cairo_set_line_cap(cairo_.get(), CAIRO_LINE_CAP_SQUARE);
  const auto line = [this](double x0, double y0, double x1, double y1) {
    cairo_move_to(cairo_.get(), x0, y0);
    cairo_line_to(cairo_.get(), x1, y1);
    cairo_stroke(cairo_.get());
  };
  line(x.frame_begin, y.frame_begin, x.frame_begin, y.frame_end);
  line(x.frame_end, y.frame_begin, x.frame_end, y.frame_end);
  line(x.frame_begin, y.frame_begin, x.frame_end, y.frame_begin);
  line(x.frame_begin, y.frame_end, x.frame_end, y.frame_end);
}

// Draws an outline: cairo_show_text would round the position of each glyph to whole pixels.
void Figure::draw_label(const Band& y, const Band& x, const Label& label) const {
  const double width = x.end - x.begin;
  const double height = y.end - y.begin;
  const std::unique_ptr<cairo_font_options_t, decltype(&cairo_font_options_destroy)> options(
      cairo_font_options_create(), &cairo_font_options_destroy);
  // matplotlib also hints: stems snap to whole rows of pixels, and keep their columns.
  cairo_font_options_set_hint_style(
      options.get(), draws_pixels(cairo_.get()) ? CAIRO_HINT_STYLE_FULL : CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options.get(), CAIRO_HINT_METRICS_OFF);
  cairo_set_font_options(cairo_.get(), options.get());
  cairo_select_font_face(cairo_.get(), "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
                         CAIRO_FONT_WEIGHT_NORMAL);

  // Use smaller letters for small cells and long names.
  const double largest = std::min(font_size, height / 3);
  cairo_set_font_size(cairo_.get(), largest);
  cairo_text_extents_t extents{};
  cairo_text_extents(cairo_.get(), label.text.c_str(), &extents);
  const double room = (1 - 2 * label_inset) * width;
  if (extents.x_advance > room)
    cairo_set_font_size(cairo_.get(), largest * room / extents.x_advance);

  cairo_move_to(cairo_.get(), x.begin + label_inset * width, y.end - label_inset * height);
  cairo_text_path(cairo_.get(), label.text.c_str());
  cairo_set_source_rgb(cairo_.get(), label.colour.red, label.colour.green, label.colour.blue);
  cairo_fill(cairo_.get());
}

}  // namespace assay::sheet
