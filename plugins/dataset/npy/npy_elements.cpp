#include "npy_elements.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

namespace assay::npy {
namespace {

template <class T>
T element(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

template <class T>
void write_floats(std::span<const std::byte> elements, float* out) {
  for (std::size_t i = 0; i < elements.size() / sizeof(T); ++i)
    out[i] = static_cast<float>(element<T>(elements.data() + i * sizeof(T)));
}

void copy_floats(std::span<const std::byte> elements, float* out) {
  std::memcpy(out, elements.data(), elements.size());
}

template <class T>
std::int64_t class_in(const std::byte* from) {
  const T value = element<T>(from);
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  return std::in_range<std::int64_t>(value) ? static_cast<std::int64_t>(value) : most;
}

/// Reads a truth value, which NumPy writes as 0 or 1.
std::int64_t truth_in(const std::byte* from) { return *from == std::byte{0} ? 0 : 1; }

/// Returns the letter of "<f4".
char kind_of(std::string_view type) { return type.size() > 1 ? type[1] : '\0'; }

bool is_text(std::string_view type) { return kind_of(type) == 'U' || kind_of(type) == 'S'; }

bool is_number(std::string_view type) {
  return is_floating(type) || kind_of(type) == 'i' || kind_of(type) == 'u';
}

std::string saved_as(const char* type) {
  return std::string("numpy.save(file, array.astype('") + type + "'))";
}

}  // namespace

ToFloat to_float(std::string_view type) {
  if (type == "<f4") return copy_floats;
  if (type == "|u1" || type == "|b1") return write_floats<std::uint8_t>;
  if (type == "|i1") return write_floats<std::int8_t>;
  if (type == "<i2") return write_floats<std::int16_t>;
  if (type == "<u2") return write_floats<std::uint16_t>;
  return nullptr;
}

ToClass to_class(std::string_view type) {
  if (type == "|b1") return truth_in;
  if (type == "|u1") return class_in<std::uint8_t>;
  if (type == "|i1") return class_in<std::int8_t>;
  if (type == "<u2") return class_in<std::uint16_t>;
  if (type == "<i2") return class_in<std::int16_t>;
  if (type == "<u4") return class_in<std::uint32_t>;
  if (type == "<i4") return class_in<std::int32_t>;
  if (type == "<u8") return class_in<std::uint64_t>;
  if (type == "<i8") return class_in<std::int64_t>;
  return nullptr;
}

bool is_floating(std::string_view type) { return kind_of(type) == 'f'; }

bool look_like_classes(std::string_view type, std::span<const std::byte> elements) {
  if (type != "<f8") return false;
  for (std::size_t i = 0; i < elements.size(); i += sizeof(double)) {
    const double value = element<double>(elements.data() + i);
    if (!(value >= 0) || value != std::floor(value)) return false;
  }
  return true;
}

std::string advice_for_samples(std::string_view type) {
  if (is_number(type)) return ": " + saved_as("float32");
  if (kind_of(type) == 'O')
    return "; rows of different lengths make such an array: bring them to one length";
  return "";
}

std::string advice_for_targets(std::string_view type, bool classes) {
  if (is_text(type) || kind_of(type) == 'O')
    return ": names, labels = numpy.unique(array, return_inverse=True); numpy.save(file, "
           "labels.astype('int32'))";
  if (is_floating(type) && !classes && type == "<f8") return ": " + saved_as("float32");
  if (is_floating(type))
    return "; for classes " + saved_as("int32") + ", for values " + saved_as("float32");
  if (is_number(type)) return ": " + saved_as("int32");
  return "";
}

}  // namespace assay::npy
