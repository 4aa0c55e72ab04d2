// Records: what a run tells its loggers, one at a time.
//
// A record has a tag, a step, a wall time and one content. A hook makes contents and hands them to
// HookContext::log; the host copies and checks them, and every logger receives them in
// Logger::record. A logger takes the contents that it knows and ignores the others:
//
//   void record(const assay::Record& record) override {
//     if (const auto* scalar = record.as<assay::Scalar>()) ...
//   }
//
// Contents are plain structs of views. The memory stays with the one who calls, and is valid until
// the call returns; whoever needs it longer copies it. The host refuses a content that breaks a
// rule of this header: it throws Error into the hook that logs it. So a logger may rely on them.
//
// Names and labels are one line of text (is_line in text.h). Other texts should be UTF-8, but the
// host passes on bytes that are not: a logger whose format needs UTF-8 replaces them.
//
// Later versions may add contents, and members at the end of contents. They change neither the
// members that are here nor the structs that spans consist of (Curve::Line, TypedValue, ...).
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include "assay/version.h"

namespace assay {

/// The type of a content. A logger must accept values that are not listed here: they are of later
/// versions.
enum class ContentType : std::uint32_t {
  unknown,  ///< no record has it; it says that a type is not known yet
  scalar,
  text,
  image,
  histogram,
  curve,
  table,
  graph,
  hyper_parameters,
};

/// Returns the name of a type ("scalar", "hyper_parameters"); empty for one that is not listed.
constexpr std::string_view name_of(ContentType type) {
  switch (type) {
    case ContentType::unknown: return "unknown";
    case ContentType::scalar: return "scalar";
    case ContentType::text: return "text";
    case ContentType::image: return "image";
    case ContentType::histogram: return "histogram";
    case ContentType::curve: return "curve";
    case ContentType::table: return "table";
    case ContentType::graph: return "graph";
    case ContentType::hyper_parameters: return "hyper_parameters";
  }
  return {};
}

/// A number or a word, with its type.
struct TypedValue {
  enum class Type : std::uint32_t { none, boolean, number, text };
  Type type = Type::none;   ///< says which of the members counts; none: there is no value
  bool boolean = false;     ///< of Type::boolean
  double number = 0;        ///< of Type::number; may be NaN or infinite
  std::string_view text{};  ///< of Type::text; may have several lines

