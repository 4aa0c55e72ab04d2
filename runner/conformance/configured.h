// Options for components without a config: harmless ones, and each option at its limits.
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

/// Reports settings ("key=value") that are wrong, each problem at its place in its setting.
class WrongSettings : public Error {
 public:
  explicit WrongSettings(config::Diagnostics problems)
      : Error("wrong settings"), problems_(std::move(problems)) {}
  const config::Diagnostics& problems() const { return problems_; }

 private:
  config::Diagnostics problems_;
};

/// Returns the source that places in a setting refer to.
std::shared_ptr<const config::Source> source_of(const std::string& setting);

/// A component as a config would have it: {type: NAME, ...}.
struct Configured {
  config::Node node;
  /// The names of required options that cannot be made up (files). A path that leads nowhere takes
  /// their place.
  std::vector<std::string> missing;
  /// The names of required options that were made up; their values may not fit together.
  std::vector<std::string> made_up;
};

/// Configures a component. It leaves defaults to the host. Required options get the plainest value
/// that their table allows, and nested components the first one of their kind that can be created
/// that way. `settings` ("key=value", as on the command line of a run) come first. Throws
/// WrongSettings.
Configured configured(plan::Catalogue& catalogue, Kind kind, std::string_view name,
                      std::span<const std::string> settings);

/// A change of one option: "hidden = [1]".
struct Variation {
  std::string name;
  config::Node node;
};

/// Returns variations of every option: its bounds and values just inside them, each word of a
/// choice, texts that are empty, long, or full of odd characters, files that do not exist or are
/// something else, lists that are empty or long, null if allowed, a schedule for a rate. All are
/// valid according to the parameter tables, so a component must either be created or say why not.
std::vector<Variation> variations(plan::Catalogue& catalogue, Kind kind, std::string_view name,
                                  const config::Node& base);

/// Returns a plan that is complete and checked against the tables. Throws Failed with the first
/// problem.
plan::ComponentPlan planned(plan::Catalogue& catalogue, Kind kind, const config::Node& node);

}  // namespace assay::conformance
