// Dataset `digits`: handwritten digits of 8x8 pixels from a CSV file, such as Assay's
// data/digits.csv.
//
// The file has a header of 65 names, the last of which is `label`, and then one digit per line: 64
// whole numbers from 0 to 16 (the pixels, row by row) and its label from 0 to 9. Samples are the
// raw values, 0 to 16.
//
//   file   the CSV file (default assay:digits.csv, 1797 digits that come with Assay)
//
//   dataset:
//     type: digits
//     split: {test: 0.25, seed: 0}
#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "assay/dataset.h"
#include "assay/plugin.h"

namespace {

constexpr std::int64_t side = 8;
constexpr std::int64_t pixel_count = side * side;
constexpr int brightest = 16;
constexpr std::array<std::string_view, 10> class_names = {"0", "1", "2", "3", "4",
                                                          "5", "6", "7", "8", "9"};

/// One sample. A vector of them is a matrix without gaps that starts at a cache line.
struct alignas(64) Image {
  std::array<float, pixel_count> pixels;
};

/// Reads the file line by line and field by field, and tracks the position. Only one line is in
/// memory at a time, so a file that is not CSV costs nothing, whatever its size.
class Reader {
 public:
  explicit Reader(const std::string& path) : path_(path) {
    std::error_code error;
    // A folder can be opened like a file, and opening a pipe would wait.
    const auto status = std::filesystem::status(path, error);
    if (std::filesystem::is_directory(status))
      error = std::make_error_code(std::errc::is_a_directory);
    else if (!std::filesystem::exists(status))
      error = std::make_error_code(std::errc::no_such_file_or_directory);
    else if (!std::filesystem::is_regular_file(status))
      error = std::make_error_code(std::errc::invalid_argument);
    if (error) fail_to_read(error);
    stream_.open(path, std::ios::binary);
    if (!stream_) fail_to_read(std::error_code(errno, std::generic_category()));
  }

  /// Moves to the next line; returns false at the end of the file.
  bool next_line() {
    if (stream_.peek() == std::ifstream::traits_type::eof()) {
      if (stream_.bad()) fail_to_read(std::error_code(errno, std::generic_category()));
      return false;
    }
    stream_.clear();
    ++line_number_;
    stream_.getline(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
    if (stream_.bad()) fail_to_read(std::error_code(errno, std::generic_category()));
    if (stream_.fail())
      fail("the line is longer than " + std::to_string(buffer_.size() - 1) +
           " characters; expected " + std::to_string(pixel_count + 1) + " columns");
    const std::streamsize end = stream_.gcount() - (stream_.eof() ? 0 : 1);
    line_ = std::string_view(buffer_.data(), static_cast<std::size_t>(end));
    if (line_.ends_with('\r')) line_.remove_suffix(1);
    return true;
  }
  std::string_view line() const { return line_; }

  void expect_columns(std::int64_t expected) const {
    const std::int64_t found = std::count(line_.begin(), line_.end(), ',') + 1;
    if (found != expected)
      fail("expected " + std::to_string(expected) + " columns, found " + std::to_string(found));
  }

  /// Reads the next field of a line whose columns have been counted: a number from 0 to `maximum`.
  int number(std::string_view what, int maximum) {
    const std::string_view field = line_.substr(0, line_.find(','));
    int value = 0;
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
    if (error != std::errc() || end != field.data() + field.size() || value < 0 || value > maximum)
      fail("expected " + std::string(what) + ", a whole number from 0 to " +
           std::to_string(maximum) + ", found '" + std::string(field) + "'");
    line_.remove_prefix(std::min(field.size() + 1, line_.size()));
    return value;
  }

  [[noreturn]] void fail(const std::string& message) const {
    throw assay::OptionError("file", path_ + ":" + std::to_string(line_number_) + ": " + message);
  }

 private:
  [[noreturn]] void fail_to_read(const std::error_code& reason) const {
    throw assay::OptionError("file", "cannot read the digits from " + path_ + ": " +
                                         reason.message() + "; expected a CSV file");
  }

  std::string path_;
  std::ifstream stream_;
  std::array<char, 4096> buffer_{};
  std::string_view line_;
  std::int64_t line_number_ = 0;
};

class Digits final : public assay::Dataset {
 public:
  static constexpr assay::About about = {.name = "digits",
                                         .doc = "Handwritten digits, 8x8 pixels, 10 classes."};
  struct Options {
    assay::Path file = {"assay:digits.csv"};
  };
  static constexpr auto table = assay::options(
      assay::option("file", &Options::file,
                    "CSV file: a header, then 64 pixels 0..16 and a label 0..9 per line"));

  explicit Digits(const Options& options) {
    const std::string path(options.file.text);
    Reader reader(path);
    if (!reader.next_line())
      throw assay::OptionError("file",
                               path + ":1: the file is empty; expected a header of 65 names");
    reader.expect_columns(pixel_count + 1);
    if (!reader.line().ends_with(",label"))
      reader.fail("expected a header that ends with ',label', found '" +
                  std::string(reader.line().substr(reader.line().rfind(',') + 1)) +
                  "' as the last name");
    while (reader.next_line()) {
      reader.expect_columns(pixel_count + 1);
      for (float& pixel : images_.emplace_back().pixels)
        pixel = static_cast<float>(reader.number("a pixel", brightest));
      labels_.push_back(reader.number("a label", int{class_names.size()} - 1));
    }
    if (images_.empty()) reader.fail("no digit follows the header; expected at least one line");
  }

  void describe(assay::DatasetDescription& description) const override {
    description.samples(static_cast<std::int64_t>(images_.size()), {side, side});
    description.classes(class_names);
  }

  void read_samples(std::span<const std::int64_t> rows,
                    assay::MatrixView<float> out) const override {
    for (std::size_t i = 0; i < rows.size(); ++i)
      std::ranges::copy(images_.at(static_cast<std::size_t>(rows[i])).pixels,
                        out.row(static_cast<std::int64_t>(i)));
  }

  void read_targets(std::span<const std::int64_t> rows, assay::TensorView out) const override {
    std::ranges::transform(rows, out.values<std::int32_t>().begin(), [&](std::int64_t row) {
      return labels_.at(static_cast<std::size_t>(row));
    });
  }

  assay::MatrixView<const float> samples() const override {
    return {images_.front().pixels.data(), static_cast<std::int64_t>(images_.size()), pixel_count,
            pixel_count};
  }

 private:
  std::vector<Image> images_;
  std::vector<std::int32_t> labels_;
};

}  // namespace

ASSAY_COMPONENT(Digits)