  constexpr TypedValue() = default;
  constexpr explicit TypedValue(bool value) : type(Type::boolean), boolean(value) {}
  constexpr explicit TypedValue(double value) : type(Type::number), number(value) {}
  constexpr explicit TypedValue(std::string_view value) : type(Type::text), text(value) {}
  constexpr explicit TypedValue(const char* value) : type(Type::text), text(value) {}
  /// An integer becomes a float64, which holds those up to 2^53 exactly.
  constexpr explicit TypedValue(std::int32_t value) : type(Type::number), number(value) {}
  constexpr explicit TypedValue(std::uint32_t value) : type(Type::number), number(value) {}
  constexpr explicit TypedValue(std::int64_t value)
      : type(Type::number), number(static_cast<double>(value)) {}
  constexpr explicit TypedValue(std::uint64_t value)
      : type(Type::number), number(static_cast<double>(value)) {}
};

/// A value with a name: one line of text, not empty.
struct NamedValue {
  std::string_view name;
  TypedValue value;
};

/// One number.
struct Scalar {
  static constexpr ContentType type = ContentType::scalar;
  double value = 0;  ///< may be NaN or infinite
};

/// A text in Markdown.
struct Text {
  static constexpr ContentType type = ContentType::text;
  std::string_view markdown;  ///< may be empty
};

/// A picture.
struct Image {
  static constexpr ContentType type = ContentType::image;
  std::int64_t width = 0;          ///< pixels, 1 to 32767
  std::int64_t height = 0;         ///< pixels, 1 to 32767
  std::span<const std::byte> png;  ///< a PNG file of this size
};

/// A distribution of numbers. Bucket i counts the numbers from edges[i] up to, but without,
/// edges[i + 1]; the last bucket includes its upper edge. Numbers outside the edges are in no
/// bucket; NaN and infinities should not be counted here, but in a scalar of their own.
struct Histogram {
  static constexpr ContentType type = ContentType::histogram;
  std::span<const double> edges;   ///< finite, each above the one before; one more than counts
  std::span<const double> counts;  ///< finite, 0 or more, at least one; weights may be fractions
  double minimum = 0;              ///< of the numbers; finite, at most `maximum`
  double maximum = 0;              ///< of the numbers; finite
  double number = 0;               ///< how many numbers there are; finite, 0 or more
  double sum = 0;                  ///< of the numbers; not NaN, infinite where it overflows
  double sum_of_squares = 0;       ///< of the numbers; 0 or more, infinite where it overflows
};

/// Lines in one plot: a precision-recall curve, losses over a learning rate.
struct Curve {
  static constexpr ContentType type = ContentType::curve;
  struct Line {
    std::string_view name;      ///< each line has another one
    std::span<const double> x;  ///< not NaN, in the order in which the line is drawn
    std::span<const double> y;  ///< as many as x; NaN leaves a gap
  };
  std::string_view x_label;  ///< may be empty, as y_label
  std::string_view y_label;
  std::span<const Line> lines;  ///< at least one
};

/// Rows of cells.
struct Table {
  static constexpr ContentType type = ContentType::table;
  std::span<const std::string_view> columns;  ///< at least one; each has another name
  /// Row after row: cell (r, c) is cells[r * columns.size() + c]. There may be no rows.
  std::span<const TypedValue> cells;
};

/// Operations and the values that flow between them.
struct Graph {
  static constexpr ContentType type = ContentType::graph;
  struct Node {
    /// One line of text, not empty, of this node only. '/' makes groups: "layer1/kernel".
    std::string_view name;
    std::string_view operation;                ///< "Linear"; one line of text
    std::span<const std::string_view> inputs;  ///< names of other nodes, in any order of nodes
    /// The dimensions of the output, outermost first; each 0 or more, or -1 for one that varies:
    /// the rows of a batch. A scalar has none.
    std::span<const std::int64_t> output_shape;
    bool has_output_shape = false;           ///< false: it is not known, and the span is empty
    std::span<const NamedValue> attributes;  ///< each has another name
  };
  std::span<const Node> nodes;  ///< may be empty
};

/// The values that were chosen for a run, and the scalars by which to judge it.
struct HyperParameters {
  static constexpr ContentType type = ContentType::hyper_parameters;
  std::span<const NamedValue> values;         ///< each has another name
  std::span<const std::string_view> metrics;  ///< tags of scalars: "Accuracy"; may be empty
};

/// A struct that a record can hold.
template <class T>
concept Content = std::is_trivially_copyable_v<T> && requires {
  { T::type } -> std::same_as<const ContentType&>;
};

/// Names the series that a record belongs to. `id` counts the tags of a run from 0, so a logger can
/// keep its own data per tag in a vector.
struct Tag {
  std::uint32_t id = 0;
  std::string_view name;  ///< one line of text, not empty, at most 1024 bytes
};

/// One content of one series at one step. Valid during the call that hands it over.
struct Record {
  Tag tag;
  std::int64_t step = 0;  ///< finished updates
  double wall_time = 0;   ///< seconds since 1970
  ContentType type = ContentType::unknown;
  const void* content = nullptr;  ///< points to the struct that `type` names

  /// Returns the content, or null if it is of another type.
  template <Content T>
  const T* as() const {
    return type == T::type ? static_cast<const T*>(content) : nullptr;
  }
};

/// Makes a record that borrows the content.
template <Content T>
Record record_of(const Tag& tag, std::int64_t step, double wall_time, const T& content) {
  return {tag, step, wall_time, T::type, &content};
}
template <Content T>
Record record_of(const Tag& tag, std::int64_t step, double wall_time, const T&& content) = delete;

}  // namespace assay
