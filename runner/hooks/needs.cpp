#include "runner/hooks/needs.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "assay/error.h"
#include "runner/picture/picture.h"

namespace assay::hooks {
namespace {

struct RendererRecorder final : RendererNeeds {
  explicit RendererRecorder(PictureNeed& to) : need(to) {}
  void samples(std::string_view split, std::int64_t rows, std::string_view option) override {
    declare(split, rows, option, false);
  }
  void outputs(std::string_view split, std::int64_t rows, std::string_view option) override {
    declare(split, rows, option, true);
  }
  void declare(std::string_view split, std::int64_t rows, std::string_view option, bool outputs) {
    if (!need.split.empty()) throw Error("it declares more than one need");
    if (split.empty() || rows < 1)
      throw Error(fmt::format(
          "it needs {} rows of split '{}'; expected at least one row of a split", rows, split));
    need.split = split;
    need.option = option;
    need.rows = rows;
    need.outputs = outputs;
  }
  PictureNeed& need;
};

struct HookRecorder final : HookNeeds {
  explicit HookRecorder(PreparedHook& to) : prepared(to) {}

  int value(std::string_view name, std::string_view option) override {
    const auto value = plan::value_name(name);
    if (!value)
      throw OptionError(
          std::string(option),
          fmt::format("'{}' is no value: expected SPLIT.METRIC, for instance test.loss, or "
                      "batch.loss, epoch.loss, optimizer.learning_rate",
                      name));
    const bool of_split = value->source == plan::ValueSource::split;
    prepared.values.push_back({std::string(name), std::string(option), value->source,
                               of_split ? std::string(value->owner) : std::string(),
                               std::string(value->name)});
    return static_cast<int>(prepared.values.size()) - 1;
  }

  void renderer(const Renderer& renderer) override {
    PictureNeed need;
    need.renderer = &renderer;
    need.handle = prepared.hook.nested(renderer);
    RendererRecorder recorder(need);
    need.handle.call([&](const Renderer& r) {
      r.plan(recorder);
      if (need.split.empty()) throw Error("it declares no need");
      const Size size = r.size();
      if (!picture::possible(size))
        throw Error(fmt::format(
            "its picture would have {} x {} pixels; expected 1 to {} each way, and no more than {} "
            "in all (Renderer::size)",
            size.width, size.height, picture::largest, picture::most_pixels));
    });
    prepared.pictures.push_back(std::move(need));
  }

  PreparedHook& prepared;
};

}  // namespace

PreparedHook prepare(std::string name, plugin_host::Handle<Hook> hook,
                     const plan::Trigger& trigger) {
  PreparedHook prepared{std::move(name), std::move(hook), trigger, {}, {}};
  std::ranges::sort(prepared.trigger.at);
  HookRecorder recorder(prepared);
  prepared.hook.call([&](Hook& h) { h.plan(recorder); });
  return prepared;
}

}  // namespace assay::hooks
