#include "runner/experiment/tag_clashes.h"

#include <fmt/format.h>

#include <map>
#include <set>
#include <string>

#include "assay/number_text.h"
#include "runner/base/wording.h"
#include "runner/hooks/timetable.h"
#include "runner/hooks/trigger.h"
#include "runner/plan/tag.h"

namespace assay::experiment {

void check_tag_clashes(const plan::Draft& draft, std::int64_t steps, std::int64_t steps_per_epoch,
                       config::Diagnostics& diagnostics) {
  constexpr std::size_t most = 100;  // steps
  plan::TagOwners owners;
  std::map<std::string, std::set<std::string>> written;  // tags by hook
  for (const plan::HookPlan& hook : draft.hooks) {
    if (draft.doubtful.contains("hooks." + hook.name)) continue;
    for (const plan::HookTag& given : plan::tags_of(hook)) {
      const plan::Tag& tag = given.tag;
      written[hook.name].insert(tag.written());
      for (const std::int64_t step :
           hooks::Timetable(hook.trigger, steps, steps_per_epoch).first(tag.varies() ? most : 1)) {
        const std::string name = tag.at(step, hooks::epoch_of(step, steps_per_epoch));
        const std::string& owner = owners.claim(name, hook.name);
        if (owner == hook.name || written.at(owner).contains(tag.written()))
          continue;  // the plan reports tags written alike
        diagnostics.error(given.where, given.key,
                          fmt::format("at step {} this is {}, which is also a tag of hooks.{}",
                                      grouped(step), base::quoted(name), owner),
                          plan::choose_another_tag);
        break;
      }
    }
  }
}

}  // namespace assay::experiment
