// A fake hook, and a renderer that draws nothing.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "assay/hook.h"
#include "runner/hooks/needs.h"
#include "tests/support/handle.h"

namespace assay::test {

class FakeHook final : public Hook {
 public:
  FakeHook(std::function<void(HookNeeds&)> plan, std::function<void(HookContext&)> run)
      : plan_(std::move(plan)), run_(std::move(run)) {}
  void plan(HookNeeds& needs) override { plan_(needs); }
  void run(HookContext& context) override { run_(context); }

 private:
  std::function<void(HookNeeds&)> plan_;
  std::function<void(HookContext&)> run_;
};

class FakeRenderer final : public Renderer {
 public:
  FakeRenderer(std::function<void(RendererNeeds&)> plan, Size size)
      : plan_(std::move(plan)), size_(size) {}
  void plan(RendererNeeds& needs) override { plan_(needs); }
  Size size() const override { return size_; }
  void draw(const Snapshot&, cairo_t*, const Box&) const override {}

 private:
  std::function<void(RendererNeeds&)> plan_;
  Size size_;
};

/// Returns a hook prepared as in a run; `renderer` is nested in the hook.
inline hooks::PreparedHook fake_hook(std::string name, const plan::Trigger& trigger,
                                     std::function<void(HookNeeds&)> plan,
                                     std::function<void(HookContext&)> run,
                                     std::shared_ptr<plugin_host::Object> renderer = nullptr) {
  std::vector<std::shared_ptr<plugin_host::Object>> nested;
  if (renderer) nested.push_back(std::move(renderer));
  return hooks::prepare(
      std::move(name),
      plugin_host::Handle<Hook>(object<Hook>(
          std::make_unique<FakeHook>(std::move(plan), std::move(run)), "fake", std::move(nested))),
      trigger);
}

inline std::shared_ptr<plugin_host::Object> fake_renderer(std::function<void(RendererNeeds&)> plan,
                                                          Size size = {2, 3}) {
  return object<Renderer>(std::make_unique<FakeRenderer>(std::move(plan), size), "fake");
}
inline Renderer& renderer_of(const plugin_host::Object& object) {
  return *static_cast<Renderer*>(object.pointer);
}

}  // namespace assay::test
