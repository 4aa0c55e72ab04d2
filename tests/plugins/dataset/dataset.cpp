#define BOOST_TEST_MODULE dataset
#include "assay/dataset.h"

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <string>
#include <vector>

#include "assay/error.h"
#include "tests/plugins/dataset/description.h"
#include "tests/support/component.h"
#include "tests/support/reference.h"

using assay::Dataset;
using assay::test::Description;
using assay::test::make;

namespace {

/// A file in a separate folder. The destructor removes it.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& text) {
    std::string pattern = (std::filesystem::temp_directory_path() / "assay-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make " + pattern);
    folder_ = pattern;
    std::ofstream(path(), std::ios::binary) << text;
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { std::filesystem::remove_all(folder_); }
  std::string path() const { return folder_ / "digits.csv"; }

 private:
  std::filesystem::path folder_;
};

std::unique_ptr<Dataset> digits_from(const std::string& path) {
  return make<Dataset>("digits", "{file: " + path + "}");
}

std::string header() {
  std::string line;
  for (int i = 0; i < 64; ++i) line += "pixel_" + std::to_string(i) + ",";
  return line + "label\n";
}

/// Returns a line of 64 pixels, the 6th of which is `pixel`, and a label.
std::string digit(const std::string& pixel = "3", const std::string& label = "7") {
  std::string line;
  for (int i = 0; i < 64; ++i) line += (i == 5 ? pixel : "0") + ",";
  return line + label + "\n";
}

/// Returns the message with which a file of this text is rejected, without the path.
std::string refusal(const std::string& text) {
  const TemporaryFile file(text);
  try {
    digits_from(file.path());
  } catch (const assay::Error& error) {
    const std::string message = error.what();
    BOOST_TEST_MESSAGE(message);
    const std::string blamed = "file: " + file.path();  // the option, then the place in the file
    BOOST_TEST(message.starts_with(blamed));
    return message.substr(std::min(message.size(), blamed.size()));
  }
  return "not refused";
}

}  // namespace

BOOST_AUTO_TEST_CASE(describes_what_it_holds) {
  const auto dataset = make<Dataset>("digits");
  const Description description(*dataset);
  BOOST_TEST(description.rows == 1797);
  BOOST_TEST((description.shape == assay::Shape{8, 8}));
  BOOST_TEST(description.class_names ==
             (std::vector<std::string>{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}));
}

