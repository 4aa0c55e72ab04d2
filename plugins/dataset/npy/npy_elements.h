// The element types of .npy files: the supported ones, and advice about the others.
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

/// Reads one element as a class number; returns the largest int64 for a larger number.
using ToClass = std::int64_t (*)(const std::byte* element);
/// Returns the function for a type of whole numbers, including bool; nullptr for any other.
ToClass to_class(std::string_view type);

/// Returns true for a type of floating-point numbers, of any size and byte order.
bool is_floating(std::string_view type);

/// Returns true if all elements of "<f8" are whole numbers from 0 on, as labels are.
bool look_like_classes(std::string_view type, std::span<const std::byte> elements);

/// Says how to convert an array of an unsupported type to samples: "; numpy.save(...)". Empty if
/// that depends on the meaning of the array.
std::string advice_for_samples(std::string_view type);

/// Says the same for targets. `classes` is the result of look_like_classes().
std::string advice_for_targets(std::string_view type, bool classes);

}  // namespace assay::npy
