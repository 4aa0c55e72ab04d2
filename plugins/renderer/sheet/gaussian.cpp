#include "gaussian.h"

#include <algorithm>
#include <cmath>

namespace assay::sheet {

Eigen::MatrixXf gaussian_weights(double begin, double end, Eigen::Index samples,
                                 const PixelRange& pixels) {
  const double samples_per_unit = static_cast<double>(samples) / (end - begin);
  const double width = std::max(1.0, samples_per_unit / pixels.per_unit);
  Eigen::MatrixXd weights = Eigen::MatrixXd::Zero(pixels.count, samples);
  for (Eigen::Index i = 0; i < pixels.count; ++i) {
    const double centre = (static_cast<double>(pixels.first + i) + 0.5) / pixels.per_unit;
    const double at = (centre - begin) * samples_per_unit - 0.5;  // 0: the centre of sample 0
    const auto last = static_cast<Eigen::Index>(std::floor(at + 2 * width));
    for (auto j = static_cast<Eigen::Index>(std::ceil(at - 2 * width)); j <= last; ++j) {
      const double x = (at - static_cast<double>(j)) / width;
      weights(i, std::clamp<Eigen::Index>(j, 0, samples - 1)) += std::exp(-2 * x * x);
    }
    weights.row(i) /= weights.row(i).sum();
  }
  return weights.cast<float>();
}

}  // namespace assay::sheet
