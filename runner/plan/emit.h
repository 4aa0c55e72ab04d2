// A plan as YAML.
#pragma once

#include <string>

#include "runner/config/node.h"
#include "runner/plan/plan.h"

namespace assay::plan {

/// Every option with its value, in the order of the tables, each at the place that set it; nowhere
/// for a default. Paths are absolute, and `run_dir` stays a template.
config::Node document(const Plan& plan);

/// The document as text; make_plan gives the same plan for it, and so the same text again.
std::string emit(const Plan& plan);

/// The same, with where each value comes from as a comment at the end of its line.
std::string emit_with_origins(const Plan& plan);

/// What set a value of a document: "digits.yaml:12", "argument 3" or "default"; of a list, also
/// what set single elements of it.
std::string origin(const config::Node& value);

}  // namespace assay::plan
