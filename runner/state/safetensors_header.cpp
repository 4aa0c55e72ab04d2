#include "runner/state/safetensors_header.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "assay/error.h"
#include "runner/base/utf8.h"

namespace assay::state {
namespace {

using Json = nlohmann::json;
using Tensor = SafetensorsHeader::Tensor;
using Other = SafetensorsHeader::Other;

struct NamedType {
  DType type;
  std::string_view name;
};
constexpr std::array<NamedType, 5> types = {{{DType::float32, "F32"},
                                             {DType::float64, "F64"},
                                             {DType::int32, "I32"},
                                             {DType::int64, "I64"},
                                             {DType::uint8, "U8"}}};

// The other types of the format, with the bytes of an element.
constexpr std::array<std::pair<std::string_view, std::size_t>, 11> unread_types = {{{"BOOL", 1},
                                                                                    {"I8", 1},
                                                                                    {"F8_E5M2", 1},
                                                                                    {"F8_E4M3", 1},
                                                                                    {"F8_E8M0", 1},
                                                                                    {"I16", 2},
                                                                                    {"U16", 2},
                                                                                    {"F16", 2},
                                                                                    {"BF16", 2},
                                                                                    {"U32", 4},
                                                                                    {"U64", 8}}};

// Follows the events of the parser, so that invalid content never becomes a tree. The parser keeps
// a bit for each level of nesting, and the first value in the wrong place ends it.
class Reader final : public nlohmann::json_sax<Json> {
 public:
  Reader(std::uint64_t data_bytes, OtherTypes others) : data_bytes_(data_bytes), others_(others) {}

  SafetensorsHeader take() && {
    check_places();
    return std::move(header_);
  }

  bool null() override { return refuse("null"); }
  bool boolean(bool /*value*/) override { return refuse("a truth value"); }
  bool number_float(double /*value*/, const std::string& text) override { return refuse(text); }
  bool binary(binary_t& /*value*/) override { return refuse("binary data"); }
  bool number_integer(std::int64_t value) override {
    if (numbers_ == nullptr) return refuse(std::to_string(value));
    numbers_->push_back(value);
    return true;
  }
  bool number_unsigned(std::uint64_t value) override {
    // A number that is too large for a size is as invalid as a negative one.
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    return number_integer(value > most ? -1 : static_cast<std::int64_t>(value));
  }
  bool string(std::string& value) override {
    if (level_ == Level::metadata) {
      if (!header_.metadata.emplace(key_, value).second) fail_twice(key_);
      return true;
    }
    if (level_ != Level::tensor || key_ != "dtype") return refuse("a text");
    if (type_) fail_twice("dtype");
    type_ = value;
    return true;
  }

  bool start_object(std::size_t /*elements*/) override {
    if (level_ == Level::outside) {
      level_ = Level::header;
    } else if (level_ == Level::header) {
      level_ = name_ == "__metadata__" ? Level::metadata : Level::tensor;
    } else {
      return refuse("an object");
    }
    return true;
  }
  bool key(std::string& key) override {
    if (level_ == Level::header) {
      name_ = key;
      if (!names_.insert(name_).second) fail_twice(name_);
    }
    key_ = key;
    return true;
  }
  bool end_object() override {
    if (level_ == Level::tensor) add_tensor();
    level_ = level_ == Level::header ? Level::outside : Level::header;
    return true;
  }
  bool start_array(std::size_t /*elements*/) override {
    if (level_ != Level::tensor || numbers_ != nullptr) return refuse("a list");
    if (key_ != "shape" && key_ != "data_offsets") return refuse("a list");
    std::optional<std::vector<std::int64_t>>& numbers = key_ == "shape" ? shape_ : places_;
    if (numbers) fail_twice(key_);
    numbers_ = &numbers.emplace();
    return true;
  }
  bool end_array() override {
    numbers_ = nullptr;
    return true;
  }
  bool parse_error(std::size_t /*position*/, const std::string& /*token*/,
                   const Json::exception& error) override {
    throw Error(fmt::format("its header is not JSON: {}", base::one_line(error.what())));
  }

 private:
  enum class Level { outside, header, metadata, tensor };

  [[noreturn]] void fail_twice(const std::string& key) const {
    throw Error(fmt::format("{}'{}' occurs in its header twice", key == name_ ? "" : of_tensor(),
                            base::one_line(key)));
  }
  std::string of_tensor() const { return fmt::format("'{}': ", base::one_line(name_)); }

