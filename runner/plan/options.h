// Which options a config has, and what they are where it does not set them.
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

/// A place in a config, reached from the top key by key, through what the config says and through
/// defaults where it says nothing. What is below a component depends on its type.
class OptionWalk {
 public:
  /// Both borrowed. At the top.
  OptionWalk(const config::Node& config, Catalogue& catalogue)
      : catalogue_(catalogue), node_(&config) {}
  OptionWalk(const OptionWalk&) = delete;
  OptionWalk& operator=(const OptionWalk&) = delete;

  /// To a key below; false, and nowhere, when the config can have none of this name.
  bool step(std::string_view key);
  bool steps(std::span<const std::string> keys);

  /// What the config says here, or the default; null when there is neither.
  const config::Node* node() const { return node_; }
  /// What this is the value of, or for `is_element()` an element of the value; null at the top.
  const Parameter* parameter() const { return parameter_; }
  bool is_element() const { return element_; }

  struct Option {
    std::string name;
    const Parameter* parameter = nullptr;  ///< null: a name or number that the config itself gives
  };
  /// What may stand below; `type` is not among it.
  std::vector<Option> options() const;

 private:
  bool is_section() const { return parameter_ != nullptr && parameter_->list && !element_; }
  std::optional<Kind> kind() const;  // of the component that may be here
  const config::Node* type() const;  // its name; null when there is no such component
  std::vector<std::span<const Parameter>> tables() const;

  Catalogue& catalogue_;
  const config::Node* node_;
  const Parameter* parameter_ = nullptr;
  bool element_ = false;
  std::size_t depth_ = 0;
  std::deque<config::Node> defaults_;  // on the way
};

/// By the tables of the experiment and its components.
class Defaults final : public config::Defaults {
 public:
  /// Borrowed.
  explicit Defaults(Catalogue& catalogue) : catalogue_(catalogue) {}

  std::optional<config::Node> value(const config::Node& config,
                                    std::span<const std::string> path) const override;
  std::vector<std::string> keys(const config::Node& config,
                                std::span<const std::string> path) const override;

 private:
  Catalogue& catalogue_;
};

}  // namespace assay::plan
