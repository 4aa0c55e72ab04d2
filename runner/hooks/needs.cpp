#include "runner/hooks/needs.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "assay/error.h"
#include "assay/number_text.h"
#include "runner/picture/picture.h"

namespace assay::hooks {
namespace {

class RendererRecorder final : public RendererNeeds {
 public:
  void samples(std::string_view split, std::int64_t rows, std::string_view option) override {
    declare({std::string(split), std::string(option), rows, false});
  }
  void outputs(std::string_view split, std::int64_t rows, std::string_view option) override {
    declare({std::string(split), std::string(option), rows, true});
  }
  const std::optional<RendererNeed>& need() const { return need_; }

 private:
  static std::string described(const RendererNeed& need) {
    return fmt::format("{} rows of {}{}", grouped(need.rows), need.split,
                       need.outputs ? " with outputs" : "");
  }
  void declare(RendererNeed need) {
    if (need.split.empty() || need.rows < 1)
      throw Error(
          fmt::format("it needs {} rows of split '{}'; expected at least one row of a split",
                      grouped(need.rows), need.split));
    if (!need_) need_ = std::move(need);
    else if (need.split != need_->split || need.rows != need_->rows ||
             need.outputs != need_->outputs)
      throw Error(fmt::format(
          "it declares more than one need: {}, and {}; expected one, which renderers within it may "
          "repeat",
          described(*need_), described(need)));
  }
  std::optional<RendererNeed> need_;
};

struct HookRecorder final : HookNeeds {
  explicit HookRecorder(PreparedHook& to) : prepared(to) {}

  int value(std::string_view name, std::string_view option) override {
    return add(name, option, false);
  }
  int values(std::string_view name, std::string_view option) override {
    return add(name, option, true);
  }
  int add(std::string_view given, std::string_view option, bool vector) {
    const std::string text = prepared.hook.masked(given);
    auto name = plan::ValueName::parse(text);
    if (!name) throw OptionError(std::string(option), plan::no_value(text));
    plan::ReadableValue value = name->value();
    prepared.values.push_back({*std::move(name), std::string(option), std::move(value)});
    prepared.values.back().vector = vector;
    return static_cast<int>(prepared.values.size()) - 1;
  }

  int rows(std::string_view split, std::int64_t rows, std::string_view option) override {
    if (split.empty() || rows < 1)
      throw OptionError(
          std::string(option),
          fmt::format("it needs {} rows of split '{}'; expected at least one row of a split",
                      grouped(rows), split));
    prepared.rows.push_back({prepared.hook.masked(split), std::string(option), rows});
    return static_cast<int>(prepared.rows.size()) - 1;
  }

  void gradients() override { prepared.gradients = true; }

  void renderer(const Renderer& renderer) override {
    PictureNeed picture;
    picture.renderer = &renderer;
    picture.handle = prepared.hook.nested(renderer);
    RendererNeed need = need_of(picture.handle);
    picture.split = picture.handle.masked(need.split);
    picture.option = std::move(need.option);
    picture.rows = need.rows;
    picture.outputs = need.outputs;
    picture.handle.call([&](const Renderer& r) {
      const Size size = r.size();
      if (!picture::possible(size))
        throw Error(fmt::format(
            "its picture would have {} x {} pixels; expected 1 to {} each way, and no more than {} "
            "in all (Renderer::size)",
            grouped(size.width), grouped(size.height), grouped(picture::largest),
            grouped(picture::most_pixels)));
    });
    prepared.pictures.push_back(std::move(picture));
  }

  PreparedHook& prepared;
};

}  // namespace

RendererNeed need_of(const plugin_host::Handle<Renderer>& renderer) {
  RendererRecorder recorder;
  renderer.call([&](const Renderer& r) {
    r.plan(recorder);
    if (!recorder.need()) throw Error("it declares no need");
  });
  return *recorder.need();
}

PreparedHook prepare(std::string name, plugin_host::Handle<Hook> hook,
                     const plan::Trigger& trigger) {
  PreparedHook prepared{std::move(name), std::move(hook), trigger, {}, {}, {}, false};
  std::ranges::sort(prepared.trigger.at);
  HookRecorder recorder(prepared);
  prepared.hook.call([&](Hook& h) { h.plan(recorder); });
  return prepared;
}

}  // namespace assay::hooks
