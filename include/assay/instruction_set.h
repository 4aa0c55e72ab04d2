// The vector instructions that a component may use. The host finds out what the CPU has (and lets
// the user ask for less with --kernels); a component that carries code for several picks by this
// value and never looks at the CPU itself, so that run.json tells the truth about what ran.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "assay/version.h"

namespace assay {

enum class InstructionSet : std::uint32_t {
  generic,  ///< whatever the library was compiled for; always there
  avx2,     ///< x86-64-v3: AVX2 and FMA
  avx512,   ///< x86-64-v4: AVX-512 F, BW, CD, DQ, VL
};

inline constexpr std::array<std::string_view, 3> instruction_set_names = {"generic", "avx2",
                                                                          "avx512"};

constexpr std::string_view name_of(InstructionSet set) {
  return instruction_set_names[static_cast<std::size_t>(set)];
}

/// Nothing for any other name.
constexpr std::optional<InstructionSet> instruction_set_named(std::string_view name) {
  for (std::size_t i = 0; i < instruction_set_names.size(); ++i)
    if (instruction_set_names[i] == name) return static_cast<InstructionSet>(i);
  return std::nullopt;
}

}  // namespace assay
