// Options for components that nobody configured: the harmless ones, and every one at its limits.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "assay/error.h"
#include "runner/config/diagnostics.h"
#include "runner/config/node.h"
#include "runner/plan/catalogue.h"
#include "runner/plan/values.h"

namespace assay::conformance {

/// Settings ("key=value") that are wrong, each problem at its place in its setting.
class WrongSettings : public Error {
 public:
  explicit WrongSettings(config::Diagnostics problems)
      : Error("wrong settings"), problems_(std::move(problems)) {}
  const config::Diagnostics& problems() const { return problems_; }

 private:
  config::Diagnostics problems_;
};

/// What places in a setting are places of.
std::shared_ptr<const config::Source> source_of(const std::string& setting);

/// A component as a config would have it: {type: NAME, ...}.
struct Configured {
  config::Node node;
  /// Required options that nothing can be made up for (files), by name. A value that leads nowhere
  /// stands in their place.
  std::vector<std::string> missing;
  /// Required options that were made up, whose values may not fit together.
  std::vector<std::string> made_up;
};

/// Defaults are left to the host. Required options get the plainest value that their table allows,
/// nested components the first one of their kind that can be made so. `settings` ("key=value", as
/// on the command line of a run) come before all that. Throws WrongSettings.
Configured configured(plan::Catalogue& catalogue, Kind kind, std::string_view name,
                      std::span<const std::string> settings);

/// One option changed: "hidden = [1]".
struct Variation {
  std::string name;
  config::Node node;
};

/// Every option at its bounds and just inside them, each word of a choice, texts that are empty,
/// long, or full of odd characters, files that do not exist or are something else, lists that are
/// empty or long, null where that is allowed, a schedule for a rate. All of it is valid by the
/// parameter tables, so a component must be made, or say why not.
std::vector<Variation> variations(plan::Catalogue& catalogue, Kind kind, std::string_view name,
                                  const config::Node& base);

/// Checked against the tables, and complete. Throws Failed with the first problem.
plan::ComponentPlan planned(plan::Catalogue& catalogue, Kind kind, const config::Node& node);

}  // namespace assay::conformance
