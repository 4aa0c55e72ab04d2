#include "runner/contact_sheet/drawing/colours.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace assay::contact_sheet {

Colour viridis(double share) {
  constexpr std::array<std::array<double, 3>, 7> factors = {{
      {0.2777273272234177, 0.005407344544966578, 0.3340998053353061},
      {0.1050930431085774, 1.404613529898575, 1.384590162594685},
      {-0.3308618287255563, 0.214847559468213, 0.09509516302823659},
      {-4.634230498983486, -5.799100973351585, -19.33244095627987},
      {6.228269936347081, 14.17993336680509, 56.69055260068105},
      {4.776384997670288, -13.74514537774601, -65.35303263337234},
      {-5.435455855934631, 4.645852612178535, 26.3124352495832},
  }};
  const double t = std::clamp(share, 0.0, 1.0);
  std::array<double, 3> sum{};
  for (std::size_t i = factors.size(); i-- > 0;)
    for (std::size_t channel = 0; channel < 3; ++channel)
      sum[channel] = sum[channel] * t + factors[i][channel];
  for (double& channel : sum) channel = std::clamp(channel, 0.0, 1.0);
  return {sum[0], sum[1], sum[2]};
}

Colour line_colour(double share) { return viridis(0.9 * std::clamp(share, 0.0, 1.0)); }

Colour category_colour(std::size_t category) {
  constexpr std::array<Colour, most_categories> colours = {{
      {0.000, 0.447, 0.698},  // blue
      {0.835, 0.369, 0.000},  // vermillion
      {0.000, 0.620, 0.451},  // bluish green
      {0.800, 0.475, 0.655},  // reddish purple
      {0.902, 0.624, 0.000},  // orange
      {0.337, 0.706, 0.914},  // sky blue
      {0.200, 0.200, 0.200},  // black
  }};
  return colours[category % colours.size()];
}

Colour letters_on(const Colour& background) {
  // The relative luminance of WCAG 2.2.
  const auto linear = [](double channel) {
    return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
  };
  const double luminance = 0.2126 * linear(background.red) + 0.7152 * linear(background.green) +
                           0.0722 * linear(background.blue);
  return luminance > 0.18 ? black : white;
}

}  // namespace assay::contact_sheet
