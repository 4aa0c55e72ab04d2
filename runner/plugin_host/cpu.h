// What the CPU that this runs on can do.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "assay/instruction_set.h"

namespace assay::plugin_host {

InstructionSet cpu_instruction_set();

/// Whether it has an extension that a stamp names behind its instruction set ("gfni"); false for
/// names that are not known.
bool cpu_has(std::string_view extension);

/// The words of a stamp's `instructions` ("avx512 gfni") that a CPU with this set lacks; "''" where
/// there is none.
std::vector<std::string> lacking(std::string_view instructions, InstructionSet cpu);

}  // namespace assay::plugin_host
