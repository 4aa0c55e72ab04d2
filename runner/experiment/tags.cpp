#include "runner/experiment/tags.h"

#include <fmt/format.h>

#include <map>
#include <string>

#include "assay/number_text.h"
#include "runner/base/wording.h"
#include "runner/hooks/expand_tag.h"
#include "runner/hooks/timetable.h"
#include "runner/hooks/trigger.h"
#include "runner/plan/tag.h"

namespace assay::experiment {

void check_tags(const plan::Draft& draft, std::int64_t steps, std::int64_t steps_per_epoch,
                config::Diagnostics& diagnostics) {
  constexpr std::size_t most = 100;  // steps
  struct Owner {
    std::string hook, written;
  };
  std::map<std::string, Owner> owners;  // by tag
  for (const plan::HookPlan& hook : draft.hooks) {
    const auto tag = plan::tag_of(hook);
    const std::string key = "hooks." + hook.name;
    if (!tag || draft.doubtful.contains(key)) continue;
    const std::size_t count = tag->text.find("${") == tag->text.npos ? 1 : most;
    for (const std::int64_t step :
         hooks::Timetable(hook.trigger, steps, steps_per_epoch).first(count)) {
      const std::string text =
          hooks::expand_tag(tag->text, step, hooks::epoch_of(step, steps_per_epoch));
      const Owner& owner = owners.try_emplace(text, Owner{hook.name, tag->text}).first->second;
      if (owner.written == tag->text) continue;  // the plan reports tags written alike
      diagnostics.error(tag->where, key + ".tag",
                        fmt::format("at step {} this is {}, a tag of hooks.{} as well",
                                    grouped(step), base::quoted(text), owner.hook),
                        plan::choose_another_tag);
      break;
    }
  }
}

}  // namespace assay::experiment
