#include "runner/train/declared_state.h"

#include <fmt/format.h>

#include <cmath>
#include <set>
#include <string>

#include "assay/error.h"
#include "assay/text.h"

namespace assay::train {
namespace {

class Listener final : public OptimizerState {
 public:
  int slot(std::string_view name, float initial) override {
    check("slot", name, initial, slot_names_);
    declared.slots.push_back({std::string(name), initial});
    return static_cast<int>(declared.slots.size()) - 1;
  }
  int scalar(std::string_view name, double initial) override {
    check("scalar", name, initial, scalar_names_);
    declared.scalars.push_back({std::string(name), initial});
    return static_cast<int>(declared.scalars.size()) - 1;
  }

  DeclaredState declared;
  std::string mistake;  ///< the first one

 private:
  void check(std::string_view what, std::string_view name, double initial,
             std::set<std::string, std::less<>>& names) {
    if (name.empty() || !is_line(name))
      complain(fmt::format("{} {} has no name that is one line of text", what, names.size()));
    if (!names.emplace(name).second) complain(fmt::format("it declares two {}s '{}'", what, name));
    if (!std::isfinite(initial))
      complain(fmt::format("{} '{}' begins as {}; expected a finite number", what, name, initial));
  }
  [[noreturn]] void complain(std::string text) {
    if (mistake.empty()) mistake = text;
    throw Error(std::move(text));
  }

  std::set<std::string, std::less<>> slot_names_, scalar_names_;
};

}  // namespace

DeclaredState declared_state(const plugin_host::Handle<Optimizer>& optimizer) {
  Listener listener;
  optimizer.call([&](Optimizer& o) { o.declare(listener); });
  if (!listener.mistake.empty())  // and the optimizer caught the exception
    throw Error(fmt::format("{}: {}", optimizer.who(), listener.mistake));
  return std::move(listener.declared);
}

}  // namespace assay::train
