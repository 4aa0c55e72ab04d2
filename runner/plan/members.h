// The sections with several components: transforms, metrics, hooks, loggers, ...
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "runner/config/diagnostics.h"
#include "runner/config/node.h"

namespace assay::plan {

struct Member {
  std::string name;          ///< empty in a list
  const config::Node* node;  ///< lent by the section
  std::string key;           ///< full: "hooks.loss", "hooks.0"
};

/// Returns the members of a map by name, or of a list. Reports problems and omits invalid members.
std::vector<Member> members(const config::Node& section, const std::string& key,
                            config::Diagnostics& diagnostics);
/// Returns the members of a map whose names can be part of a value's name (test.top5).
std::vector<Member> members_by_name(const config::Node& section, const std::string& key,
                                    config::Diagnostics& diagnostics);

/// Names the members of a list after their types: TYPE, TYPE_2, TYPE_3, ...
class ListNames {
 public:
  std::string name(const std::string& type);

 private:
  std::set<std::string> taken_;
  std::map<std::string, int> counts_;  // of the types
};

}  // namespace assay::plan
