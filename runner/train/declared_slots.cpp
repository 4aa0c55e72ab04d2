#include "runner/train/declared_slots.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "assay/error.h"
#include "runner/state/component_state.h"

namespace assay::train {
namespace {

class Listener final : public Slots {
 public:
  int slot(std::string_view name, float initial) override {
    if (const std::string wrong = state::problem_with_name(name); !wrong.empty())
      complain(fmt::format("slot {}: {}", slots.size(), wrong));
    if (std::ranges::find(slots, name, &DeclaredSlot::name) != slots.end())
      complain(fmt::format("it declares two slots '{}'", name));
    if (!std::isfinite(initial))
      complain(fmt::format("slot '{}' begins as {}; expected a finite number", name, initial));
    slots.push_back({std::string(name), initial});
    return static_cast<int>(slots.size()) - 1;
  }

  std::vector<DeclaredSlot> slots;
  std::string mistake;  ///< the first one

 private:
  [[noreturn]] void complain(std::string text) {
    if (mistake.empty()) mistake = text;
    throw Error(std::move(text));
  }
};

template <class Interface>
std::vector<DeclaredSlot> slots_of(const plugin_host::Handle<Interface>& component) {
  Listener listener;
  component.call([&](Interface& c) { c.declare(listener); });
  if (!listener.mistake.empty())  // and the component caught the exception
    throw Error(fmt::format("{}: {}", component.who(), listener.mistake));
  return std::move(listener.slots);
}

}  // namespace

std::vector<DeclaredSlot> declared_slots(const plugin_host::Handle<Optimizer>& optimizer) {
  return slots_of(optimizer);
}
std::vector<DeclaredSlot> declared_slots(const plugin_host::Handle<GradientTransform>& transform) {
  return slots_of(transform);
}

}  // namespace assay::train
