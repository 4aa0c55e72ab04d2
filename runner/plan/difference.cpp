#include "runner/plan/difference.h"

#include <iterator>
#include <list>
#include <map>

#include "runner/plan/emit.h"
#include "runner/plan/yaml_text.h"

namespace assay::plan {

std::vector<Difference> differences(const Plan& before, const Plan& after) {
  const config::Node document_before = document(before), document_after = document(after);
  const auto side = [](const Leaf& leaf) {
    return Difference::Side{leaf.text, origin(*leaf.node)};
  };
  std::list<Difference> all;
  std::map<std::string, std::list<Difference>::iterator> known;
  for (const Leaf& leaf : leaves(document_before))
    known[leaf.key] = all.insert(all.end(), {leaf.key, side(leaf), {}});
  const std::vector<Leaf> leaves_after = leaves(document_after);
  for (const Leaf& leaf : leaves_after)
    if (const auto found = known.find(leaf.key); found != known.end())
      found->second->after = side(leaf);
  auto place = all.begin();
  for (const Leaf& leaf : leaves_after) {
    if (const auto found = known.find(leaf.key); found != known.end()) {
      place = std::next(found->second);
      continue;
    }
    while (place != all.end() && !place->after) ++place;
    all.insert(place, {leaf.key, {}, side(leaf)});
  }
  std::vector<Difference> result;
  for (Difference& difference : all)
    if (!difference.before || !difference.after ||
        difference.before->text != difference.after->text)
      result.push_back(std::move(difference));
  return result;
}

}  // namespace assay::plan
