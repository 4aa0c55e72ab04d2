// Checks nodes against parameter tables. Gives typed, complete values, or reports problems.
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
#include "runner/plan/draft.h"
#include "runner/plan/values.h"

namespace assay::plan {

/// The limits of components that are options of others: how deep they are nested, and how many come
/// from defaults.
inline constexpr std::size_t deepest_component = 16;
inline constexpr std::size_t most_default_components = 1024;

/// Without problems the returned values are complete. Otherwise they only serve to find further
/// problems; Placed::soundness and unsound() tell which case it is. `key` is the full key of the
/// node.
class Validator {
 public:
  enum class Config { complete, part };
  /// Borrows both. With Config::part no option counts as missing: other files may set it.
  Validator(Catalogue& catalogue, config::Diagnostics& diagnostics,
            Config config = Config::complete)
      : catalogue_(catalogue), diagnostics_(diagnostics), config_(config) {}

  /// Sets the whole config (borrowed), so that a hint can name the right place for a misplaced key.
  void know(const config::Node& config) { whole_ = &config; }
  /// Reads a map of options. Reports missing required options at `owner`.
  Values options(const config::Node& map, std::span<const Parameter> table, const std::string& key,
                 const config::Location& owner);
  /// Reports the keys that are in none of the tables. If one of them seems to mean an option, that
  /// option is not reported as missing afterwards.
  void unknown_keys(const config::Node& map,
                    std::initializer_list<std::span<const Parameter>> tables,
                    const std::string& key, const std::string& message);
  /// Records that an unknown key seems to mean this option, so that it is not reported as missing.
  void mean(const std::string& key) { meant_.try_emplace(key); }
  bool meant(const std::string& key) const { return meant_.contains(key); }
  /// Returns the key of the same map that misspells this option; empty if there is none.
  std::string misspelling(const std::string& key) const;
  /// Returns one option of a map: its value there, or its default.
  Value option(const config::Node& map, const Parameter& parameter, const std::string& key,
               const config::Location& owner);

  struct Placed {
    ComponentPlan component;
    Soundness soundness = Soundness::sound;
    Values common;  ///< values of the table that all components at this place share
    std::size_t common_problems = 0;  ///< in `common`
    std::size_t unknown_keys = 0;     ///< each may mean any option
  };
  /// Reads `NAME` or `{type: NAME, ...}`, which may contain the type's options and those in
  /// `common`.
  Placed component(const config::Node& node, Kind kind, const std::string& key,
                   std::span<const Parameter> common = {});
  /// Returns the components so far that are not sound, including those in options of others.
  const Unsound& unsound() const { return unsound_; }

 private:
  Placed read_component(const config::Node& node, Kind kind, const std::string& key,
                        std::span<const Parameter> common);
  /// Returns the number of problems so far, including those that were already reported elsewhere.
  std::size_t problems() const { return diagnostics_.size() + passed_over_; }
  /// Returns true if nothing more must be reported about the node.
  bool pass_over(const config::Node& node) {
    passed_over_ += node.reported ? 1 : 0;
    return node.reported;
  }
  Value given(const config::Node& node, const Parameter& parameter, const std::string& key);
  /// Suggests writing a single value as a list of one element, if that would be valid.
  std::string hint_for_list(const config::Node& node, const Parameter& parameter);
  Value single(const config::Node& node, const Parameter& parameter, const std::string& key);
  Value path(const config::Node& node, const Parameter& parameter, const std::string& key);
  Value rate(const config::Node& node, const Parameter& parameter, const std::string& key);
  Value fallback(const Parameter& parameter, const std::string& key);
  /// Reports the problems in the value of an option with a misspelt key.
  void look_inside(const config::Node& node, const Parameter& parameter, const std::string& key);
  /// Returns the table of the component. If there is none, reports that and returns nothing.
  std::optional<std::span<const Parameter>> table(const config::Node& type, Kind kind,
                                                  const std::string& key);
  /// Returns the options of the map's groups and components at any depth: "train.epochs".
  std::vector<std::string> deeper(const config::Node& map, std::span<const Parameter> table);
  struct Elsewhere {
    std::string key;
    bool below = false;  ///< the key is relative to the map; otherwise it is a full key
  };
  /// Returns the only key that an unknown key of `map` seems to mean elsewhere: first below the
  /// map, else in the whole config. Empty if there is none, or several.
  Elsewhere elsewhere(const std::string& name, const config::Node& map, const std::string& key,
                      std::initializer_list<std::span<const Parameter>> tables);
  std::string how_to_add(const config::Node& map, const Parameter& parameter,
                         const std::string& key, const config::Location& owner);
  /// Returns the table of the component that a misspelt name means, and corrects the name.
  std::optional<std::span<const Parameter>> near_table(std::string& name, Kind kind);
  /// Returns the key that misspells `type`; empty if there is none.
  std::string missing_type(const config::Node& component, Kind kind, const std::string& key);
  void wrong(const config::Node& node, const std::string& expected, const std::string& key,
             const std::string& hint = {});
  std::string listing(Kind kind, std::span<const std::string> names) const;
  /// Returns further lines for the hint about a component that does not exist.
  std::string refused(Kind kind, const std::string& name) const;

  Catalogue& catalogue_;
  config::Diagnostics& diagnostics_;
  const Config config_;
  const config::Node* whole_ = nullptr;
  /// The full keys that unknown keys resemble. Each maps to the unknown key of the same map if that
  /// is almost certainly a misspelling of it.
  std::map<std::string, std::string> meant_;
  Unsound unsound_;
  std::size_t passed_over_ = 0;  // the number of problems that were not reported again
  std::size_t unknown_keys_ = 0;
  std::size_t depth_ = 0;     // of components within components
  std::size_t defaults_ = 0;  // of defaults within defaults
  std::string default_key_;   // of the outermost default
  std::size_t default_components_ = 0;
  bool endless_ = false;
};

}  // namespace assay::plan
