// Tests files that NumPy would not write. end_to_end/test_npy.py tests those that it writes.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstring>
#include <fstream>
#include <random>

#include "tests/plugins/dataset/description.h"
#include "tests/support/component.h"
#include "tests/support/temporary_folder.h"

using namespace assay;
using namespace assay::test;

namespace {

/// Returns a file with this header, padded like NumPy's, and this data.
std::string npy(const std::string& header, const std::string& data, char version = '\1') {
  const std::size_t prefix = version == '\1' ? 10 : 12;
  std::string text = header;
  text.resize((prefix + text.size()) / 64 * 64 + 64 - prefix - 1, ' ');
  text += '\n';
  std::string size = {static_cast<char>(text.size() % 256), static_cast<char>(text.size() / 256)};
  size.resize(prefix - 8);
  return std::string("\x93NUMPY") + version + '\0' + size + text + data;
}
std::string header(const std::string& type, const std::string& shape) {
  return "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + shape + "), }";
}
template <class T>
std::string bytes(std::vector<T> values) {
  std::string text(values.size() * sizeof(T), '\0');
  std::memcpy(text.data(), values.data(), text.size());
  return text;
}

const std::string good_samples = npy(header("<f4", "2, 3"), bytes<float>({0, 1, 2, 3, 4, 5}));
const std::string good_targets = npy(header("<i8", "2,"), bytes<std::int64_t>({1, 0}));

