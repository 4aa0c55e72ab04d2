// The vector instructions that a component may use. The host detects what the CPU supports (the
// user can ask for less with --kernels). A component with code for several instruction sets picks
// one by this value and never queries the CPU itself, so run.json records what really ran.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "assay/version.h"

namespace assay {

enum class InstructionSet : std::uint32_t {
  generic,  ///< what the library was compiled for; always available
  avx2,     ///< x86-64-v3: AVX2 and FMA
  avx512,   ///< x86-64-v4: AVX-512 F, BW, CD, DQ, VL
};

inline constexpr std::array<std::string_view, 3> instruction_set_names = {"generic", "avx2",
                                                                          "avx512"};

constexpr std::string_view name_of(InstructionSet set) {
  return instruction_set_names[static_cast<std::size_t>(set)];
}

/// Returns nothing for any other name.
constexpr std::optional<InstructionSet> instruction_set_named(std::string_view name) {
  for (std::size_t i = 0; i < instruction_set_names.size(); ++i)
    if (instruction_set_names[i] == name) return static_cast<InstructionSet>(i);
  return std::nullopt;
}

}  // namespace assay