  bool refuse(const std::string& found) const {
    if (level_ == Level::outside) throw Error("its header is not a JSON object");
    throw Error(
        fmt::format("{}expected {}, found {}", of_tensor(), expected(), base::one_line(found)));
  }
  std::string_view expected() const {
    if (numbers_ != nullptr) return "whole numbers";
    if (level_ == Level::header) return "an object";
    if (level_ == Level::metadata || key_ == "dtype") return "a text";
    if (key_ == "shape" || key_ == "data_offsets") return "a list of whole numbers";
    return "no keys but dtype, shape and data_offsets";
  }

  void add_tensor() {
    const std::string name = base::one_line(name_);
    if (!type_ || !shape_ || !places_)
      throw Error(fmt::format("'{}' lacks its {}", name,
                              !type_    ? "dtype"
                              : !shape_ ? "shape"
                                        : "data_offsets"));
    const auto type = std::ranges::find(types, *type_, &NamedType::name);
    const auto other =
        std::ranges::find(unread_types, *type_, [](const auto& t) { return t.first; });
    const bool is_listed = others_ == OtherTypes::listed && other != unread_types.end();
    if (type == types.end() && !is_listed)
      throw Error(fmt::format("'{}' has the dtype {}; expected F32, F64, I32, I64 or U8", name,
                              base::one_line(*type_)));
    if (places_->size() != 2)
      throw Error(fmt::format("'{}' has {} data_offsets; expected 2", name, places_->size()));
    const std::int64_t begin = (*places_)[0], end = (*places_)[1];
    if (begin < 0 || end < begin || static_cast<std::uint64_t>(end) > data_bytes_)
      throw Error(fmt::format("'{}' lies outside the file", name));
    const std::size_t element = is_listed ? other->second : size_of(type->type);
    if (!is_shape_of(static_cast<std::uint64_t>(end - begin), element))
      throw Error(fmt::format("the shape of '{}' does not fit its bytes", name));
    const auto first = static_cast<std::uint64_t>(begin), last = static_cast<std::uint64_t>(end);
    if (is_listed) header_.others.emplace(name_, Other{*type_, Shape(*shape_), first, last});
    else header_.tensors.emplace(name_, Tensor{type->type, Shape(*shape_), first, last});
    type_.reset();
    shape_.reset();
    places_.reset();
  }

  // Returns true if a tensor of this shape has this many bytes.
  bool is_shape_of(std::uint64_t bytes, std::size_t element) const {
    if (shape_->size() > Shape::maximum_rank) return false;
    std::uint64_t elements = 1;
    for (const std::int64_t dimension : *shape_)
      if (dimension < 0 ||
          __builtin_mul_overflow(elements, static_cast<std::uint64_t>(dimension), &elements))
        return false;
    return bytes % element == 0 && elements == bytes / element;
  }

  void check_places() const {
    struct Place {
      std::uint64_t begin, end;
      const std::string* name;
    };
    std::vector<Place> places;
    for (const auto& [name, t] : header_.tensors) places.push_back({t.begin, t.end, &name});
    for (const auto& [name, t] : header_.others) places.push_back({t.begin, t.end, &name});
    std::ranges::sort(places, {}, [](const Place& p) { return std::pair(p.begin, p.end); });
    std::uint64_t used = 0;
    for (const auto& [begin, end, name] : places) {
      if (begin < used)
        throw Error(fmt::format("'{}' overlaps another tensor", base::one_line(*name)));
      if (begin > used)
        throw Error(fmt::format("there are bytes before '{}' that belong to no tensor",
                                base::one_line(*name)));
      used = end;
    }
    if (used != data_bytes_) throw Error("there are bytes after its last tensor");
  }

  std::uint64_t data_bytes_;
  OtherTypes others_;
  SafetensorsHeader header_;
  Level level_ = Level::outside;
  std::string name_;  // the tensor's name, or __metadata__
  std::string key_;   // the last key
  std::set<std::string> names_;
  // The properties of the current tensor.
  std::optional<std::string> type_;
  std::optional<std::vector<std::int64_t>> shape_, places_;
  std::vector<std::int64_t>* numbers_ = nullptr;  // the current list
};

}  // namespace

std::string_view safetensors_name(DType type) {
  return std::ranges::find(types, type, &NamedType::type)->name;
}

SafetensorsHeader read_safetensors_header(std::string_view json, std::uint64_t data_bytes,
                                          OtherTypes other_types) {
  Reader reader(data_bytes, other_types);
  Json::sax_parse(json, &reader);
  return std::move(reader).take();
}

}  // namespace assay::state
