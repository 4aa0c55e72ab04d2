// Kind `renderer`: draws values into a box of a Cairo surface.
//
// The host makes the surface (PNG, SVG or PDF) and owns it; the renderer links Cairo itself.
// Drawing happens on the logging thread, on an immutable snapshot, while training goes on.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "assay/dataset.h"
#include "assay/kind.h"
#include "assay/tensor.h"

typedef struct _cairo cairo_t;

namespace assay {

/// What a picture needs, declared once before training. `rows`: the first so many rows of the split
/// ("train", "validation", "test", or "all" for the rows in the data's own order); fewer if it is
/// shorter. The host checks the name of the split and points at `option`, which holds it.
class RendererNeeds {
 public:
  virtual void samples(std::string_view split, std::int64_t rows, std::string_view option) = 0;
  /// The samples and the model's outputs for them, with the weights of the step.
  virtual void outputs(std::string_view split, std::int64_t rows, std::string_view option) = 0;

 protected:
  ~RendererNeeds() = default;
};

/// The values at one step. Views are valid for the call.
struct Snapshot {
  std::int64_t step = 0;
  Shape sample_shape;                             ///< e.g. {8, 8}
  MatrixView<const float> samples;                ///< [rows, elements of a sample]
  Target target;                                  ///< what the targets are
  ConstTensorView targets;                        ///< [rows, ...]
  MatrixView<const float> outputs;                ///< [rows, n]; empty unless asked for
  std::span<const std::string_view> class_names;  ///< empty where the target is not a class
};

/// In the units of the surface: pixels (PNG, SVG) or points (PDF).
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

  /// Called once. One need is declared. A renderer that contains others hands `needs` on to each of
  /// them: the same need may come several times, but no other one.
  virtual void plan(RendererNeeds& needs) const = 0;
  /// Throws Error for data that it cannot draw.
  virtual void check(const Shape& /*sample*/, const Target& /*target*/) const {}

  /// The picture's natural size in pixels, 1 to 32767 each way and 2^26 in all at most; always the
  /// same.
  virtual Size size() const = 0;
  /// Draws into the box, and leaves the state of `cairo` as it was (cairo_save, cairo_restore).
  /// The same snapshot gives the same picture.
  virtual void draw(const Snapshot& snapshot, cairo_t* cairo, const Box& box) const = 0;
};

}  // namespace assay
