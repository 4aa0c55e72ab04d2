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
#include <string>
#include <string_view>
#include <vector>

#include "assay/hook.h"
#include "assay/plugin.h"

namespace {

assay::PictureFormat format_of(std::string_view choice) {
  if (choice == "svg") return assay::PictureFormat::svg;
  if (choice == "pdf") return assay::PictureFormat::pdf;
  return assay::PictureFormat::png;
}

class Image final : public assay::Hook {
 public:
  static constexpr assay::About about = {.name = "image",
                                         .doc = "Draws a picture and sends it to every logger."};
  static constexpr assay::Parameter parameters[] = {
      {.name = "tag", .type = assay::ParameterType::text, .doc = "name in the logs"},
      {.name = "renderer",
       .type = assay::ParameterType::component,
       .doc = "what to draw",
       .kind = assay::Kind::renderer},
      {.name = "save",
       .type = assay::ParameterType::choice,
       .doc = "file formats to save in the run folder's images/ as well",
       .fallback = "[]",
       .list = true,
       .choices = "png|svg|pdf"},
  };

  explicit Image(const assay::Options& options)
      : tag_(options.text("tag")), renderer_(options.renderer("renderer")) {
    for (std::size_t i = 0; i < options.size("save"); ++i)
      save_.push_back(format_of(options.text("save", i)));
  }

  void plan(assay::HookNeeds& needs) override { needs.renderer(renderer_); }
  void run(assay::HookContext& context) override { context.picture(tag_, renderer_, save_); }

 private:
  std::string tag_;
  const assay::Renderer& renderer_;
  std::vector<assay::PictureFormat> save_;
};

}  // namespace

ASSAY_PLUGIN("image", "1.0.0", "MIT", Image)
