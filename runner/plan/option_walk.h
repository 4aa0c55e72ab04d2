// The options that a config may have, and their values if the config does not set them.
#pragma once

#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/parameter.h"
#include "runner/config/defaults.h"
#include "runner/config/node.h"
#include "runner/plan/catalogue.h"

namespace assay::plan {

/// A place in a config. It is reached from the top, key by key, through the config's own values and
/// through defaults for those that it does not set. The keys below a component depend on its type.
class OptionWalk {
 public:
  /// Starts at the top. Borrows both arguments.
  OptionWalk(const config::Node& config, Catalogue& catalogue)
      : catalogue_(catalogue), node_(&config) {}
  OptionWalk(const OptionWalk&) = delete;
  OptionWalk& operator=(const OptionWalk&) = delete;

  /// Goes to a key below. If the config cannot have a key of this name, returns false; the walk is
  /// then nowhere.
  bool step(std::string_view key);
  bool steps(std::span<const std::string> keys);

  /// Returns the config's value here, or else the default; null if there is neither.
  const config::Node* node() const { return node_; }
  /// Returns the parameter of the value here, or of the list that `is_element()` belongs to; null
  /// at the top.
  const Parameter* parameter() const { return parameter_; }
  bool is_element() const { return element_; }

  struct Option {
    std::string name;
    const Parameter* parameter = nullptr;  ///< null for a name or number that the config chooses
  };
  /// Returns the options that are allowed below, without `type`.
  std::vector<Option> options() const;

 private:
  bool is_section() const { return parameter_ != nullptr && parameter_->list && !element_; }
  std::optional<Kind> kind() const;  // of the component that may be here
  const config::Node* type() const;  // the node of its name; null if there is no such component
  std::vector<std::span<const Parameter>> tables() const;

  Catalogue& catalogue_;
  const config::Node* node_;
  const Parameter* parameter_ = nullptr;
  bool element_ = false;
  std::size_t depth_ = 0;
  std::deque<config::Node> defaults_;  // the defaults on the way
};

/// Finds defaults in the tables of the experiment and its components.
class TableDefaults final : public config::Defaults {
 public:
  /// Borrows the catalogue.
  explicit TableDefaults(Catalogue& catalogue) : catalogue_(catalogue) {}

  std::optional<config::Node> value(const config::Node& config,
                                    std::span<const std::string> path) const override;
  std::vector<std::string> keys(const config::Node& config,
                                std::span<const std::string> path) const override;
  config::Takes takes(const config::Node& config, std::span<const std::string> path) const override;
  bool takes_secret(const config::Node& config, std::span<const std::string> path) const override;
  bool is_tag(const config::Node& config, std::span<const std::string> path) const override;

 private:
  Catalogue& catalogue_;
};

}  // namespace assay::plan
