#include "runner/experiment/tags.h"

#include <fmt/format.h>

#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "runner/config/wording.h"
#include "runner/hooks/tag.h"
#include "runner/hooks/timetable.h"
#include "runner/hooks/trigger.h"

namespace assay::experiment {
namespace {

constexpr std::size_t most = 100;  // steps

const plan::Value* tag_of(const plan::HookPlan& hook) {
  const plan::Value* option = hook.component.values.find("tag");
  return option != nullptr && std::holds_alternative<std::string>(option->data) ? option : nullptr;
}

}  // namespace

void check_tags(const plan::Plan& plan, std::int64_t steps, std::int64_t steps_per_epoch,
                config::Diagnostics& diagnostics) {
  struct Owner {
    const plan::HookPlan* hook;
    std::string written;
  };
  std::map<std::string, Owner> owners;  // by tag
  for (const plan::HookPlan& hook : plan.hooks) {
    const plan::Value* option = tag_of(hook);
    const std::string key = "hooks." + hook.name;
    if (option == nullptr || plan.doubtful.contains(key)) continue;
    const std::string& written = std::get<std::string>(option->data);
    const std::size_t count = written.find("${") == written.npos ? 1 : most;
    for (const std::int64_t step :
         hooks::Timetable(hook.trigger, steps, steps_per_epoch).first(count)) {
      const std::string tag =
          hooks::expand_tag(written, step, hooks::epoch_of(step, steps_per_epoch));
      const Owner& owner = owners.try_emplace(tag, Owner{&hook, written}).first->second;
      // Of those that are written alike the plan knows.
      if (owner.hook == &hook || owner.written == written) continue;
      diagnostics.error(option->where.source == nullptr ? hook.component.where : option->where,
                        key + ".tag",
                        fmt::format("at step {} this is {}, a tag of hooks.{} as well", step,
                                    config::quoted(tag), owner.hook->name),
                        "records of two hooks under one tag would mix: choose another");
      break;
    }
  }
}

}  // namespace assay::experiment
