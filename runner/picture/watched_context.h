// A Cairo context that detects if a renderer changed its state.
#pragma once

#include <cairo.h>

#include <memory>
#include <string_view>

namespace assay::picture {

using Context = std::unique_ptr<cairo_t, decltype(&cairo_destroy)>;

/// Returns a context on this surface in Cairo's initial state, but with a white source.
Context watched_context(cairo_surface_t* surface);

/// Returns what has changed since the context was created: "the clip". Empty if nothing has. It
/// ignores the current path, which cairo_restore does not restore. The context is unusable
/// afterwards.
std::string_view what_changed(cairo_t* cairo);

}  // namespace assay::picture
