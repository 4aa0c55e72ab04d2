// Dataset `idx`: images and labels in the format of MNIST, plain or as .gz. They are held in memory
// as they are in the file.
//
//   images        file of images: uint8 (0 to 255, taken as they are) or float32, [rows, ...]
//   labels        file of labels: uint8 or int32, [rows] (default: the one beside the images)
//   test_images   a second pair of files, the split `test`; the first is `train` then
//   test_labels
//   classes       names of the classes (default: their numbers)
//   memory        refuse what needs more GiB (default 2)
//
//   dataset:
//     type: idx
//     images: mnist/train-images-idx3-ubyte
//     test_images: mnist/t10k-images-idx3-ubyte
#include <algorithm>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "assay/dataset.h"
#include "assay/plugin.h"
#include "idx_file.h"

namespace {

using assay::OptionError;

constexpr std::int32_t most_classes = 65536;

/// Images with their labels.
struct Part {
  idx::File images;
  std::vector<std::int32_t> labels;
};

// train-images-idx3-ubyte -> train-labels-idx1-ubyte; nothing where the name does not say.
std::optional<std::string> labels_beside(const std::string& images) {
  const std::size_t name = images.rfind('/') + 1;
  const std::size_t word = images.rfind("images");
  if (word == std::string::npos || word < name) return std::nullopt;
  std::string labels = images;
  labels.replace(word, 6, "labels");
  const std::size_t rank = labels.find("idx", name);
  if (rank != std::string::npos && rank + 3 < labels.size()) labels[rank + 3] = '1';
  return labels;
}

/// Reads what an option names; what is wrong with the file is the option's fault.
idx::File read(const char* option, const std::string& path, std::uint64_t most_bytes) {
  try {
    return idx::read(path, most_bytes);
  } catch (const assay::Error& error) {
    throw OptionError(option, error.what());
  }
}

std::vector<std::int32_t> checked_labels(const char* option, const idx::File& file,
                                         const idx::File& images) {
  const auto fail = [&](const std::string& message) {
    throw OptionError(option, file.path + ": " + message);
  };
  if (file.type != idx::Type::uint8 && file.type != idx::Type::int32)
    fail("its elements are " + name_of(file.type) + "; expected labels, uint8 or int32");
  if (file.dimensions.size() != 1)
    fail("it has " + std::to_string(file.dimensions.size()) +
         " dimensions; labels have 1. Is it a file of images?");
  if (file.rows() != images.rows())
    fail("it has " + std::to_string(file.rows()) + " labels, but " + images.path + " has " +
         std::to_string(images.rows()) + " images");
  std::vector<std::int32_t> labels(static_cast<std::size_t>(file.rows()));
  for (std::size_t row = 0; row < labels.size(); ++row) {
    labels[row] = file.int32_at(row);
    if (labels[row] < 0 || labels[row] >= most_classes)
      fail("the label of row " + std::to_string(row) + " is " + std::to_string(labels[row]) +
           "; expected 0 to " + std::to_string(most_classes - 1));
  }
  return labels;
}

/// An option that names a file.
struct FileOption {
  const char* name;
  std::optional<assay::Path> file;
};

Part read_part(const FileOption& images, const FileOption& given_labels, std::uint64_t most_bytes) {
  const char* const images_option = images.name;
  const char* const labels_option = given_labels.name;
  const std::string path(images.file->text);
  Part part{read(images_option, path, most_bytes), {}};
  if (part.images.type != idx::Type::uint8 && part.images.type != idx::Type::float32)
    throw OptionError(images_option, part.images.path + ": its elements are " +
                                         name_of(part.images.type) +
                                         "; expected images, uint8 or float32");
  if (part.images.dimensions.size() < 2)
    throw OptionError(images_option, part.images.path +
                                         ": it has 1 dimension; images have 2 or more. Is it a "
                                         "file of labels?");
  if (const auto row = part.images.row_not_finite())
    throw OptionError(images_option, part.images.path + ": the image of row " +
                                         std::to_string(*row) +
                                         " holds NaN or an infinite number; mend or remove it");
  std::optional<std::string> labels = labels_beside(path);
  if (given_labels.file) labels = given_labels.file->text;
  if (!labels)
    throw OptionError(labels_option, "where the labels are does not follow from " + path +
                                         ", whose name has no 'images' in it; say it");
  part.labels =
      checked_labels(labels_option, read(labels_option, *labels, most_bytes), part.images);
  return part;
}

class Idx final : public assay::Dataset {
 public:
  static constexpr assay::About about = {
      .name = "idx", .doc = "Images and labels in MNIST's format, plain or gzipped."};
  struct Options {
    assay::Path images;
    std::optional<assay::Path> labels;
    std::optional<assay::Path> test_images;
    std::optional<assay::Path> test_labels;
    std::optional<std::vector<std::string_view>> classes;
    double memory = 2;
  };
  static constexpr auto table = assay::options(
      assay::required("images", &Options::images,
                      "file of images, uint8 or float32; .gz is found, too"),
      assay::option("labels", &Options::labels, "file of labels; left out: beside the images"),
      assay::option("test_images", &Options::test_images,
                    "a second file of images: the split test"),
      assay::option("test_labels", &Options::test_labels,
                    "its labels; left out: beside the test images"),
      assay::option("classes", &Options::classes,
                    "names of the classes; their numbers if left out"),
      assay::option("memory", &Options::memory, "refuse files that need more GiB",
                    {.minimum = 0, .maximum = 1 << 20}));

