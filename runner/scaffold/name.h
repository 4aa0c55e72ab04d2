// The name of a new plugin: it becomes a component, a file, a class and a target of Meson.
#pragma once

#include <string>
#include <string_view>

#include "assay/kind.h"

namespace assay::scaffold {

/// Returns why it is not a valid name, and what to do; empty if it is valid.
std::string problem_with(std::string_view name);

/// Turns "top_k" into "TopK". A name that looks like a macro of the standard library (EOF, NAN, I,
/// PRId64) gets the kind as its ending: "e_o_f" -> "EOFMetric".
std::string class_name(Kind kind, std::string_view name);

}  // namespace assay::scaffold
