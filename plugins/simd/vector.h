// Vectors of floats as wide as the compiler's flags allow, on any CPU. They are the base of kernels
// that are written once and compiled several times, each time with the flags of one instruction
// set.
//
// Everything here is in an anonymous namespace, and nothing here comes from the standard library:
// the linker must never merge code of one instruction set into code for a lesser CPU. A source that
// includes this should include no other headers with inline functions.
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

namespace assay::simd {
namespace {

using Index = std::ptrdiff_t;

#if defined(__AVX512F__)
constexpr int width = 16;
#elif defined(__AVX2__)
constexpr int width = 8;
#else
constexpr int width = 4;
#endif

typedef float V __attribute__((vector_size(width * 4)));
typedef std::int32_t I __attribute__((vector_size(width * 4)));

/// A vector like V, but at any address that is a multiple of 4.
typedef float Unaligned __attribute__((vector_size(width * 4), aligned(4), may_alias));

inline V load(const float* from) { return *reinterpret_cast<const Unaligned*>(from); }
inline void store(float* to, V v) { *reinterpret_cast<Unaligned*>(to) = v; }
/// Returns x in every lane. Subtracting zero changes nothing, so the compiler leaves it out.
inline V splat(float x) { return x - V{}; }
inline I bits(V v) { return __builtin_bit_cast(I, v); }
inline V from_bits(I i) { return __builtin_bit_cast(V, i); }

/// Loads the first `count` (0 to width) elements, followed by zeros; reads nothing beyond them.
inline V load_first(const float* from, Index count) {
#if defined(__AVX512F__)
  return _mm512_maskz_loadu_ps(static_cast<__mmask16>((1U << count) - 1), from);
#elif defined(__AVX2__)
  const I lanes = {0, 1, 2, 3, 4, 5, 6, 7};
  return _mm256_maskload_ps(from,
                            __builtin_bit_cast(__m256i, lanes < static_cast<std::int32_t>(count)));
#else
  V v{};
  for (Index i = 0; i < count; ++i) v[i] = from[i];
  return v;
#endif
}

/// Writes the first `count` (0 to width) elements, and leaves the memory after them untouched.
inline void store_first(float* to, V v, Index count) {
#if defined(__AVX512F__)
  _mm512_mask_storeu_ps(to, static_cast<__mmask16>((1U << count) - 1), v);
#elif defined(__AVX2__)
  const I lanes = {0, 1, 2, 3, 4, 5, 6, 7};
  _mm256_maskstore_ps(to, __builtin_bit_cast(__m256i, lanes < static_cast<std::int32_t>(count)), v);
#else
  for (Index i = 0; i < count; ++i) to[i] = v[i];
#endif
}

template <int... lane>
struct Lanes {};
#if defined(__AVX512F__)
using AllLanes = Lanes<0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15>;
#elif defined(__AVX2__)
using AllLanes = Lanes<0, 1, 2, 3, 4, 5, 6, 7>;
#else
using AllLanes = Lanes<0, 1, 2, 3>;
#endif

/// The shuffles below work within groups of four lanes, or move whole groups; those are cheap.
constexpr int group = 4;
constexpr int groups = width / group;

/// Takes the elements from `half` * 2 on of every group, in the order a, b, a, b.
template <int half, int... lane>
inline V interleave(V a, V b, Lanes<lane...>) {
  return __builtin_shufflevector(
      a, b, (lane / group * group + 2 * half + lane % group / 2 + (lane % 2) * width)...);
}

/// Takes the elements from `half` * 2 on of every group, in the order a, a, b, b.
template <int half, int... lane>
inline V interleave_pairs(V a, V b, Lanes<lane...>) {
  return __builtin_shufflevector(
      a, b, (lane / group * group + 2 * half + lane % 2 + (lane % group < 2 ? 0 : width))...);
}

/// Returns the even groups (odd = 0) or odd groups of a, then those of b.
template <int odd, int... lane>
inline V every_other_group(V a, V b, Lanes<lane...>) {
  return __builtin_shufflevector(a, b,
                                 (2 * (lane / group * group) + odd * group + lane % group)...);
}

/// Returns from[0 .. group) in every group.
inline V splat_group(const float* from) {
#if defined(__AVX512F__)
  return _mm512_maskz_broadcast_f32x4(0xffff, _mm_loadu_ps(from));
#elif defined(__AVX2__)
  const __m128 four = _mm_loadu_ps(from);
  return _mm256_set_m128(four, four);
#else
  return load(from);
#endif
}

/// Returns the first `count` elements and zeros in every group; reads nothing beyond them.
inline V splat_group(const float* from, Index count) {
  float four[group] = {};
  for (Index i = 0; i < count; ++i) four[i] = from[i];
  return splat_group(four);
}

template <int... lane>
inline V gather_groups(V v, Lanes<lane...>) {
  return __builtin_shufflevector(v, v, (lane % groups * group + lane / groups)...);
}

/// Returns [i][g] = the sum of group g of v[i], for `group` vectors.
inline V sum_groups(const V* v) {
  const V sum01 = interleave<0>(v[0], v[1], AllLanes{}) + interleave<1>(v[0], v[1], AllLanes{});
  const V sum23 = interleave<0>(v[2], v[3], AllLanes{}) + interleave<1>(v[2], v[3], AllLanes{});
  const V sums = interleave_pairs<0>(sum01, sum23, AllLanes{}) +
                 interleave_pairs<1>(sum01, sum23, AllLanes{});  // [g][i]
  return gather_groups(sums, AllLanes{});
}

/// Moves parts[q], group g to parts[g], group q, for count = width / 4 vectors.
template <int count>
inline void transpose_groups(V* parts) {
  if constexpr (count > 1) {
    V even[count / 2];
    V odd[count / 2];
#pragma GCC unroll 4
    for (int q = 0; q < count / 2; ++q) {
      even[q] = every_other_group<0>(parts[2 * q], parts[2 * q + 1], AllLanes{});
      odd[q] = every_other_group<1>(parts[2 * q], parts[2 * q + 1], AllLanes{});
    }
    transpose_groups<count / 2>(even);
    transpose_groups<count / 2>(odd);
#pragma GCC unroll 4
    for (int q = 0; q < count / 2; ++q) {
      parts[2 * q] = even[q];
      parts[2 * q + 1] = odd[q];
    }
  }
}

/// Transposes `width` x `width` elements in place.
inline void transpose(V (&rows)[width]) {
  V columns[group][groups];  // [j][q], group g: column 4 g + j of the rows 4 q to 4 q + 3
#pragma GCC unroll 4
  for (int q = 0; q < groups; ++q) {
    const V* r = rows + group * q;
    const V low01 = interleave<0>(r[0], r[1], AllLanes{});
    const V low23 = interleave<0>(r[2], r[3], AllLanes{});
    const V high01 = interleave<1>(r[0], r[1], AllLanes{});
    const V high23 = interleave<1>(r[2], r[3], AllLanes{});
    columns[0][q] = interleave_pairs<0>(low01, low23, AllLanes{});
    columns[1][q] = interleave_pairs<1>(low01, low23, AllLanes{});
    columns[2][q] = interleave_pairs<0>(high01, high23, AllLanes{});
    columns[3][q] = interleave_pairs<1>(high01, high23, AllLanes{});
  }
#pragma GCC unroll 4
  for (int j = 0; j < group; ++j) {
    transpose_groups<groups>(columns[j]);
#pragma GCC unroll 4
    for (int g = 0; g < groups; ++g) rows[group * g + j] = columns[j][g];
  }
}

/// Loads the first `width` x `width` of `rows` x `columns` elements (zeros beyond the end) and
/// transposes them: square[c] contains column c.
inline void load_transposed(const float* from, Index stride, Index rows, Index columns,
                            V (&square)[width]) {
  if (rows >= width && columns >= width) {
#pragma GCC unroll 16
    for (int i = 0; i < width; ++i) square[i] = load(from + i * stride);
  } else {
    const Index count = columns < width ? columns : width;
#pragma GCC unroll 16
    for (int i = 0; i < width; ++i)
      square[i] = i < rows ? load_first(from + i * stride, count) : V{};
  }
  transpose(square);
}

}  // namespace
}  // namespace assay::simd
