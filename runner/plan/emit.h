// Writes a plan as YAML.
#pragma once

#include <string>

#include "runner/config/node.h"
#include "runner/plan/plan.h"

namespace assay::plan {

/// Returns every option with its value, in the order of the tables. Each has the place that set it;
/// a default has none. Paths are absolute, and `run_dir` stays a template.
config::Node document(const Plan& plan);

/// Returns the document as text. make_plan makes the same plan from it, and so the same text.
std::string emit(const Plan& plan);

/// Returns the same, with the origin of each value as a comment at the end of its line.
std::string emit_with_origins(const Plan& plan);

/// Returns the source that set a value of a document: "digits.yaml:12", "argument 3" or "default".
/// For a list, also returns the sources that set single elements of it.
std::string origin(const config::Node& value);

}  // namespace assay::plan
