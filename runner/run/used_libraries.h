// The libraries that the components of a plan come from.
#pragma once

#include <set>
#include <string>

#include "runner/plan/plan.h"
#include "runner/plugin_host/plugin_host.h"

namespace assay::run {

/// Files of libraries. A host that had other runs before has opened more than one plan uses.
struct UsedLibraries {
  std::set<std::string> computing;  ///< those that decide the result
  std::set<std::string> logging;
};

UsedLibraries libraries_of(const plan::Plan& plan, const plugin_host::PluginHost& host);

}  // namespace assay::run
