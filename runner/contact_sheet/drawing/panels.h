// The panels of a contact sheet. Each draws into a box, its title included.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "runner/contact_sheet/drawing/axis.h"
#include "runner/contact_sheet/drawing/canvas.h"
#include "runner/contact_sheet/drawing/colours.h"
#include "runner/contact_sheet/sheet.h"

namespace assay::contact_sheet {

inline constexpr Letters title_letters{.size = 13, .bold = true};
inline constexpr Letters label_letters{.size = 11};
inline constexpr Letters tick_letters{.size = 10, .colour = grey};
inline constexpr double title_height = 30;

/// Draws the title of a panel at the top of its box, and returns the rest of the box.
Box titled(Canvas& canvas, const Box& box, const std::string& title, const std::string& remark);

/// How a key colours lines.
class KeyColours {
 public:
  /// Borrows the key. Without one all lines have one colour.
  explicit KeyColours(const Key* key);

  Colour of(const ValueIndex& value) const;
  bool is_bar() const;  ///< many numbers have a colour bar, others an entry for each value
  const Key* key() const { return key_; }

 private:
  const Key* key_;
};

/// Draws entries or a colour bar for a key.
void draw_legend(Canvas& canvas, const Box& box, const KeyColours& colours);

/// Draws an upright bar of viridis with the ticks of the axis at its right.
void draw_colour_bar(Canvas& canvas, const Box& bar, const Axis& axis, double lightest);

/// Draws the curves of one tag of all runs.
void draw_curves(Canvas& canvas, const Box& box, const Sheet& sheet, std::size_t tag,
                 const KeyColours& colours);

/// Returns true if the sheet has two keys with several values, so that there is a heat map.
bool has_heat_map(const Sheet& sheet);
/// Draws the mean result for each pair of values of the first two keys.
void draw_heat_map(Canvas& canvas, const Box& box, const Sheet& sheet);

/// Draws a line for each run through its values of all keys and its result.
void draw_parallel_coordinates(Canvas& canvas, const Box& box, const Sheet& sheet);

/// Returns the height of the pictures for this width; 0 if there are none.
double height_of_small_multiples(const Sheet& sheet, double width);
/// Draws the pictures of the runs.
void draw_small_multiples(Canvas& canvas, const Box& box, const Sheet& sheet);

}  // namespace assay::contact_sheet
