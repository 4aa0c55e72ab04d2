#include "assay/renderer.h"

namespace {

using namespace assay;

struct Blank final : Renderer {
  void plan(RendererNeeds& needs) override {
    if (needs.samples("test", 1, "split") == needs.outputs("test", 1, "split")) needs.values();
    needs.weights("layer1.kernel", "parameter");
  }
  Size size() const override { return {1, 1}; }
  void draw(const Snapshot& /*snapshot*/, cairo_t* /*cairo*/, const Box& /*box*/) const override {}
};

}  // namespace

int main() {
  const Blank blank;
  const Renderer& renderer = blank;
  renderer.check({}, {});
  renderer.draw({}, nullptr, {});
  return renderer.size().width == 1 && renderer.kind == Kind::renderer ? 0 : 1;
}