BOOST_AUTO_TEST_CASE(every_row_is_the_files) {
  const auto expected = assay::test::read_csv(assay::test::source_folder() + "/data/digits.csv");
  const auto dataset = make<Dataset>("digits");
  const assay::MatrixView<const float> view = dataset->samples();
  BOOST_REQUIRE(view.rows == 1797);
  BOOST_REQUIRE(view.columns == 64);
  BOOST_REQUIRE(expected.size() == 1797U);
  std::vector<std::int64_t> rows(expected.size());
  std::iota(rows.rbegin(), rows.rend(), 0);  // the last one first
  std::vector<float> samples(rows.size() * 70);
  std::vector<std::int32_t> labels(rows.size());
  dataset->read_samples(rows, {samples.data(), 1797, 64, 70});
  dataset->read_targets(rows, {labels.data(), assay::DType::int32, {1797}});

  std::int64_t different = 0;
  std::array<int, 10> found{};
  std::array<int, 10> counted{};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto row = static_cast<std::int64_t>(i);
    const float* read = samples.data() + (1796 - row) * 70;
    for (std::size_t k = 0; k < 64; ++k) {
      const auto pixel = static_cast<float>(expected[i][k]);
      different += view.row(row)[k] != pixel || read[k] != pixel;
    }
    different += labels[1796 - i] != static_cast<std::int32_t>(expected[i][64]);
    ++found.at(static_cast<std::size_t>(labels[i]));
    ++counted.at(static_cast<std::size_t>(expected[i][64]));
  }
  BOOST_TEST(different == 0);
  // The numbers are those in the description of the dataset (the 1797 digits of the test part).
  BOOST_TEST(found == (std::array{178, 182, 177, 183, 181, 182, 181, 179, 174, 180}),
             boost::test_tools::per_element());
  BOOST_TEST(counted == found, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(rows_beyond_the_end_are_refused) {
  const auto dataset = make<Dataset>("digits");
  std::vector<float> sample(64);
  std::int32_t label = 0;
  for (std::int64_t row : {std::int64_t{1797}, std::int64_t{-1}}) {
    BOOST_CHECK_THROW(dataset->read_samples(std::span(&row, 1), {sample.data(), 1, 64, 64}),
                      std::exception);
    BOOST_CHECK_THROW(dataset->read_targets(std::span(&row, 1), {&label, assay::DType::int32, {1}}),
                      std::exception);
  }
}

BOOST_AUTO_TEST_CASE(files_as_other_programs_write_them) {
  std::string text = header() + digit("16", "9") + digit("0", "0");
  text.pop_back();  // no newline at the end
  const TemporaryFile unix_file(text);
  const auto dataset = digits_from(unix_file.path());
  BOOST_TEST(Description(*dataset).rows == 2);
  BOOST_TEST(dataset->samples().row(0)[5] == 16);

  std::string windows;
  for (char c : text) windows += c == '\n' ? std::string("\r\n") : std::string(1, c);
  const TemporaryFile windows_file(windows);
  BOOST_TEST(Description(*digits_from(windows_file.path())).rows == 2);
}

BOOST_AUTO_TEST_CASE(broken_files_are_refused_with_their_line) {
  const auto check = [](const std::string& text, const std::string& expected) {
    BOOST_TEST(refusal(text) == expected);
  };
  check("", ":1: the file is empty; expected a header of 65 names");
  check(header(), ":1: no digit follows the header; expected at least one line");
  check(digit(), ":1: expected a header that ends with ',label', found '7' as the last name");
  check("a,b,label\n", ":1: expected 65 columns, found 3");
  check(header() + digit() + "1,2,3\n", ":3: expected 65 columns, found 3");
  check(header() + "0," + digit(), ":2: expected 65 columns, found 66");
  check(header() + digit() + "\n" + digit(), ":3: expected 65 columns, found 1");
  const std::string pixel = ": expected a pixel, a whole number from 0 to 16, found ";
  check(header() + digit("x"), ":2" + pixel + "'x'");
  check(header() + digit() + digit("17"), ":3" + pixel + "'17'");
  check(header() + digit("-1"), ":2" + pixel + "'-1'");
  check(header() + digit("1.5"), ":2" + pixel + "'1.5'");
  check(header() + digit(""), ":2" + pixel + "''");
  check(header() + digit(" 1"), ":2" + pixel + "' 1'");
  check(header() + digit("99999999999999999999"), ":2" + pixel + "'99999999999999999999'");
  const std::string label = ": expected a label, a whole number from 0 to 9, found ";
  check(header() + digit("1", "10"), ":2" + label + "'10'");
  check(header() + digit("1", ""), ":2" + label + "''");
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_is_the_options_fault) {
  const auto says = [](const std::string& path, const std::string& reason) {
    return [=](const assay::Error& error) {
      const std::string message = error.what();
      BOOST_TEST_MESSAGE(message);
      // tests/support puts the option before the message of an OptionError.
      return message.starts_with("file: ") && message.find(path) != std::string::npos &&
             message.find(reason) != std::string::npos;
    };
  };
  BOOST_CHECK_EXCEPTION(digits_from("/no/such/digits.csv"), assay::Error,
                        says("/no/such/digits.csv", "No such file"));
  const std::string folder = std::filesystem::temp_directory_path();
  BOOST_CHECK_EXCEPTION(digits_from(folder), assay::Error, says(folder, "Is a directory"));
}

// The file has 64 GiB, too much to read: its first line must be rejected.
BOOST_AUTO_TEST_CASE(a_file_without_lines_is_not_read) {
  const TemporaryFile file("");
  std::filesystem::resize_file(file.path(), std::uintmax_t{64} << 30);
  BOOST_CHECK_EXCEPTION(digits_from(file.path()), assay::Error, [](const assay::Error& error) {
    return std::string(error.what())
        .ends_with(":1: the line is longer than 4095 characters; expected 65 columns");
  });
  BOOST_TEST(refusal(header() + digit() + std::string(5000, '1')) ==
             ":3: the line is longer than 4095 characters; expected 65 columns");
}

BOOST_AUTO_TEST_CASE(starts_fast) {
  const auto begin = std::chrono::steady_clock::now();
  const auto dataset = make<Dataset>("digits");
  const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - begin;
  BOOST_TEST_MESSAGE("opened and read in " << time.count() << " ms");
  BOOST_TEST(dataset->samples().rows == 1797);
}
