// Opens a pack and prints its components: kind, name, and the value of every schedule.
#include <dlfcn.h>

#include <cstdio>
#include <memory>
#include <span>

#include "assay/plugin.h"
#include "assay/schedule.h"

namespace {

struct NoOptions final : assay::detail::OptionSource, assay::Host {
  bool has(std::string_view) const override { return false; }
  std::size_t size(std::string_view) const override { return 0; }
  bool boolean(assay::detail::OptionKey) const override { return false; }
  std::int64_t integer(assay::detail::OptionKey) const override { return 0; }
  double number(assay::detail::OptionKey) const override { return 0; }
  std::string_view text(assay::detail::OptionKey) const override { return {}; }
  const assay::Schedule* schedule(assay::detail::OptionKey) const override { return nullptr; }
  void* component(assay::detail::OptionKey, assay::Kind) const override { return nullptr; }
  const OptionSource& group(assay::detail::OptionKey) const override { return *this; }
  const double* rate_factor() const override { return nullptr; }
  const assay::Host& host() const override { return *this; }
  assay::InstructionSet instruction_set() const override { return assay::InstructionSet::generic; }
};

}  // namespace

int main(int, char** arguments) {
  void* library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return std::puts(dlerror()), 1;
  const auto* manifest =
      static_cast<const assay::Manifest*>(dlsym(library, assay::manifest_symbol));
  if (manifest == nullptr) return std::puts(dlerror()), 1;
  for (const assay::Component* c : std::span(manifest->components, manifest->components_end)) {
    if (c == nullptr) return std::puts("a null pointer"), 1;
    const NoOptions none;
    auto* schedule = static_cast<assay::Schedule*>(c->create(none));
    std::printf("%s %g\n", c->name, schedule->value(0));
    c->destroy(schedule);
  }
}
