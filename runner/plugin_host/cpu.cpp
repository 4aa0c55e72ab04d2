#include "runner/plugin_host/cpu.h"

namespace assay::plugin_host {

InstructionSet cpu_instruction_set() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("x86-64-v4")) return InstructionSet::avx512;
  if (__builtin_cpu_supports("x86-64-v3")) return InstructionSet::avx2;
#endif
  return InstructionSet::generic;
}

}  // namespace assay::plugin_host
