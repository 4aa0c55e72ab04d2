// Dataset `npy`: arrays that NumPy saved. The files are mapped into memory, so a dataset may be
// larger than memory; frequently used parts stay in the system's cache. The files must not change
// while a run reads them; a file that is truncated fails the run.
//
//   samples   .npy file of shape [rows, ...], in C order: float32, or whole numbers of 8 or 16 bits
//             or bool, which are taken as they are (uint8: 0 to 255)
//   targets   .npy file of as many rows: whole numbers of any size or bool, of shape [rows], are
//             classes 0, 1, ...; float32 of shape [rows, ...] are values. Rows without targets can
//             be predicted, but not trained on
//   classes   the names of the classes (default: their numbers, up to the largest one found)
//
//   dataset:
//     type: npy
//     samples: train_images.npy
//     targets: train_labels.npy
//     split: {test: 0.1, validation: 0.1}
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/dataset.h"
#include "assay/number_text.h"
#include "assay/plugin.h"
#include "npy_elements.h"
#include "npy_file.h"

namespace {

using assay::Error;
using assay::grouped;
using assay::OptionError;
using assay::npy::File;

constexpr std::int64_t most_classes = 65536;

std::int64_t rows_of(const File& file) {
  return file.dimensions().empty() ? 0 : file.dimensions().front();
}

/// Returns the dimensions after the rows.
assay::Shape row_shape(const File& file) {
  return assay::Shape(std::span(file.dimensions()).subspan(1));
}

[[noreturn]] void refuse_type(const File& file, const char* expected, const std::string& advice) {
  throw Error(file.path() + ": its elements are '" + file.type() + "'; expected " + expected +
              advice);
}

void check_shape(const File& file) {
  const auto& dimensions = file.dimensions();
  if (dimensions.empty() || dimensions.size() > 1 + assay::Shape::maximum_rank ||
      std::ranges::count(dimensions, 0) != 0)
    throw Error(file.path() +
                ": expected an array of shape [rows, ...] with 1 to 9 dimensions, none of them 0");
}

class Npy final : public assay::Dataset {
 public:
  static constexpr assay::About about = {
      .name = "npy", .doc = "Arrays from NumPy's .npy files, mapped into memory."};
  struct Options {
    assay::Path samples;
    std::optional<assay::Path> targets;
    std::optional<std::vector<std::string_view>> classes;
  };
  static constexpr auto table = assay::options(
      assay::required("samples", &Options::samples,
                      ".npy file of float32, or of whole numbers of 8 or 16 bits, [rows, ...]"),
      assay::option("targets", &Options::targets,
                    ".npy file: whole numbers are classes [rows], float32 are values [rows, ...]; "
                    "not needed for rows that are only predicted"),
      assay::option("classes", &Options::classes, "names of the classes; default: their numbers"));

  explicit Npy(const Options& options) {
    // A problem with a file is blamed on the option that names it.
    const auto blame = [](const char* option, const auto& action) {
      try {
        action();
      } catch (const OptionError&) {
        throw;
      } catch (const Error& error) {
        throw OptionError(option, error.what());
      }
    };
    blame("samples", [&] { open_samples(std::string(options.samples.text)); });
    if (options.targets)
      blame("targets", [&] { open_targets(std::string(options.targets->text)); });
    if (options.classes) name_classes(*options.classes);
  }

  void describe(assay::DatasetDescription& description) const override {
    description.samples(rows_of(*samples_), row_shape(*samples_));
    if (targets_) return description.values(row_shape(*targets_));
    if (names_.empty()) return description.values({});
    description.classes(std::vector<std::string_view>(names_.begin(), names_.end()));
  }

  void read_samples(std::span<const std::int64_t> rows,
                    assay::MatrixView<float> out) const override {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::span<const std::byte> from = row_bytes(*samples_, rows[i]);
      to_float_(from, out.row(static_cast<std::int64_t>(i)));
    }
  }

