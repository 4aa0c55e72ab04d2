// Nodes against parameter tables: typed, complete values, or the problems that there are.
#pragma once

#include <initializer_list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "assay/parameter.h"
#include "runner/config/diagnostics.h"
#include "runner/config/node.h"
#include "runner/plan/catalogue.h"
#include "runner/plan/values.h"

namespace assay::plan {

/// The values that it gives are complete where there was no problem, and fit for nothing but going
/// on to look for further problems where there was one; ComponentPlan::soundness tells them apart.
/// `key` is the full key of what is looked at, for messages.
class Validator {
 public:
  enum class Config { complete, part };
  /// Of a part of a config nothing is missing: the rest may hold it. Both are borrowed.
  Validator(Catalogue& catalogue, config::Diagnostics& diagnostics,
            Config config = Config::complete)
      : catalogue_(catalogue), diagnostics_(diagnostics), config_(config) {}

  /// The whole config (borrowed), so that a key at a wrong place can be told its right one.
  void know(const config::Node& config) { whole_ = &config; }
  /// A map of options. What is required and absent is reported at `owner`.
  Values options(const config::Node& map, std::span<const Parameter> table, const std::string& key,
                 const config::Location& owner);
  /// Reports the keys that are in none of the tables. An option that one of them seems to mean is
  /// not reported as missing afterwards.
  void unknown_keys(const config::Node& map,
                    std::initializer_list<std::span<const Parameter>> tables,
                    const std::string& key, const std::string& message);
  /// An unknown key seems to mean this option, so it is not reported as missing.
  void mean(const std::string& key) { meant_.try_emplace(key); }
  bool meant(const std::string& key) const { return meant_.contains(key); }
  /// The key of the same map that is a misspelling of this option; empty when none is.
  std::string misspelling(const std::string& key) const;
  /// One option of a map: as given there, or its default.
  Value option(const config::Node& map, const Parameter& parameter, const std::string& key,
               const config::Location& owner);

  struct Placed {
    ComponentPlan component;
    Values common;                    ///< of the table that all components at this place share
    std::size_t common_problems = 0;  ///< in `common`
    std::size_t unknown_keys = 0;     ///< each may have meant any option
  };
  /// `NAME` or `{type: NAME, ...}`, where the options of the type and those in `common` may stand.
  Placed component(const config::Node& node, Kind kind, const std::string& key,
                   std::span<const Parameter> common = {});

 private:
  Placed read_component(const config::Node& node, Kind kind, const std::string& key,
                        std::span<const Parameter> common);
  /// Problems met so far, those that were reported elsewhere included.
  std::size_t problems() const { return diagnostics_.size() + passed_over_; }
  /// True: nothing is to be said of the node.
  bool pass_over(const config::Node& node) {
    passed_over_ += node.reported ? 1 : 0;
    return node.reported;
  }
  Value given(const config::Node& node, const Parameter& parameter, const std::string& key);
  /// How to write a value as the list of one that is expected, where it would be right.
  std::string hint_for_list(const config::Node& node, const Parameter& parameter);
  Value single(const config::Node& node, const Parameter& parameter, const std::string& key);
  Value path(const config::Node& node, const Parameter& parameter, const std::string& key);
  Value rate(const config::Node& node, const Parameter& parameter, const std::string& key);
  Value fallback(const Parameter& parameter, const std::string& key);
  /// Reports what is wrong within the value of an option's misspelt key.
  void look_inside(const config::Node& node, const Parameter& parameter, const std::string& key);
  /// The table of the component; nothing when there is none, which is reported.
  std::optional<std::span<const Parameter>> table(const config::Node& type, Kind kind,
                                                  const std::string& key);
  /// The options of the groups and components that the map has, however deep: "train.epochs".
  std::vector<std::string> deeper(const config::Node& map, std::span<const Parameter> table);
  struct Elsewhere {
    std::string key;
    bool below = false;  ///< as seen from the map; else it is a full key
  };
  /// The one key that an unknown key of `map` seems to mean at another place: one below first, and
  /// else one of the whole config. Empty when there is none, or several.
  Elsewhere elsewhere(const std::string& name, const config::Node& map,
                      std::initializer_list<std::span<const Parameter>> tables);
  std::string how_to_add(const config::Node& map, const Parameter& parameter,
                         const std::string& key, const config::Location& owner);
  /// The table of the component that a misspelt name means, which becomes the name.
  std::optional<std::span<const Parameter>> near_table(std::string& name, Kind kind);
  /// The key that is a misspelling of `type`; empty when none is.
  std::string missing_type(const config::Node& component, Kind kind, const std::string& key);
  void wrong(const config::Node& node, const std::string& expected, const std::string& key,
             const std::string& hint = {});
  std::string listing(Kind kind, std::span<const std::string> names) const;
  /// Further lines for the hint about a component that there is not.
  std::string refused(Kind kind, const std::string& name) const;

  Catalogue& catalogue_;
  config::Diagnostics& diagnostics_;
  const Config config_;
  const config::Node* whole_ = nullptr;
  /// Full keys that unknown ones are close to, and which of the same map those are, where they are
  /// hardly anything else.
  std::map<std::string, std::string> meant_;
  std::size_t passed_over_ = 0;  // what was not reported again
  std::size_t unknown_keys_ = 0;
  std::size_t depth_ = 0;     // of components within components
  std::size_t defaults_ = 0;  // of defaults within defaults
  bool endless_ = false;
};

}  // namespace assay::plan
