#include "assay/hook.h"

#include <limits>
#include <string>
#include <vector>

#include "runner/conformance/neutral.h"
#include "runner/conformance/suites.h"
#include "runner/hooks/needs.h"

namespace assay::conformance {
namespace {

// What a hook did, and what it should not have.
class Recorder final : public HookContext {
 public:
  Recorder(const hooks::PreparedHook& hook, std::int64_t step, double value)
      : hook_(hook), step_(step), value_(value) {}

  std::int64_t step() const override { return step_; }
  std::int64_t epoch() const override { return (step_ + 9) / 10; }
  double value(int number) override {
    if (number < 0 || static_cast<std::size_t>(number) >= hook_.values.size())
      blame(fmt::format("it reads value {}; plan() declared {}", number, hook_.values.size()));
    return value_;
  }
  void scalar(std::string_view tag, double /*value*/) override { record(tag); }
  void text(std::string_view tag, std::string_view /*markdown*/) override { record(tag); }
  void picture(std::string_view tag, const Renderer& renderer,
               std::span<const PictureFormat> /*files*/) override {
    record(tag);
    for (const hooks::PictureNeed& need : hook_.pictures)
      if (need.renderer == &renderer) return;
    blame("it draws a renderer that plan() did not declare");
  }

  std::vector<std::string> tags;
  std::string blamed;

 private:
  void record(std::string_view tag) {
    if (tag.empty()) blame("it sends a record without a tag");
    tags.emplace_back(tag);
  }
  void blame(std::string text) {
    if (blamed.empty()) blamed = std::move(text);
  }

  const hooks::PreparedHook& hook_;
  std::int64_t step_;
  double value_;
};

hooks::PreparedHook prepare(const Subject& subject) {
  plan::Trigger always;
  always.every = 1;
  return hooks::prepare("hook", subject.make<Hook>(), always);
}

std::vector<std::string> run(const hooks::PreparedHook& hook, std::int64_t step, double value) {
  Recorder context(hook, step, value);
  hook.hook.call([&](Hook& h) { h.run(context); });
  if (!context.blamed.empty()) throw Failed(fmt::format("at step {} {}", step, context.blamed));
  return context.tags;
}

std::string declares(const Subject& subject) {
  const hooks::PreparedHook first = prepare(subject), second = prepare(subject);
  require(first.values.size() == second.values.size() &&
              first.pictures.size() == second.pictures.size(),
          "made twice it needs {} and {} values, {} and {} pictures", first.values.size(),
          second.values.size(), first.pictures.size(), second.pictures.size());
  return fmt::format("{} values, {} pictures", first.values.size(), first.pictures.size());
}

std::string runs(const Subject& subject) {
  const hooks::PreparedHook hook = prepare(subject);
  std::size_t records = 0;
  for (const std::int64_t step : {0, 1, 2, 3, 10, 11, 500, 1'000'000}) {
    const auto tags = run(hook, step, 1 / (1 + static_cast<double>(step)));
    records += tags.size();
  }
  require(records > 0, "it says nothing at any of eight steps");
  return fmt::format("{} records at eight steps", records);
}

std::string odd_values(const Subject& subject) {
  using Limits = std::numeric_limits<double>;
  const hooks::PreparedHook hook = prepare(subject);
  std::int64_t step = 0;
  for (const double value : {Limits::quiet_NaN(), Limits::infinity(), -Limits::infinity(),
                             Limits::max(), -0.0, Limits::denorm_min()})
    run(hook, ++step, value);
  return {};
}

}  // namespace

Suite hook_suite(const Subject& subject) {
  return {
      {"declares its needs alike each time", [subject] { return declares(subject); }},
      {"runs at any step with what it declared", [subject] { return runs(subject); }},
      {"takes values that are not finite", [subject] { return odd_values(subject); }},
  };
}

}  // namespace assay::conformance
