#include "runner/experiment/component_maker.h"

#include <algorithm>

#include "runner/base/digest.h"

namespace assay::experiment {

bool is_stateless(const plugin_host::Object& component) {
  return component.facet(FacetId::stateful) == nullptr &&
         std::ranges::all_of(component.nested,
                             [](const auto& nested) { return is_stateless(*nested); });
}

ComponentMaker::ComponentMaker(const plan::Draft& of_draft, plugin_host::PluginHost& plugins,
                               config::Diagnostics& problems, SharedParts* shared,
                               Experiment& experiment)
    : draft(of_draft),
      host(plugins),
      diagnostics(problems),
      blame(of_draft, problems),
      shared_parts(shared),
      memory(shared != nullptr ? MemoryBudget(shared->memory(), shared->held()) : MemoryBudget()),
      experiment_(experiment) {
  if (shared == nullptr) return;
  data_ = fmt::format("{} {}", name_of(host.instructions()), plan::identity(draft.dataset));
  rows_ = data_ + plan::identity(draft.split);
  context_ = base::digest(rows_ + plan::identity(draft.train));
}

}  // namespace assay::experiment
