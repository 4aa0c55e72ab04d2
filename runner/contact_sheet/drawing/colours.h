// Colours for values and for categories. All can be told apart by people who are colour-blind.
#pragma once

#include <cstddef>

namespace assay::contact_sheet {

struct Colour {
  double red = 0, green = 0, blue = 0;  ///< sRGB, 0 to 1
};

inline constexpr Colour black{0.13, 0.13, 0.13};
inline constexpr Colour grey{0.45, 0.45, 0.45};
inline constexpr Colour light{0.88, 0.88, 0.88};
inline constexpr Colour faint{0.95, 0.95, 0.95};
inline constexpr Colour white{1, 1, 1};

/// Returns a colour of viridis, from dark blue (0) over green to yellow (1). It is perceptually
/// uniform: equal differences look equal, in grey, too. By Nathaniel Smith and Stéfan van der Walt
/// (matplotlib, CC0); this is the polynomial of degree 6 that Matt Zucker fitted to it
/// (shadertoy.com/view/WlfXRN, CC0), which is off by less than 0.02.
Colour viridis(double share);

/// Returns the colour of a line on white: viridis without its lightest tenth.
Colour line_colour(double share);

/// The number of categories that have colours of their own.
inline constexpr std::size_t most_categories = 7;
/// Returns the colour of a category: those of Okabe and Ito (jfly.uni-koeln.de/color), but for
/// yellow, which is too light for a line on white.
Colour category_colour(std::size_t category);

/// Returns the colour for letters on this colour: black or white, whichever has more contrast.
Colour letters_on(const Colour& background);

}  // namespace assay::contact_sheet
