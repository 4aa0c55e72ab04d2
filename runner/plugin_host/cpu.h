// The vector instructions of the CPU that this runs on.
#pragma once

#include "assay/instruction_set.h"

namespace assay::plugin_host {

InstructionSet cpu_instruction_set();

}  // namespace assay::plugin_host
