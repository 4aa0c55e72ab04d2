// Enlarges small images as matplotlib's imshow(interpolation='gaussian') does.
#pragma once

#include <Eigen/Core>

namespace assay::sheet {

/// Pixels first, first + 1, ... of a grid with `per_unit` pixels per unit of length.
struct PixelRange {
  Eigen::Index first = 0;
  Eigen::Index count = 0;
  double per_unit = 1;
};

/// Returns the weights [pixels.count, samples] that turn `samples` values spread evenly over
/// [begin, end] into one value at the centre of each pixel: exp(-2 x²) for |x| < 2 sample widths.
/// The outermost values are repeated beyond the ends, and each row adds up to 1. If the samples are
/// closer than the pixels, x is in pixels instead. An image P becomes W_y P W_xᵀ.
Eigen::MatrixXf gaussian_weights(double begin, double end, Eigen::Index samples,
                                 const PixelRange& pixels);

}  // namespace assay::sheet