struct Files {
  std::unique_ptr<Dataset> open(const std::string& samples, const std::string& targets,
                                const std::string& more = "") {
    std::ofstream(folder / "x.npy", std::ios::binary) << samples;
    std::ofstream(folder / "y.npy", std::ios::binary) << targets;
    return make<Dataset>("npy", "{samples: " + (folder / "x.npy").string() +
                                    ", targets: " + (folder / "y.npy").string() + more + "}");
  }
  /// Returns the message without the folder.
  std::string refusal(const std::string& samples, const std::string& targets = good_targets,
                      const std::string& more = "") {
    try {
      open(samples, targets, more);
    } catch (const Error& error) {
      std::string message = error.what();
      BOOST_TEST_MESSAGE(message);
      const std::string prefix = folder.path().string() + "/";
      for (std::size_t at; (at = message.find(prefix)) != std::string::npos;)
        message.erase(at, prefix.size());
      return message;
    }
    return "not refused";
  }
  TemporaryFolder folder;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(npy_files, Files)

BOOST_AUTO_TEST_CASE(samples_are_shown_where_they_lie) {
  const auto dataset = open(good_samples, good_targets);
  const auto view = dataset->samples();
  BOOST_TEST(view.rows == 2);
  BOOST_TEST(view.row(1)[2] == 5.0F);
  const ReadRows read = read_rows(*dataset, std::vector<std::int64_t>{1, 0, 1});
  BOOST_TEST(read.samples == (std::vector<float>{3, 4, 5, 0, 1, 2, 3, 4, 5}),
             boost::test_tools::per_element());
  BOOST_TEST(read.classes == (std::vector<std::int32_t>{0, 1, 0}),
             boost::test_tools::per_element());
}

// The length of the header puts the data at an odd address: they are read, but not shown as floats.
BOOST_AUTO_TEST_CASE(data_at_an_odd_address_is_read) {
  std::string text = header("<f4", "2, 3");
  while ((text.size() + 10) % 4 != 1) text += ' ';
  const std::string file = std::string("\x93NUMPY\x01") + '\0' + static_cast<char>(text.size()) +
                           '\0' + text + bytes<float>({0, 1, 2, 3, 4, 5});
  const auto dataset = open(file, good_targets);
  BOOST_TEST(dataset->samples().empty());
  BOOST_TEST(
      read_rows(*dataset, std::vector<std::int64_t>{1}).samples == (std::vector<float>{3, 4, 5}),
      boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(versions_and_orders_of_the_header) {
  for (const char version : {'\2', '\3'}) {
    const auto text = npy(header("<f4", "2, 3"), bytes<float>({0, 1, 2, 3, 4, 5}), version);
    BOOST_TEST(open(text, good_targets)->samples().row(1)[0] == 3.0F);
  }
  const auto text = npy("{\"shape\":(2,3),\"fortran_order\":False,\"descr\":\"<f4\"}",
                        bytes<float>({0, 1, 2, 3, 4, 5}));
  BOOST_TEST(open(text, good_targets)->samples().row(1)[0] == 3.0F);
}

BOOST_AUTO_TEST_CASE(rows_beyond_the_end_are_refused) {
  const auto dataset = open(good_samples, good_targets);
  for (const std::int64_t row : {std::int64_t{2}, std::int64_t{-1}, std::int64_t{1} << 62})
    BOOST_CHECK_THROW(read_rows(*dataset, std::vector{row}), std::exception);
}

BOOST_AUTO_TEST_CASE(broken_files_are_refused_with_their_reason) {
  const std::string data = bytes<float>({0, 1, 2, 3, 4, 5});
  const auto check = [&](const std::string& file, const std::string& expected) {
    BOOST_TEST(refusal(file) == "samples: x.npy: " + expected);
  };
  check("", "the file is empty; expected a file of numpy.save");
  check("x", "it does not begin like a .npy file; expected a file of numpy.save");
  check("PK\x03\x04 an .npz file",
        "it does not begin like a .npy file; expected a file of numpy.save");
  check("\x93NUMPY", "the file ends within its header");
  check(std::string("\x93NUMPY\x09\0", 8), "its version is 9.0; expected 1.0, 2.0 or 3.0");
  for (std::size_t size = 8; size < 128; size += 7)
    check(good_samples.substr(0, size), "the file ends within its header");
  check(std::string("\x93NUMPY\x02\0\xff\xff\xff\xff", 12), "the file ends within its header");
  check(good_samples.substr(0, good_samples.size() - 1),
        "the file is cut off: its header announces 24 bytes of data, 23 are there");
  check(npy(header("<f4", "4294967296, 4294967296, 4294967296"), data),
        "its shape has more elements than a computer can count");
  check(npy(header("<f4", "9223372036854775807, 2"), data),
        "its shape has more elements than a computer can count");
  check(npy("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }", data),
        "its array is in Fortran order; expected C order: "
        "numpy.save(file, numpy.ascontiguousarray(array))");
  check(npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }", data),
        "it holds records of several fields; expected an array of plain numbers");
  for (const std::string type : {"<f8", ">f4", "|O", "<i4", "<u4", "<f2", "", "f", "<f99999999999"})
    BOOST_TEST(refusal(npy(header(type, "0,"), data))
                   .starts_with("samples: x.npy: its elements are '" + type + "'; expected "));
  for (const std::string shape : {"", "0,", "0, 3", "2, 0", "1, 1, 1, 1, 1, 1, 1, 1, 1, 1"})
    check(npy(header("<f4", shape), data),
          "expected an array of shape [rows, ...] with 1 to 9 dimensions, none of them 0");
  const std::string unreadable = "its header cannot be read: ";
  check(npy("", data), unreadable + "expected '{'");
  check(npy("{", data), unreadable + "expected '\"'");
  check(npy("{'descr", data), unreadable + "a text without its closing quote");
  check(npy("{}", data), unreadable + "expected the keys descr, fortran_order and shape");
  check(npy("{'descr': '<f4'}", data),
        unreadable + "expected the keys descr, fortran_order and shape");
  check(npy("{'descr': '<f4', 'descr': '<f4'}", data), unreadable + "'descr' occurs twice");
  check(npy("{'magic': 1}", data), unreadable + "'magic' is not a key of it");
  check(npy("{'fortran_order': 0}", data), unreadable + "expected 'False'");
  check(npy("{'shape': (-2,)}", data), unreadable + "expected a dimension, a whole number");
  check(npy("{'shape': (99999999999999999999,)}", data),
        unreadable + "expected a dimension, a whole number");
  check(npy("{'shape': (2 3)}", data), unreadable + "expected ','");
  check(npy(header("<f4", "2, 3") + "{", data), unreadable + "something follows the closing brace");
}

BOOST_AUTO_TEST_CASE(targets_must_suit_the_samples) {
  const auto check = [&](const std::string& file, const std::string& expected,
                         const std::string& more = "") {
    BOOST_TEST(refusal(good_samples, file, more) == expected);
  };
  check(npy(header("<i4", "3,"), bytes<std::int32_t>({0, 1, 0})),
        "targets: y.npy: it has 3 rows, but x.npy has 2");
  check(npy(header("<i4", "2, 1"), bytes<std::int32_t>({0, 1})),
        "targets: y.npy: classes have the shape [rows], but this array has 2 dimensions");
  check(npy(header("<i8", "2,"), bytes<std::int64_t>({0, -1})),
        "targets: y.npy: row 1 is of class -1; expected classes from 0 to 65535");
  check(npy(header("<i8", "2,"), bytes<std::int64_t>({std::int64_t{1} << 40, 0})),
        "targets: y.npy: row 0 is of class 1099511627776; expected classes from 0 to 65535");
  check(good_targets, "classes: it names 1 classes, but the targets go up to class 1",
        ", classes: [no]");
  check(npy(header("<f4", "2,"), bytes<float>({0, 1})),
        "classes: the targets are values (float32), not classes", ", classes: [no, yes]");
}

// float32 can represent all their numbers.
BOOST_AUTO_TEST_CASE(samples_of_small_whole_numbers_are_read_as_they_are) {
  const auto check = [&](const std::string& type, const std::string& data, float first,
                         float last) {
    const auto dataset = open(npy(header(type, "2, 2"), data), good_targets);
    BOOST_TEST(dataset->samples().empty());
    const auto read = read_rows(*dataset, std::vector<std::int64_t>{0, 1}).samples;
    BOOST_TEST(read == (std::vector<float>{first, 0, 1, last}), boost::test_tools::per_element());
  };
  check("|b1", bytes<std::uint8_t>({1, 0, 1, 1}), 1, 1);
  check("|u1", bytes<std::uint8_t>({7, 0, 1, 255}), 7, 255);
  check("|i1", bytes<std::int8_t>({-128, 0, 1, 127}), -128, 127);
  check("<u2", bytes<std::uint16_t>({7, 0, 1, 65535}), 7, 65535);
  check("<i2", bytes<std::int16_t>({-32768, 0, 1, 32767}), -32768, 32767);
}

BOOST_AUTO_TEST_CASE(targets_of_whole_numbers_are_classes) {
  const auto check = [&](const std::string& type, const std::string& data) {
    const auto dataset = open(good_samples, npy(header(type, "2,"), data));
    BOOST_TEST(Description(*dataset).class_names.size() == 2U, type);
    BOOST_TEST(read_rows(*dataset, std::vector<std::int64_t>{0, 1}).classes ==
                   (std::vector<std::int32_t>{1, 0}),
               type);
  };
  check("|b1", bytes<std::uint8_t>({1, 0}));
  check("|u1", bytes<std::uint8_t>({1, 0}));
  check("|i1", bytes<std::int8_t>({1, 0}));
  check("<u2", bytes<std::uint16_t>({1, 0}));
  check("<i2", bytes<std::int16_t>({1, 0}));
  check("<u4", bytes<std::uint32_t>({1, 0}));
  check("<i4", bytes<std::int32_t>({1, 0}));
  check("<u8", bytes<std::uint64_t>({1, 0}));
  check("<i8", bytes<std::int64_t>({1, 0}));
  const auto too_large = [&](const std::string& type, const std::string& data) {
    return refusal(good_samples, npy(header(type, "2,"), data))
        .starts_with("targets: y.npy: row 1 is of class ");
  };
  BOOST_TEST(too_large("<u2", bytes<std::uint16_t>({0, 65535})) == false);
  BOOST_TEST(too_large("<u4", bytes<std::uint32_t>({0, 65536})));
  BOOST_TEST(too_large("<u8", bytes<std::uint64_t>({0, ~std::uint64_t{0}})));
  BOOST_TEST(too_large("|i1", bytes<std::int8_t>({0, -1})));
}

BOOST_AUTO_TEST_CASE(the_advice_suits_what_the_array_is_for) {
  const std::string as_float = "numpy.save(file, array.astype('float32'))";
  const std::string as_int = "numpy.save(file, array.astype('int32'))";
  const std::string unique =
      ": names, labels = numpy.unique(array, return_inverse=True); numpy.save(file, "
      "labels.astype('int32'))";
  const auto samples = [&](const std::string& type) {
    const std::string said = refusal(npy(header(type, "2,"), std::string(256, 0)));
    const std::string begin = "samples: x.npy: its elements are '" + type +
                              "'; expected float32, or whole numbers of 8 or 16 bits";
    BOOST_TEST(said.starts_with(begin), said);
    return said.substr(std::min(begin.size(), said.size()));
  };
  for (const char* type : {"<f2", "<f8", "<f16", ">f4", ">i2", "<i4", "<u4", "<i8", "<u8"})
    BOOST_TEST(samples(type) == ": " + as_float, type);
  for (const char* type : {"<c8", "<U3", "|S3", "<M8[D]", "|V4"}) BOOST_TEST(samples(type) == "");
  BOOST_TEST(samples("|O") ==
             "; rows of different lengths make such an array: bring them to one length");

  const auto targets = [&](const std::string& type, const std::string& data) {
    const std::string said = refusal(good_samples, npy(header(type, "2,"), data));
    const std::string begin = "targets: y.npy: its elements are '" + type +
                              "'; expected whole numbers for classes, or float32 for values";
    BOOST_TEST(said.starts_with(begin), said);
    return said.substr(std::min(begin.size(), said.size()));
  };
  const std::string both = "; for classes " + as_int + ", for values " + as_float;
  BOOST_TEST(targets("<f8", bytes<double>({2, 0})) == both);
  BOOST_TEST(targets("<f8", bytes<double>({2, 0.5})) == ": " + as_float);
  BOOST_TEST(targets("<f8", bytes<double>({2, -1})) == ": " + as_float);
  BOOST_TEST(targets("<f8", bytes<double>({0, std::nan("")})) == ": " + as_float);
  for (const char* type : {"<f2", "<f16", ">f4", ">f8"})
    BOOST_TEST(targets(type, std::string(256, 0)) == both, type);
  for (const char* type : {">i4", ">u2", ">i8"})
    BOOST_TEST(targets(type, std::string(256, 0)) == ": " + as_int, type);
  for (const char* type : {"<U5", "|S2", "|O"})
    BOOST_TEST(targets(type, std::string(256, 0)) == unique, type);
  for (const char* type : {"<c16", "<M8[s]", "<m8[s]", "|V8"})
    BOOST_TEST(targets(type, std::string(256, 0)) == "", type);
}

BOOST_AUTO_TEST_CASE(files_that_cannot_be_read_are_the_options_fault) {
  const auto message = [&](const std::string& path) {
    try {
      make<Dataset>("npy", "{samples: " + path + ", targets: " + path + "}");
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  BOOST_TEST(message("/no/such.npy") ==
             "samples: cannot read /no/such.npy: No such file or directory");
  BOOST_TEST(message("/dev/null") == "samples: cannot read /dev/null: it is not a file");
}

// Bytes are changed at random: the file is rejected or read, but there is never a crash.
BOOST_AUTO_TEST_CASE(damaged_files_do_no_harm) {
  std::mt19937 random(1);
  int refused = 0;
  for (int i = 0; i < 300; ++i) {
    std::string samples = good_samples;
    for (std::uint32_t change = random() % 4; change < 4; ++change)
      samples[random() % 80] = static_cast<char>(random() % (random() % 2 == 0 ? 256 : 128));
    try {
      const auto dataset = open(samples, good_targets);
      read_rows(*dataset, std::vector<std::int64_t>{1});
    } catch (const Error&) {
      ++refused;
    }
  }
  BOOST_TEST_MESSAGE(refused << " of 300 refused");
  BOOST_TEST(refused > 100);
}

BOOST_AUTO_TEST_SUITE_END()
