#include "runner/hooks/needs.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "assay/error.h"
#include "assay/number_text.h"
#include "runner/picture/picture.h"

namespace assay::hooks {
namespace {

std::string no_rows(std::string_view split, std::int64_t rows) {
  return fmt::format("it needs {} rows of split '{}'; expected at least one row of a split",
                     grouped(rows), split);
}

class RendererRecorder final : public RendererNeeds {
 public:
  int samples(std::string_view split, std::int64_t rows, std::string_view option) override {
    return add_rows(split, rows, option, false);
  }
  int outputs(std::string_view split, std::int64_t rows, std::string_view option) override {
    return add_rows(split, rows, option, true);
  }
  int weights(std::string_view parameter, std::string_view option) override {
    if (parameter.empty()) throw OptionError(std::string(option), "it names no parameter");
    return number(needed_.weights, {std::string(parameter), std::string(option)},
                  [](const WeightsNeed& need) { return std::tie(need.parameter); });
  }
  void values() override { needed_.values = true; }

  const RendererNeeded& needed() const { return needed_; }

 private:
  int add_rows(std::string_view split, std::int64_t rows, std::string_view option, bool outputs) {
    if (split.empty() || rows < 1) throw Error(no_rows(split, rows));
    return number(
        needed_.rows, {std::string(split), std::string(option), rows, outputs},
        [](const RowsNeed& need) { return std::tie(need.split, need.rows, need.outputs); });
  }

  /// Returns the number of the need among those that are known; a new one is added.
  template <class Need, class Key>
  static int number(std::vector<Need>& known, Need need, Key key) {
    const auto same = [&](const Need& other) { return key(other) == key(need); };
    const auto found = std::ranges::find_if(known, same);
    const auto number = static_cast<int>(found - known.begin());
    if (found == known.end()) known.push_back(std::move(need));
    return number;
  }

  RendererNeeded needed_;
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
    if (split.empty() || rows < 1) throw OptionError(std::string(option), no_rows(split, rows));
    prepared.rows.push_back({prepared.hook.masked(split), std::string(option), rows});
    return static_cast<int>(prepared.rows.size()) - 1;
  }

  void gradients() override { prepared.gradients = true; }
  void raw_gradients() override { prepared.raw_gradients = true; }

  void renderer(Renderer& renderer, bool gives_values) override {
    PictureNeed picture;
    picture.renderer = &renderer;
    picture.handle = prepared.hook.nested(renderer);
    picture.needed = needs_of(picture.handle);
    if (picture.needed.values && !gives_values)
      throw OptionError(
          picture.handle.option(),
          "this renderer draws values that a hook hands over, and this hook has none; "
          "expected a renderer of rows or weights");
    for (RowsNeed& rows : picture.needed.rows) rows.split = picture.handle.masked(rows.split);
    for (WeightsNeed& weights : picture.needed.weights)
      weights.parameter = picture.handle.masked(weights.parameter);
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

bool PreparedHook::reads(plan::TrainingValue value) const {
  return std::ranges::any_of(values, [value](const ValueNeed& need) {
    const auto* training = std::get_if<plan::TrainingValue>(&need.value);
    return training != nullptr && *training == value;
  });
}

RendererNeeded needs_of(const plugin_host::Handle<Renderer>& renderer) {
  RendererRecorder recorder;
  renderer.call([&](Renderer& r) {
    r.plan(recorder);
    const RendererNeeded& needed = recorder.needed();
    if (needed.rows.empty() && needed.weights.empty() && !needed.values)
      throw Error("it declares no need");
  });
  return recorder.needed();
}

PreparedHook prepare(std::string name, plugin_host::Handle<Hook> hook,
                     const plan::Trigger& trigger) {
  PreparedHook prepared{std::move(name), std::move(hook), trigger, {}, {}, {}};
  std::ranges::sort(prepared.trigger.at);
  HookRecorder recorder(prepared);
  prepared.hook.call([&](Hook& h) { h.plan(recorder); });
  return prepared;
}

}  // namespace assay::hooks
