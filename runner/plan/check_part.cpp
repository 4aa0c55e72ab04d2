#include "runner/plan/check_part.h"

#include <string>
#include <string_view>

#include "runner/base/wording.h"
#include "runner/config/defaults.h"
#include "runner/config/interpolation.h"
#include "runner/plan/planner.h"
#include "runner/plan/schema.h"
#include "runner/plan/validate.h"

namespace assay::plan {
namespace {

using config::Node;

// Checks a section that contains several components.
void check_members(const Node& section, const Parameter& p, Validator& validator) {
  if (section.find("type") != nullptr) return;  // the whole config reports a single one
  const auto check = [&](const Node& member, std::string_view name) {
    validator.component(p.kind == Kind::hook ? with_listed_steps(member) : member, p.kind,
                        base::joined(p.name, name), common_parameters(p.kind));
  };
  for (const Node::Entry& entry : section.map) check(entry.value, entry.key);
  for (std::size_t i = 0; i < section.list.size(); ++i) check(section.list[i], std::to_string(i));
}

}  // namespace

void check_part(Node part, Catalogue& catalogue, config::Diagnostics& diagnostics) {
  // Other files may set keys that this part does not, so use no defaults.
  config::Diagnostics told_of_the_whole;
  config::interpolate(part, config::Defaults(), told_of_the_whole);
  Validator validator(catalogue, diagnostics, Validator::Config::part);
  validator.know(part);
  validator.unknown_keys(part, {experiment_parameters()}, "", "unknown key");
  for (const Parameter& p : experiment_parameters()) {
    const Node* section = part.find(p.name);
    if (section == nullptr) continue;
    if (p.type != ParameterType::component) validator.option(part, p, "", {});
    else if (p.list) check_members(*section, p, validator);
    else validator.component(*section, p.kind, p.name, common_parameters(p.kind));
  }
}

}  // namespace assay::plan
