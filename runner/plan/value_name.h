// The values that hooks may read, by their names in configs: OWNER.NAME. A name is parsed once;
// what it stands for is a type, so that nothing else compares texts to find out.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace assay::plan {

/// A metric over the rows of a split: "test.loss".
struct SplitValue {
  std::string split;
  std::string metric;  ///< may hold dots
  std::string result;  ///< of the metric: "f1" of "test.confusion.f1"; empty for its own value

  bool operator==(const SplitValue&) const = default;
};

/// A value that training itself computes.
enum class TrainingValue : std::uint32_t {
  batch_loss,     ///< "batch.loss": of the last step
  gradient_norm,  ///< "batch.gradient_norm": of the last step
  epoch_loss,     ///< "epoch.loss": over the steps since the epoch began
};

/// A rate of the optimizer in the last step: "optimizer.learning_rate".
struct RateValue {
  std::string rate;  ///< may hold dots

  bool operator==(const RateValue&) const = default;
};

/// A name that the batch or the epoch does not have: "batch.accuracy".
struct UnknownValue {
  bool operator==(const UnknownValue&) const = default;
};

using ReadableValue = std::variant<SplitValue, TrainingValue, RateValue, UnknownValue>;

/// The name of a value, as a config or a hook writes it.
class ValueName {
 public:
  /// Returns nothing if the text does not have the form OWNER.NAME.
  static std::optional<ValueName> parse(std::string_view text);

  const std::string& text() const { return text_; }
  std::string_view owner() const { return std::string_view(text_).substr(0, dot_); }  ///< "test"
  std::string_view name() const { return std::string_view(text_).substr(dot_ + 1); }  ///< "loss"
  /// Returns the value that the name stands for. A split is returned as written.
  ReadableValue value() const;

 private:
  ValueName(std::string_view text, std::size_t dot) : text_(text), dot_(dot) {}

  std::string text_;
  std::size_t dot_;
};

/// Returns the complaint about a text that ValueName::parse() refuses.
std::string no_value(std::string_view text);

/// The owners other than splits.
inline constexpr std::array<std::string_view, 3> training_owners = {"batch", "epoch", "optimizer"};

/// Returns the names of all values of the batch or the epoch.
std::vector<std::string> training_values(std::string_view owner);
/// Returns the value of the batch or the epoch that has this name: "batch.gradient_norm". Returns
/// an empty text if there is none.
std::string training_value_called(std::string_view name);
/// Returns the name of a rate as a value: "optimizer.learning_rate".
std::string text_of(const RateValue& value);

/// Stands for the split to evaluate on, which need not be known before the data are read: the first
/// of evaluated_splits that exists.
inline constexpr std::string_view evaluated_split = "eval";
inline constexpr std::array<std::string_view, 3> evaluated_splits = {"test", "validation", "train"};

/// Stands for all rows of a dataset, in its own order; only for pictures.
inline constexpr std::string_view all_rows = "all";

}  // namespace assay::plan
