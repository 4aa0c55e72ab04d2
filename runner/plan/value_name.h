// The names of the values that hooks may read: OWNER.NAME.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace assay::plan {

enum class ValueSource : std::uint32_t {
  split,      ///< "test.loss": a metric over the rows of a split
  batch,      ///< "batch.loss": a value of the last step
  epoch,      ///< "epoch.loss": a value over the steps since the epoch began
  optimizer,  ///< "optimizer.learning_rate": a rate of the last step
};

struct ValueName {
  ValueSource source = ValueSource::split;
  std::string_view owner;  ///< "test", "batch"
  std::string_view name;   ///< "loss"; may hold dots
};

/// Splits a name; returns nothing if it does not have the form OWNER.NAME.
std::optional<ValueName> value_name(std::string_view text);

/// The owners other than splits.
inline constexpr std::array<std::string_view, 3> training_owners = {"batch", "epoch", "optimizer"};
/// The values of a batch and an epoch.
inline constexpr std::array<std::string_view, 2> batch_values = {"loss", "gradient_norm"};
inline constexpr std::array<std::string_view, 1> epoch_values = {"loss"};

/// Stands for the split to evaluate on, which need not be known before the data are read: the first
/// of evaluated_splits that exists.
inline constexpr std::string_view evaluated_split = "eval";
inline constexpr std::array<std::string_view, 3> evaluated_splits = {"test", "validation", "train"};

}  // namespace assay::plan
