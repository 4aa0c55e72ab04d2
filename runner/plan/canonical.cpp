#include "runner/plan/canonical.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "runner/base/digest.h"
#include "runner/plan/emit.h"
#include "runner/plan/yaml_text.h"

namespace assay::plan {

std::string canonical(const config::Node& document) {
  std::vector<std::string> lines;
  for (const Leaf& leaf : leaves(document))
    if (std::ranges::count(not_in_digest, leaf.key.substr(0, leaf.key.find('.'))) == 0)
      lines.push_back(fmt::format("{}: {}\n", leaf.key, leaf.text));
  std::ranges::sort(lines);
  return fmt::format("{}", fmt::join(lines, ""));
}

std::string canonical(const Plan& plan) { return canonical(document(plan)); }

std::string digest(const Plan& plan) { return base::digest(canonical(plan)); }

}  // namespace assay::plan
