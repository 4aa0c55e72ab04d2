#include "assay/hook.h"

namespace {

using namespace assay;

struct Watching final : Hook {
  void plan(HookNeeds& needs) override { value_ = needs.value("test.loss", "value"); }
  void run(HookContext& context) override {
    context.scalar("Loss", context.value(value_));
    context.text("Note", context.step() > context.epoch() ? "later" : "early");
    context.log("Parameters", HyperParameters{});
  }
  int value_ = 0;
};

void draw(HookNeeds& needs, HookContext& context, Renderer& renderer) {
  constexpr PictureFormat files[] = {PictureFormat::png};
  needs.renderer(renderer);
  context.picture("Picture", renderer, files);
}

}  // namespace

int main() {
  Watching watching;
  Hook& hook = watching;
  void (*volatile use)(HookNeeds&, HookContext&, Renderer&) = draw;
  return use != nullptr && hook.kind == Kind::hook ? 0 : 1;
}