  explicit Idx(const Options& options) {
    const auto most_bytes = static_cast<std::uint64_t>(options.memory * (1 << 30));
    parts_.push_back(read_part({"images", options.images}, {"labels", options.labels}, most_bytes));
    if (options.test_images)
      parts_.push_back(read_part({"test_images", options.test_images},
                                 {"test_labels", options.test_labels}, most_bytes));
    else if (options.test_labels)
      throw OptionError("test_labels", "there are no test_images for them");
    const idx::File& first = parts_.front().images;
    const idx::File& last = parts_.back().images;
    if (!std::equal(first.dimensions.begin() + 1, first.dimensions.end(),
                    last.dimensions.begin() + 1, last.dimensions.end()))
      throw OptionError("test_images",
                        last.path + ": its images have another shape than those of " + first.path);
    name_classes(options.classes);
  }

  void describe(assay::DatasetDescription& description) const override {
    const std::span dimensions(parts_.front().images.dimensions);
    std::vector<std::int64_t> rows(static_cast<std::size_t>(first_rows() + second_rows()));
    std::iota(rows.begin(), rows.end(), 0);
    description.samples(static_cast<std::int64_t>(rows.size()),
                        assay::Shape(dimensions.subspan(1)));
    description.classes(std::vector<std::string_view>(classes_.begin(), classes_.end()));
    if (parts_.size() == 1) return;
    const auto cut = static_cast<std::size_t>(first_rows());
    description.split("train", std::span(rows).first(cut));
    description.split("test", std::span(rows).subspan(cut));
  }

  void read_samples(std::span<const std::int64_t> rows,
                    assay::MatrixView<float> out) const override {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto [part, row] = find(rows[i]);
      part->images.read(row * static_cast<std::size_t>(out.columns),
                        out.row_span(static_cast<std::int64_t>(i)));
    }
  }

  void read_targets(std::span<const std::int64_t> rows, assay::TensorView out) const override {
    std::ranges::transform(rows, out.values<std::int32_t>().begin(), [&](std::int64_t row) {
      const auto [part, place] = find(row);
      return part->labels[place];
    });
  }

 private:
  std::int64_t first_rows() const { return parts_.front().images.rows(); }
  std::int64_t second_rows() const { return parts_.size() > 1 ? parts_[1].images.rows() : 0; }

  std::pair<const Part*, std::size_t> find(std::int64_t row) const {
    if (row < 0 || row >= first_rows() + second_rows())
      throw assay::Error("there is no row " + std::to_string(row));
    if (row < first_rows()) return {&parts_[0], static_cast<std::size_t>(row)};
    return {&parts_[1], static_cast<std::size_t>(row - first_rows())};
  }

  void name_classes(const std::optional<std::vector<std::string_view>>& names) {
    std::size_t found = 0;
    for (const Part& part : parts_)
      found = std::max(found, static_cast<std::size_t>(std::ranges::max(part.labels)) + 1);
    if (!names) {
      for (std::size_t i = 0; i < found; ++i) classes_.push_back(std::to_string(i));
      return;
    }
    classes_.assign(names->begin(), names->end());
    if (classes_.size() < found)
      throw OptionError("classes", "it names " + std::to_string(classes_.size()) +
                                       " classes, but the labels go up to " +
                                       std::to_string(found - 1));
  }

  std::vector<Part> parts_;  // one, or that to train on and that to test on; at least a row each
  std::vector<std::string> classes_;
};

}  // namespace

ASSAY_PLUGIN("idx", "1.0.0", "MIT", Idx)
