#include "runner/plugin_host/cpu.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include <algorithm>
#include <array>
#include <cstdint>

namespace assay::plugin_host {
namespace {

#if defined(__x86_64__)

struct Registers {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
};

// Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, CPUID; for the leaves
// from 0x80000001 on, AMD64 Architecture Programmer's Manual, volume 3, appendix E.
struct Extension {
  std::string_view name;
  unsigned leaf;
  unsigned subleaf;
  unsigned Registers::*where;
  unsigned bit;
};

constexpr std::array<Extension, 26> extensions = {{
    {"adx", 7, 0, &Registers::ebx, 19},
    {"aes", 1, 0, &Registers::ecx, 25},
    {"amx_bf16", 7, 0, &Registers::edx, 22},
    {"amx_int8", 7, 0, &Registers::edx, 25},
    {"amx_tile", 7, 0, &Registers::edx, 24},
    {"avx512bf16", 7, 1, &Registers::eax, 5},
    {"avx512bitalg", 7, 0, &Registers::ecx, 12},
    {"avx512fp16", 7, 0, &Registers::edx, 23},
    {"avx512ifma", 7, 0, &Registers::ebx, 21},
    {"avx512vbmi", 7, 0, &Registers::ecx, 1},
    {"avx512vbmi2", 7, 0, &Registers::ecx, 6},
    {"avx512vnni", 7, 0, &Registers::ecx, 11},
    {"avx512vp2intersect", 7, 0, &Registers::edx, 8},
    {"avx512vpopcntdq", 7, 0, &Registers::ecx, 14},
    {"avxifma", 7, 1, &Registers::eax, 23},
    {"avxvnni", 7, 1, &Registers::eax, 4},
    {"avxvnniint8", 7, 1, &Registers::edx, 4},
    {"fma4", 0x80000001, 0, &Registers::ecx, 16},
    {"gfni", 7, 0, &Registers::ecx, 8},
    {"pclmul", 1, 0, &Registers::ecx, 1},
    {"sha", 7, 0, &Registers::ebx, 29},
    {"sse4a", 0x80000001, 0, &Registers::ecx, 6},
    {"tbm", 0x80000001, 0, &Registers::ecx, 21},
    {"vaes", 7, 0, &Registers::ecx, 9},
    {"vpclmulqdq", 7, 0, &Registers::ecx, 10},
    {"xop", 0x80000001, 0, &Registers::ecx, 11},
}};

#endif

}  // namespace

InstructionSet cpu_instruction_set() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("x86-64-v4")) return InstructionSet::avx512;
  if (__builtin_cpu_supports("x86-64-v3")) return InstructionSet::avx2;
#endif
  return InstructionSet::generic;
}

bool cpu_has([[maybe_unused]] std::string_view name) {
#if defined(__x86_64__)
  const auto extension = std::ranges::find(extensions, name, &Extension::name);
  if (extension == extensions.end()) return false;
  Registers r;
  return __get_cpuid_count(extension->leaf, extension->subleaf, &r.eax, &r.ebx, &r.ecx, &r.edx) &&
         (r.*extension->where >> extension->bit & 1) != 0;
#else
  return false;
#endif
}

std::vector<std::string> lacking(std::string_view instructions, InstructionSet cpu) {
  std::vector<std::string> result;
  std::string_view set = instructions.substr(0, instructions.find(' '));
  const auto needed = instruction_set_named(set);
  if (!needed || *needed > cpu) result.emplace_back(set.empty() ? "''" : set);
  std::string_view rest = instructions.substr(set.size());
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const std::string_view word = rest.substr(0, rest.find(' '));
    if (!cpu_has(word)) result.emplace_back(word);
    rest.remove_prefix(word.size());
  }
  return result;
}

}  // namespace assay::plugin_host
