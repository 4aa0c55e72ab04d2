// The name of a new plugin: it becomes a component, a file, a class and a target of Meson.
#pragma once

#include <string>
#include <string_view>

#include "assay/kind.h"

namespace assay::scaffold {

/// Why it cannot be one, with what to do; empty where it can.
std::string problem_with(std::string_view name);

/// "top_k" -> "TopK". What would look like a macro of the standard library (EOF, NAN, I, PRId64)
/// has the kind at its end: "e_o_f" -> "EOFMetric".
std::string class_name(Kind kind, std::string_view name);

}  // namespace assay::scaffold
