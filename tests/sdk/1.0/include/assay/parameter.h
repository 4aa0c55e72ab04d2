// The parameter table, in the form in which a plugin's manifest hands it to the host. The compiler
// makes it from a component's struct of options (options.h). A component never sees YAML.
#pragma once

#include <cstdint>
#include <limits>
#include <span>

#include "assay/kind.h"

namespace assay {

enum class ParameterType : std::uint32_t {
  boolean,  ///< true or false
  integer,  ///< a whole number, 64 bits
  number,   ///< a finite float64
  text,     ///< a string
  path,     ///< a file; relative to the config that says it. "assay:NAME" is in Assay's data folder
  choice,   ///< one of `choices`
  rate,     ///< a number, or a schedule component
  component,  ///< a component of kind `kind`
  group,      ///< a map with the parameters `members`
  tag,        ///< the name of a curve, a picture or a text in the logs
  value,      ///< the name of a value that a hook reads: "test.loss"
};

inline constexpr ParameterType last_parameter_type = ParameterType::value;

/// Plain data with static lifetime, texts of one line (text.h).
struct Parameter {
  const char* name = nullptr;
  ParameterType type = ParameterType::text;
  const char* doc = "";
  /// The default as a config would write it ("0.9", "[100, 100]", "selu"). nullptr: the option is
  /// required. "null": the option may be absent.
  const char* fallback = nullptr;
  /// Inclusive bounds of numbers, of each element of a list of numbers, and of all values of a
  /// schedule.
  double minimum = -std::numeric_limits<double>::infinity();
  double maximum = std::numeric_limits<double>::infinity();
  /// True if the bound itself is not allowed.
  bool exclusive_minimum = false;
  bool exclusive_maximum = false;
  /// True if the option is a list of `type`. A single value is not a list of one.
  bool list = false;
  /// For choice: the words, separated by '|'. An integer may be one of them instead.
  const char* choices = nullptr;
  /// For component: its kind.
  Kind kind = Kind::dataset;
  /// For group: the table of its members.
  const Parameter* members = nullptr;
  std::uint32_t member_count = 0;

  constexpr std::span<const Parameter> group() const { return {members, member_count}; }
};

}  // namespace assay
