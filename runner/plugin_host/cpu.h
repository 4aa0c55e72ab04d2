// The capabilities of this machine's CPU.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "assay/instruction_set.h"

namespace assay::plugin_host {

InstructionSet cpu_instruction_set();

/// Returns true if the CPU has an extension that a stamp names after its instruction set ("gfni");
/// false for unknown names.
bool cpu_has(std::string_view extension);

/// Returns the words of a stamp's `instructions` ("avx512 gfni") that a CPU with this set lacks. An
/// empty text counts as the word "''".
std::vector<std::string> lacking(std::string_view instructions, InstructionSet cpu);

}  // namespace assay::plugin_host