  void read_targets(std::span<const std::int64_t> rows, assay::TensorView out) const override {
    if (!targets_ && labels_.empty())
      throw OptionError("targets",
                        "it is not set, so these rows have no targets: a trained model can predict "
                        "them, but they cannot be trained on or evaluated");
    if (!targets_) {
      std::ranges::transform(rows, out.values<std::int32_t>().begin(), [&](std::int64_t row) {
        return labels_.at(static_cast<std::size_t>(row));
      });
      return;
    }
    auto* to = static_cast<std::byte*>(out.data);
    for (const std::int64_t row : rows) to = std::ranges::copy(row_bytes(*targets_, row), to).out;
  }

  assay::MatrixView<const float> samples() const override {
    const void* data = samples_->data().data();
    if (samples_->type() != "<f4" || reinterpret_cast<std::uintptr_t>(data) % alignof(float) != 0)
      return {};
    const std::int64_t columns = row_shape(*samples_).elements();
    return {static_cast<const float*>(data), rows_of(*samples_), columns, columns};
  }

 private:
  void open_samples(const std::string& path) {
    samples_.emplace(path);
    to_float_ = assay::npy::to_float(samples_->type());
    if (to_float_ == nullptr)
      refuse_type(*samples_, "float32, or whole numbers of 8 or 16 bits",
                  assay::npy::advice_for_samples(samples_->type()));
    check_shape(*samples_);
  }

  void open_targets(const std::string& path) {
    targets_.emplace(path);
    const std::string& type = targets_->type();
    const auto to_class = assay::npy::to_class(type);
    if (type != "<f4" && to_class == nullptr)
      refuse_type(*targets_, "whole numbers for classes, or float32 for values",
                  assay::npy::advice_for_targets(
                      type, targets_->dimensions().size() == 1 &&
                                assay::npy::look_like_classes(type, targets_->data())));
    check_shape(*targets_);
    if (rows_of(*targets_) != rows_of(*samples_))
      throw Error(path + ": it has " + grouped(rows_of(*targets_)) + " rows, but " +
                  samples_->path() + " has " + grouped(rows_of(*samples_)));
    if (type == "<f4") return;
    if (targets_->dimensions().size() != 1)
      throw Error(path + ": classes have the shape [rows], but this array has " +
                  std::to_string(targets_->dimensions().size()) + " dimensions");
    read_labels(to_class);
    targets_.reset();
  }

  void read_labels(assay::npy::ToClass to_class) {
    std::int64_t largest = 0;
    labels_.resize(static_cast<std::size_t>(rows_of(*targets_)));
    for (std::size_t row = 0; row < labels_.size(); ++row) {
      const std::int64_t label =
          to_class(row_bytes(*targets_, static_cast<std::int64_t>(row)).data());
      if (label < 0 || label >= most_classes)
        throw Error(targets_->path() + ": row " + std::to_string(row) + " is of class " +
                    std::to_string(label) + "; expected classes from 0 to " +
                    std::to_string(most_classes - 1));
      labels_[row] = static_cast<std::int32_t>(label);
      largest = std::max(largest, label);
    }
    for (std::int64_t i = 0; i <= largest; ++i) names_.push_back(std::to_string(i));
  }

  void name_classes(const std::vector<std::string_view>& names) {
    if (targets_) throw OptionError("classes", "the targets are values (float32), not classes");
    const std::size_t found = names_.size();
    if (names.size() < found)
      throw OptionError("classes", "it names " + grouped(names.size()) +
                                       " classes, but the targets go up to class " +
                                       std::to_string(found - 1));
    names_.assign(names.begin(), names.end());
  }

  static std::span<const std::byte> row_bytes(const File& file, std::int64_t row) {
    if (row < 0 || row >= rows_of(file))
      throw Error(file.path() + " has no row " + std::to_string(row));
    const std::size_t size = file.data().size() / static_cast<std::size_t>(rows_of(file));
    return file.data().subspan(static_cast<std::size_t>(row) * size, size);
  }

  std::optional<File> samples_;
  assay::npy::ToFloat to_float_ = nullptr;
  std::optional<File> targets_;  // targets that are values; classes are in labels_
  std::vector<std::int32_t> labels_;
  std::vector<std::string> names_;
};

}  // namespace

ASSAY_COMPONENT(Npy)
