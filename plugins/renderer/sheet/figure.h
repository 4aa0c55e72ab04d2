// The figure that matplotlib draws for
//   plt.subplots(rows, columns, figsize=(6, 6), gridspec_kw=dict(hspace=0.1, wspace=0.1))
// with an image, its label and no ticks in every cell: 600x600 pixels at 100 dots per inch.
#pragma once

#include <cairo.h>

#include <Eigen/Core>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "assay/renderer.h"

namespace assay::sheet {

struct Colour {
  double red = 0;
  double green = 0;
  double blue = 0;
};

struct Label {
  std::string text;  ///< UTF-8
  Colour colour;
};

using Image = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Draws cells one by one into the largest square of a box, at its centre. On a bitmap the images
/// are sampled at the bitmap's own pixels. On other surfaces they are embedded at 200 dots per
/// inch, and frames and labels are outlines. Saves the state of `cairo` and restores it at the end.
class Figure {
 public:
  static constexpr Size size{600, 600};

  /// Expects `image_height` x `image_width` values in every cell; pixels are square.
  Figure(cairo_t* cairo, const Box& box, std::int64_t rows, std::int64_t columns,
         std::int64_t image_height, std::int64_t image_width);

  /// Draws a cell. The smallest value is white and the largest black. An image of one value is
  /// white, and so is a value that is not finite.
  void draw(std::int64_t row, std::int64_t column, const Eigen::Ref<const Image>& image,
            const Label& label) const;

 private:
  /// A row or a column of cells.
  struct Band {
    double begin = 0;
    double end = 0;
    double frame_begin = 0;  ///< the middle of the frame's line: a pixel's centre
    double frame_end = 0;
    Eigen::Index first_pixel = 0;
    Eigen::MatrixXf weights;  ///< [pixels, samples]
  };
  std::vector<Band> bands(std::int64_t count, double begin, double pitch, double extent,
                          std::int64_t samples) const;
  void draw_image(const Band& y, const Band& x, const Eigen::Ref<const Image>& image) const;
  void draw_frame(const Band& y, const Band& x) const;
  void draw_label(const Band& y, const Band& x, const Label& label) const;

  struct Restore {
    void operator()(cairo_t* cairo) const { cairo_restore(cairo); }
  };
  std::unique_ptr<cairo_t, Restore> cairo_;
  double pixels_per_unit_;
  std::vector<Band> rows_;
  std::vector<Band> columns_;
};

}  // namespace assay::sheet
