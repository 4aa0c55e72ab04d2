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
#include "assay/views.h"

typedef struct _cairo cairo_t;

namespace assay {

/// Collects what a picture needs. The renderer declares all of it once, before training; a renderer
/// that contains others passes `needs` on to each of them. The functions return a number, which
/// finds the data in the snapshot; equal needs get one number.
///
/// `rows` is how many rows to take from the start of the split ("train", "validation", "test", or
/// "all" for the rows in the data's own order); there are fewer if the split is shorter. The host
/// checks the names; an error message points at `option`, the option that holds the name.
class RendererNeeds {
 public:
  /// Declares samples, as the dataset has them. Returns their number in Snapshot::rows.
  virtual int samples(std::string_view split, std::int64_t rows, std::string_view option) = 0;
  /// Declares samples and the model's outputs for them, with the weights of the step. Returns their
  /// number in Snapshot::rows.
  virtual int outputs(std::string_view split, std::int64_t rows, std::string_view option) = 0;
  /// Declares the weights of a parameter, by its name ("layer1.kernel"). Returns their number in
  /// Snapshot::weights.
  virtual int weights(std::string_view parameter, std::string_view option) = 0;
  /// Declares that the picture shows values that a hook hands over.
  virtual void values() = 0;

 protected:
  ~RendererNeeds() = default;
};

/// The values at one step. Views are valid for the call.
struct Snapshot {
  std::int64_t step = 0;
  Shape sample_shape;                             ///< e.g. {8, 8}
  Target target;                                  ///< describes the targets
  std::span<const std::string_view> class_names;  ///< empty if the target is not a class
  std::span<const RowsView> rows;                 ///< by the numbers of samples() and outputs()
  std::span<const ParameterView> weights;         ///< by the numbers of weights()
  MatrixView<const float> values;                 ///< what the hook handed over, if it was declared
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

  /// Declares what it draws, at least one thing; called once.
  virtual void plan(RendererNeeds& needs) = 0;
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
