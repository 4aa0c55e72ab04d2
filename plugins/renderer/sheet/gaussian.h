// Enlarges small images as matplotlib's imshow(interpolation='gaussian') does.
#pragma once

#include <Eigen/Core>

namespace assay::sheet {

/// Pixels first, first + 1, ... of a grid with `per_unit` pixels to a unit of length.
struct PixelRange {
  Eigen::Index first = 0;
  Eigen::Index count = 0;
  double per_unit = 1;
};

/// The weights [pixels.count, samples] that turn `samples` values spread evenly over [begin, end]
/// into one value at the centre of each pixel: exp(-2 x²) for |x| < 2 sample widths, the outermost
/// values repeated beyond the ends, each row adding up to 1. Where the samples lie closer than the
/// pixels, x counts pixels instead. An image P becomes W_y P W_xᵀ.
Eigen::MatrixXf gaussian_weights(double begin, double end, Eigen::Index samples,
                                 const PixelRange& pixels);

}  // namespace assay::sheet
