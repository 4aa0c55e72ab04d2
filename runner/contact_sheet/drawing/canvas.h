// A thin layer over Cairo: lines, areas, letters and pictures. It notes where letters are, so that
// tests can see that none lie upon others.
#pragma once

#include <cairo.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/renderer.h"
#include "runner/contact_sheet/drawing/colours.h"

namespace assay::contact_sheet {

/// The point of a text that is put at its place: 0 is the left or the top, 1 the right or bottom.
struct Anchor {
  double x = 0;
  double y = 0.5;
};
inline constexpr Anchor from_left{0, 0.5};
inline constexpr Anchor centred{0.5, 0.5};
inline constexpr Anchor to_right{1, 0.5};

struct Letters {
  double size = 11;
  Colour colour = black;
  bool bold = false;
  bool upwards = false;  ///< turned by a quarter, to be read from the right
  bool halo = false;     ///< with a white edge, upon lines
};

struct PlacedText {
  std::string text;
  Box box;  ///< of its letters
};

struct Spot {
  double x = 0, y = 0;
};

class Canvas {
 public:
  /// Borrows the context.
  explicit Canvas(cairo_t* cairo);

  cairo_t* cairo() const { return cairo_; }

  void text(double x, double y, std::string_view text, const Letters& letters, Anchor anchor);
  double width_of(std::string_view text, const Letters& letters) const;
  /// Returns the text, or as much of its begin as is no wider, with an ellipsis.
  std::string fitted(std::string_view text, const Letters& letters, double width) const;

  void line(Spot from, Spot to, const Colour& colour, double width) const;
  void polyline(std::span<const Spot> spots, const Colour& colour, double width,
                double opacity) const;
  void fill(const Box& box, const Colour& colour) const;
  void frame(const Box& box, const Colour& colour, double width) const;
  void dot(Spot centre, double radius, const Colour& colour, double opacity) const;
  /// Draws a cross, as for what went wrong.
  void cross(Spot centre, double radius, const Colour& colour) const;
  /// Draws a PNG as large as the box allows, in its middle. Returns false, and draws nothing, if it
  /// cannot be read.
  bool picture(const Box& box, std::span<const std::byte> png) const;

  const std::vector<PlacedText>& texts() const { return texts_; }

 private:
  void choose(const Letters& letters) const;
  void set(const Colour& colour, double opacity = 1) const;

  cairo_t* cairo_;
  bool draws_pixels_;
  std::vector<PlacedText> texts_;
};

}  // namespace assay::contact_sheet
