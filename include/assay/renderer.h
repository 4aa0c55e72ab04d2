// Kind `renderer`: draws values into a box of a Cairo surface.
//
// The host creates and owns the surface (PNG, SVG or PDF); the renderer links Cairo itself. Drawing
// happens on the logging thread, on an immutable snapshot, while training goes on.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "assay/dataset.h"
#include "assay/kind.h"
#include "assay/tensor.h"

typedef struct _cairo cairo_t;

namespace assay {

/// Collects what a picture needs. The renderer declares it once, before training. `rows` is how
/// many rows to take from the start of the split ("train", "validation", "test", or "all" for the
/// rows in the data's own order); there are fewer if the split is shorter. The host checks the name
/// of the split; an error message points at `option`, the option that holds the name.
class RendererNeeds {
 public:
  virtual void samples(std::string_view split, std::int64_t rows, std::string_view option) = 0;
  /// Declares the samples and the model's outputs for them, with the weights of the step.
  virtual void outputs(std::string_view split, std::int64_t rows, std::string_view option) = 0;

 protected:
  ~RendererNeeds() = default;
};

/// The values at one step. Views are valid for the call.
struct Snapshot {
  std::int64_t step = 0;
  Shape sample_shape;                             ///< e.g. {8, 8}
  MatrixView<const float> samples;                ///< [rows, elements of a sample]
  Target target;                                  ///< describes the targets
  ConstTensorView targets;                        ///< [rows, ...]
  MatrixView<const float> outputs;                ///< [rows, n]; empty unless asked for
  std::span<const std::string_view> class_names;  ///< empty if the target is not a class
};

/// A rectangle in the units of the surface: pixels (PNG, SVG) or points (PDF).
struct Box {
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;
};

struct Size {
  std::int64_t width = 0;
  std::int64_t height = 0;
};

class Renderer {
 public:
  static constexpr Kind kind = Kind::renderer;
  virtual ~Renderer() = default;

  /// Declares exactly one need; called once. A renderer that contains others passes `needs` on to
  /// each of them: the same need may be declared several times, but no other one.
  virtual void plan(RendererNeeds& needs) const = 0;
  /// Throws Error for data that it cannot draw.
  virtual void check(const Shape& /*sample*/, const Target& /*target*/) const {}

  /// Returns the picture's natural size in pixels: 1 to 32767 in each direction and at most 2^26 in
  /// total. Always returns the same size.
  virtual Size size() const = 0;
  /// Draws into the box, and leaves the state of `cairo` as it was (cairo_save, cairo_restore). The
  /// same snapshot always gives the same picture.
  virtual void draw(const Snapshot& snapshot, cairo_t* cairo, const Box& box) const = 0;
};

}  // namespace assay
