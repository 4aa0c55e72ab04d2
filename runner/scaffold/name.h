// The name of a new plugin: it becomes a component, a file, a class and a target of Meson.
#pragma once

#include <string>
#include <string_view>

namespace assay::scaffold {

/// Why it cannot be one, with what to do; empty where it can.
std::string problem_with(std::string_view name);

/// "top_k" -> "TopK"
std::string class_name(std::string_view name);

}  // namespace assay::scaffold
