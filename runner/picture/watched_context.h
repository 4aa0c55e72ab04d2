// A Cairo context that tells whether a renderer left it as it was.
#pragma once

#include <cairo.h>

#include <memory>
#include <string_view>

namespace assay::picture {

using Context = std::unique_ptr<cairo_t, decltype(&cairo_destroy)>;

/// A context on this surface in Cairo's initial state, but with a white source.
Context watched_context(cairo_surface_t* surface);

/// What of such a context is not as it was made: "the clip". Empty: nothing. The current path is
/// not looked at: cairo_restore leaves it. The context is of no use afterwards.
std::string_view what_changed(cairo_t* cairo);

}  // namespace assay::picture
