// Strict scalars: what a plain scalar must look like to be a boolean or a number. YAML 1.1's
// leniencies (yes, 010, 1_000, 0x10) are refused with a word on what to write instead.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "runner/config/node.h"

namespace assay::plan {

template <class T>
struct Scalar {
  std::optional<T> value;
  std::string hint;  ///< when there is no value: "write 1000"; may be empty
};

/// true or false.
Scalar<bool> boolean(const config::Node& node);
/// Decimal, 64 bits, without leading zeros.
Scalar<std::int64_t> integer(const config::Node& node);
/// A finite decimal float64.
Scalar<double> number(const config::Node& node);

/// The shortest text that reads back as the same float64.
std::string shortest(double number);

}  // namespace assay::plan
