// Kind `hook`: what happens at the steps asked for. When is the host's business: `every`, `at`,
// `from`, `until`, `at_end` and `every_epoch` belong to every hook and are not in its parameter
// table.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "assay/kind.h"
#include "assay/renderer.h"

namespace assay {

/// What a hook needs, declared once before training.
class HookNeeds {
 public:
  /// A value by its name in configs ("test.loss", "batch.loss"). Returns its number for
  /// HookContext::value. The host checks the name and points at `option`, which holds it; empty
  /// where none does.
  virtual int value(std::string_view name, std::string_view option) = 0;
  /// A renderer that came with the options.
  virtual void renderer(const Renderer& renderer) = 0;

 protected:
  ~HookNeeds() = default;
};

/// The file formats of pictures.
enum class PictureFormat : std::uint32_t { png, svg, pdf };

/// What a hook may look at and do at one step. Tags may hold ${step} and ${epoch}. A tag belongs to
/// one hook: records of two under one tag would mix into one curve. So the option that gives a tag
/// is called `tag`; the host refuses a config in which two hooks have the same one. Nor may a hook
/// use a tag that another one used before, or one that is no line of text (is_line) or longer than
/// 1024 bytes: these throw.
class HookContext {
 public:
  virtual std::int64_t step() const = 0;
  virtual std::int64_t epoch() const = 0;
  /// A declared value at this step. A split is evaluated at most once a step, and only if asked.
  virtual double value(int number) = 0;

  /// Sends a number to every logger. Cheap: it is queued.
  virtual void scalar(std::string_view tag, double value) = 0;
  /// Takes the snapshot that the renderer needs; it is drawn later, on the logging thread. Loggers
  /// get a PNG; for each format of `files` the picture is also saved in the run folder's images/.
  virtual void picture(std::string_view tag, const Renderer& renderer,
                       std::span<const PictureFormat> files) = 0;
  /// Sends Markdown to every logger.
  virtual void text(std::string_view tag, std::string_view markdown) = 0;

 protected:
  ~HookContext() = default;
};

class Hook {
 public:
  static constexpr Kind kind = Kind::hook;
  virtual ~Hook() = default;

  virtual void plan(HookNeeds& needs) = 0;
  /// On the training thread, between two steps.
  virtual void run(HookContext& context) = 0;
};

}  // namespace assay
