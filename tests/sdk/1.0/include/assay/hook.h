// Kind `hook`: acts at chosen steps. The host decides when: `every`, `at`, `from`, `until`,
// `at_end` and `every_epoch` belong to every hook and are not in its parameter table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "assay/kind.h"
#include "assay/record.h"
#include "assay/renderer.h"
#include "assay/tensor.h"
#include "assay/views.h"

namespace assay {

/// Collects what a hook needs. The hook declares it once, before training.
class HookNeeds {
 public:
  /// Declares a value by its name in configs ("test.loss", "batch.loss"). Returns its number for
  /// HookContext::value. The host checks the name; an error message points at `option`, the option
  /// that holds the name. `option` is empty if no option holds it.
  virtual int value(std::string_view name, std::string_view option) = 0;
  /// Declares a result of a metric that may be a vector ("test.confusion.matrix"). Returns its
  /// number for HookContext::values.
  virtual int values(std::string_view name, std::string_view option) = 0;
  /// Declares the first `rows` rows of a split with the model's outputs for them. Returns their
  /// number for HookContext::rows. There are fewer rows if the split is shorter.
  virtual int rows(std::string_view split, std::int64_t rows, std::string_view option) = 0;
  /// Declares that the hook reads the gradients of the step, as the optimizer gets them. It cannot
  /// run at step 0 then.
  virtual void gradients() = 0;
  /// Declares that the hook reads the gradients as they are before any gradient transform. It
  /// cannot run at step 0 then. The host keeps a copy of the gradients for that if there are
  /// transforms.
  virtual void raw_gradients() = 0;
  /// Declares a renderer that came with the options. `gives_values`: the hook hands over values to
  /// draw (HookContext::picture); a renderer that needs some is refused otherwise.
  virtual void renderer(Renderer& renderer, bool gives_values = false) = 0;

 protected:
  ~HookNeeds() = default;
};

/// A tensor that the model remembers (facet Stateful).
struct BufferView {
  std::string_view name;  ///< "mean"
  ConstTensorView values;
};

/// The file formats of pictures.
enum class PictureFormat : std::uint32_t { png, svg, pdf };

/// Lets a hook read values and act at one step. Tags may contain ${step} and ${epoch}. A tag
/// belongs to one hook, because records of two hooks under one tag would mix into one curve. So an
/// option that gives a tag is a TagText (options.h), and the host refuses a config in which two
/// hooks have the same tag. The functions throw for a tag that another hook has used, for one that
/// is not a line of text (is_line), and for one longer than 1024 bytes.
class HookContext {
 public:
  virtual std::int64_t step() const = 0;
  virtual std::int64_t epoch() const = 0;
  /// Returns a declared value at this step. The host evaluates a split at most once per step, and
  /// only on request.
  virtual double value(int number) = 0;

  // The views are valid until run() returns.
  /// Returns the numbers of a declared result.
  virtual std::span<const double> values(int number) = 0;
  /// Returns declared rows, with the outputs at this step.
  virtual RowsView rows(int number) = 0;
  /// Returns the weights after this step, in the order of the model's parameters.
  virtual std::span<const ParameterView> weights() = 0;
  /// Returns the mean gradient of the step, if it was declared: what the optimizer got.
  virtual std::span<const ParameterView> gradients() = 0;
  /// Returns the mean gradient of the step before any gradient transform, if that was declared.
  /// Without transforms it is gradients().
  virtual std::span<const ParameterView> raw_gradients() = 0;
  /// Returns what the model remembers from step to step, such as running means.
  virtual std::span<const BufferView> buffers() = 0;

  /// Sends a content (record.h) to every logger: log(tag, Scalar{0.5}). The content is copied; its
  /// views need not outlive the call. Throws Error for a content that breaks a rule of record.h. A
  /// number is cheap: it is queued, and nothing is allocated.
  template <Content T>
  void log(std::string_view tag, const T& content) {
    record(tag, T::type, &content, sizeof content);
  }
  /// Sends a number to every logger.
  void scalar(std::string_view tag, double value) { log(tag, Scalar{value}); }
  /// Sends Markdown to every logger.
  void text(std::string_view tag, std::string_view markdown) { log(tag, Text{markdown}); }
  /// Takes the snapshot that the renderer needs; the logging thread draws it later. Loggers get an
  /// Image. For each format in `files`, the host also saves the picture in images/ in the run
  /// folder. `values` are numbers that the hook collected, for a renderer that draws such; they are
  /// copied.
  virtual void picture(std::string_view tag, const Renderer& renderer,
                       std::span<const PictureFormat> files,
                       MatrixView<const float> values = {}) = 0;
  /// Sends the content of `size` bytes that the type names; log() calls it.
  virtual void record(std::string_view tag, ContentType type, const void* content,
                      std::size_t size) = 0;

 protected:
  ~HookContext() = default;
};

class Hook {
 public:
  static constexpr Kind kind = Kind::hook;
  virtual ~Hook() = default;

  virtual void plan(HookNeeds& needs) = 0;
  /// Runs on the training thread, between two steps.
  virtual void run(HookContext& context) = 0;
};

}  // namespace assay
