// Parses scalars strictly: the forms of a plain scalar that are a boolean or a number. It rejects
// the leniencies of YAML 1.1 (yes, 010, 1_000, 0x10) with a hint on what to write instead.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "runner/config/node.h"

namespace assay::plan {

template <class T>
struct Scalar {
  std::optional<T> value;
  std::string hint;  ///< set if there is no value: "write 1000"; may be empty
};

/// Reads true or false.
Scalar<bool> boolean(const config::Node& node);
/// Reads a decimal integer of 64 bits without leading zeros.
Scalar<std::int64_t> integer(const config::Node& node);
/// Reads a finite decimal float64.
Scalar<double> number(const config::Node& node);

/// Returns the shortest text that reads back as the same float64.
std::string shortest(double number);

}  // namespace assay::plan
