#include "runner/plan/canonical.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "runner/base/digest.h"
#include "runner/plan/emit.h"
#include "runner/plan/yaml_text.h"

namespace assay::plan {

std::string canonical(const Plan& plan) {
  config::Node deciding = document(plan);
  std::erase_if(deciding.map, [](const config::Node::Entry& entry) {
    return std::ranges::count(not_in_digest, entry.key) > 0;
  });
  std::vector<std::string> lines;
  for (const Leaf& leaf : leaves(deciding))
    lines.push_back(fmt::format("{}: {}\n", leaf.key, leaf.text));
  std::ranges::sort(lines);
  return fmt::format("{}", fmt::join(lines, ""));
}

std::string digest(const Plan& plan) { return base::digest(canonical(plan)); }

}  // namespace assay::plan
