// The element types of .npy files: which are read, and what to do about the others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace assay::npy {

/// Writes elements as float32.
using ToFloat = void (*)(std::span<const std::byte> elements, float* out);
/// Returns the function for a type whose numbers float32 holds exactly: "<f4", "|u1", "<i2", ...;
/// nullptr for any other.
ToFloat to_float(std::string_view type);

/// Reads one element as the number of a class; the largest int64 for what is larger still.
using ToClass = std::int64_t (*)(const std::byte* element);
/// Returns the function for a type of whole numbers, bool included; nullptr for any other.
ToClass to_class(std::string_view type);

/// True for a type of floating-point numbers, of any size and byte order.
bool is_floating(std::string_view type);

/// True where all elements of "<f8" are whole numbers from 0 on, as labels are.
bool look_like_classes(std::string_view type, std::span<const std::byte> elements);

/// Says how an array of a type that is not read becomes samples that are: "; numpy.save(...)".
/// Empty where that depends on what the array means.
std::string advice_for_samples(std::string_view type);

/// Says the same of targets. `classes`: look_like_classes() is true.
std::string advice_for_targets(std::string_view type, bool classes);

}  // namespace assay::npy
