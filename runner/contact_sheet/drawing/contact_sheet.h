// The contact sheet as a whole: which panels there are, and where.
#pragma once

#include <vector>

#include "runner/contact_sheet/drawing/canvas.h"
#include "runner/contact_sheet/sheet.h"

namespace assay::contact_sheet {

/// Returns the natural size of the picture.
Size size_of(const Sheet& sheet);

/// Draws the sheet in its natural size, and returns the letters in it with their places.
std::vector<PlacedText> draw_sheet(const Sheet& sheet, cairo_t* cairo);

}  // namespace assay::contact_sheet
