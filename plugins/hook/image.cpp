// Hook `image`: lets a renderer draw a picture and sends it to every logger.
//
//   tag        its name in the logs; may hold ${step} and ${epoch}
//   renderer   what to draw
//   save       also save it under images/ in the run folder, as png, svg or pdf (default [])
//
//   hooks:
//     test_sheet:
//       type: image
//       tag: "Step ${step} Accuracy Testsheet"
//       renderer: {type: test_sheet, split: test}
//       save: [pdf]
//       every: 500
#include <vector>

#include "assay/hook.h"
#include "assay/plugin.h"

namespace {

class Image final : public assay::Hook {
 public:
  static constexpr assay::About about = {.name = "image",
                                         .doc = "Draws a picture and sends it to every logger."};
  struct Options {
    assay::TagText tag;
    assay::Nested<assay::Renderer> renderer;
    std::vector<assay::PictureFormat> save;
  };
  static constexpr auto table =
      assay::options(assay::required("tag", &Options::tag, "name in the logs"),
                     assay::required("renderer", &Options::renderer, "what to draw"),
                     assay::option("save", &Options::save,
                                   "file formats to save in the run folder's images/ as well",
                                   {.choices = "png|svg|pdf"}));

  explicit Image(const Options& options) : options_(options) {}

  void plan(assay::HookNeeds& needs) override { needs.renderer(*options_.renderer); }
  void run(assay::HookContext& context) override {
    context.picture(options_.tag.text, *options_.renderer, options_.save);
  }

 private:
  Options options_;
};

}  // namespace

ASSAY_COMPONENT(Image)
