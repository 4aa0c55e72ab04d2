#include "runner/state/safetensors.h"

#include <sys/stat.h>

#include <algorithm>
#include <bit>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>

#include "assay/error.h"
#include "runner/base/digest.h"
#include "tests/base/error_of.h"
#include "tests/support/bytes.h"
#include "tests/support/reference.h"
#include "tests/support/temporary_folder.h"

using namespace assay::state;
using namespace assay::test;
using assay::Shape;

namespace {

constexpr float nan = std::numeric_limits<float>::quiet_NaN();
const std::vector<float> kernel = {1,
                                   -0.0F,
                                   3.5F,
                                   nan,
                                   std::numeric_limits<float>::infinity(),
                                   std::numeric_limits<float>::denorm_min()};
const std::vector<float> bias = {7, 8, 9};
const std::vector<float> scale = {0.25F};

std::vector<NamedTensor> tensors() {
  return {named_tensor("layer1.kernel", {2, 3}, std::span(kernel)),
          named_tensor("layer1.bias", {3}, std::span(bias)),
          named_tensor("scale", {}, std::span(scale)),
          named_tensor("none", {0, 4}, std::span<const float>())};
}

bool same_bits(std::span<const float> values, std::span<const std::byte> bytes) {
  return std::ranges::equal(std::as_bytes(values), bytes);
}

std::vector<float> values(const StoredTensors& stored, const std::string& name) {
  const auto& tensor = stored.header().tensors.at(name);
  std::vector<float> values(static_cast<std::size_t>(tensor.shape.elements()));
  stored.read(tensor, std::as_writable_bytes(std::span(values)));
  return values;
}

struct File : TemporaryFolder {
  std::filesystem::path path = *this / "w.safetensors";

  void write(const std::vector<NamedTensor>& tensors,
             const std::map<std::string, std::string>& metadata = {}) const {
    write_safetensors(assay::base::Folder(TemporaryFolder::path()), "w.safetensors", tensors,
                      metadata);
  }
  std::string error_of(std::string_view bytes) const {
    write_file(path, bytes);
    try {
      const StoredTensors stored(path);
    } catch (const assay::Error& error) {
      const std::string start = path.string() + ": not a whole safetensors file: ";
      const std::string message = error.what();
      BOOST_TEST(message.starts_with(start), message);
      return message.substr(std::min(start.size(), message.size()));
    }
    return "nothing thrown";
  }
  std::string error_of_header(const std::string& header, std::size_t data = 24) const {
    const std::uint64_t size = header.size();
    std::string bytes(sizeof size, '\0');
    std::memcpy(bytes.data(), &size, sizeof size);
    return error_of(bytes + header + std::string(data, '\0'));
  }
};

std::string tensor(const std::string& shape, const std::string& offsets) {
  return R"({"w":{"dtype":"F32","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}}";
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(safetensors, File)

BOOST_AUTO_TEST_CASE(what_was_written_is_read_back_to_the_bit) {
  write(tensors(), {{"step", "3000"}, {"note", "\"ä\"\n"}});
  const StoredTensors read(path);
  BOOST_TEST(read.header().metadata.at("step") == "3000");
  BOOST_TEST(read.header().metadata.at("note") == "\"ä\"\n");
  BOOST_REQUIRE(read.header().tensors.size() == 4U);
  for (const NamedTensor& tensor : tensors()) {
    BOOST_CHECK(read.header().tensors.at(tensor.name).shape == tensor.shape);
    BOOST_TEST(same_bits(values(read, tensor.name), tensor.bytes));
  }
  BOOST_TEST(read_file(path).find("layer1.kernel") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_file_is_laid_out_as_safetensors_says) {
  write(tensors());
  const std::string bytes = read_file(path);
  std::uint64_t size = 0;
  std::memcpy(&size, bytes.data(), sizeof size);
  BOOST_TEST(size % 8 == 0U);
  BOOST_TEST(bytes[8] == '{');
  BOOST_TEST(bytes.size() == 8 + size + 4 * (6 + 3 + 1));
  const auto other = read_safetensors(path);  // the tests' own reader
  BOOST_TEST(other.tensors.at("layer1.bias").values == bias);
}

BOOST_AUTO_TEST_CASE(a_file_by_the_safetensors_library_is_read) {
  const auto path_of_jax = reference_file("state_step10.safetensors");
  const StoredTensors read(path_of_jax);
  const auto expected = read_safetensors(path_of_jax);
  BOOST_TEST(read.header().metadata == expected.metadata);
  BOOST_TEST(!read.verify());  // others write no checksum
  BOOST_TEST(read.header().tensors.size() == expected.tensors.size());
  for (const auto& [name, tensor] : expected.tensors)
    BOOST_TEST(same_bits(values(read, name), std::as_bytes(std::span(tensor.values))));
}

// Python's json escapes characters beyond ASCII, and chooses its own order and padding.
BOOST_AUTO_TEST_CASE(a_header_as_python_writes_it_is_read) {
  const std::string header =
      R"(  {"\u00e4": { "shape": [ 2 , 1 ], "data_offsets": [4, 12], "dtype": "F32"} ,)"
      "\n\t"
      R"("__metadata__" : {"\ud83d\ude00": "\u0041"}, "scale": {"dtype": "F32", "shape": [],)"
      R"( "data_offsets": [0, 4]}}       )";
  BOOST_TEST(error_of_header(header, 12) == "nothing thrown");
  const StoredTensors read(path);
  BOOST_CHECK(read.header().tensors.at("ä").shape == Shape({2, 1}));
  BOOST_TEST(values(read, "scale").size() == 1U);
  BOOST_TEST(read.header().metadata.at("😀") == "A");
}

// The values of the bits are those of NumPy's float16 and of ml_dtypes' bfloat16.
BOOST_AUTO_TEST_CASE(numbers_of_other_widths_are_read_as_float32) {
  const std::vector<double> wide = {0.1, -1e300, 1e-50, 3};
  write({named_tensor("wide", {4}, std::span(wide)), named_tensor("bias", {3}, std::span(bias))});
  const StoredTensors read(path);
  std::vector<float> values(4);
  read.read_floats("wide", values);
  BOOST_TEST(values[0] == 0.1F);
  BOOST_TEST(values[1] == -std::numeric_limits<float>::infinity());
  BOOST_TEST(values[2] == 0.0F);
  BOOST_TEST(values[3] == 3.0F);

  const std::vector<std::uint16_t> bits = {0x0000, 0x8000, 0x3C00, 0xC000, 0x3555, 0x7BFF, 0x0001,
                                           0x83FF, 0x0400, 0x7C00, 0xFC00, 0x7E00, 0x3F80, 0xC049};
  const std::vector<float> as_half = {0,
                                      -0.0F,
                                      1,
                                      -2,
                                      0.333251953125F,
                                      65504,
                                      5.9604644775390625e-8F,
                                      -6.097555160522461e-05F,
                                      6.103515625e-5F,
                                      std::numeric_limits<float>::infinity(),
                                      -std::numeric_limits<float>::infinity(),
                                      std::numeric_limits<float>::quiet_NaN(),
                                      1.875F,
                                      -2.142578125F};
  const std::string text(reinterpret_cast<const char*>(bits.data()), bits.size() * 2);
  for (const std::string type : {"F16", "BF16"}) {
    const std::string header = R"({"w":{"dtype":")" + type +
                               R"(","shape":[14],"data_offsets":[0,28]},"flag":{"dtype":"BOOL",)" +
                               R"("shape":[2],"data_offsets":[28,30]}})";
    const std::uint64_t size = header.size();
    write_file(path, std::string(reinterpret_cast<const char*>(&size), sizeof size) + header +
                         text + std::string(2, '\1'));
    BOOST_CHECK_THROW(StoredTensors{path}, assay::Error);
    const StoredTensors listed(path, OtherTypes::listed);
    BOOST_TEST(listed.header().tensors.empty());
    BOOST_TEST(listed.header().others.at("w").type == type);
    BOOST_CHECK(listed.header().others.at("flag").shape == Shape({2}));
    std::vector<float> found(bits.size());
    listed.read_floats("w", found);
    for (std::size_t i = 0; i < bits.size(); ++i) {
      const float expected = type == "F16" ? as_half[i] : std::bit_cast<float>(bits[i] << 16U);
      BOOST_TEST((std::isnan(expected) ? std::isnan(found[i])
                                       : std::bit_cast<std::uint32_t>(found[i]) ==
                                             std::bit_cast<std::uint32_t>(expected)),
                 type << " " << std::hex << bits[i] << " is " << found[i]);
    }
    BOOST_CHECK_THROW(listed.read_floats("flag", std::span(found).first(2)), assay::Error);
  }
}

// Those that are listed cannot lie about their place either.
BOOST_AUTO_TEST_CASE(tensors_of_other_types_have_sizes_and_places) {
  const auto error_of = [](const std::string& header) {
    try {
      read_safetensors_header(header, 24, OtherTypes::listed);
    } catch (const assay::Error& error) {
      return std::string(error.what());
    }
    return std::string("nothing thrown");
  };
  const auto header = [](const std::string& type, const std::string& shape) {
    return R"({"w":{"dtype":")" + type + R"(","shape":)" + shape + R"(,"data_offsets":[0,24]}})";
  };
  for (const auto& [type, shape] : {std::pair("BF16", "[12]"), std::pair("U64", "[3]"),
                                    std::pair("F8_E4M3", "[2,12]"), std::pair("I16", "[3,2,2]")})
    BOOST_TEST(error_of(header(type, shape)) == "nothing thrown");
  BOOST_TEST(error_of(header("BF16", "[24]")) == "the shape of 'w' does not fit its bytes");
  BOOST_TEST(error_of(header("F12", "[24]")) ==
             "'w' has the dtype F12; expected F32, F64, I32, I64 or U8");
  BOOST_TEST(error_of(R"({"a":{"dtype":"F32","shape":[6],"data_offsets":[0,24]},)"
                      R"("b":{"dtype":"F16","shape":[1],"data_offsets":[4,6]}})") ==
             "'b' overlaps another tensor");
}

BOOST_AUTO_TEST_CASE(a_cut_anywhere_is_an_error) {
  write(tensors(), {{"step", "1"}});
  const std::string whole = read_file(path);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::string message = error_of(whole.substr(0, size));
    BOOST_TEST(message != "nothing thrown", "cut to " << size);
    if (size < 8) BOOST_TEST(message == "it has less than 8 bytes");
  }
  BOOST_TEST(error_of(whole + "x") == "there are bytes after its last tensor");
}

BOOST_AUTO_TEST_CASE(a_damaged_header_is_an_error) {
  const std::string outside = "'w' lies outside the file";
  const std::string other_shape = "the shape of 'w' does not fit its bytes";
  BOOST_TEST(error_of("\xff\xff\xff\xff\xff\xff\xff\xff{}") == "its header is cut short");
  BOOST_TEST(error_of_header("null") == "its header is not a JSON object");
  BOOST_TEST(error_of_header("[1]") == "its header is not a JSON object");
  BOOST_TEST(error_of_header("{}") == "there are bytes after its last tensor");
  BOOST_TEST(error_of_header(R"({"w":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}})") ==
             "'w' has the dtype F16; expected F32, F64, I32, I64 or U8");
  BOOST_TEST(error_of_header(tensor("[6]", "[0,28]")) == outside);
  BOOST_TEST(error_of_header(tensor("[6]", "[24,0]")) == outside);
  BOOST_TEST(error_of_header(tensor("[6]", "[-24,-1]")) == outside);
  BOOST_TEST(error_of_header(tensor("[5]", "[0,24]")) == other_shape);
  BOOST_TEST(error_of_header(tensor("[6]", "[0,23]"), 23) == other_shape);
  BOOST_TEST(error_of_header(tensor("[-2,-3]", "[0,24]")) == other_shape);
  BOOST_TEST(error_of_header(tensor("[0,-5]", "[0,0]"), 0) == other_shape);
  BOOST_TEST(error_of_header(tensor("[4294967296,4294967296]", "[0,0]"), 0) == other_shape);
  BOOST_TEST(error_of_header(tensor("[1,1,1,1,1,1,1,1,6]", "[0,24]")) == other_shape);
  BOOST_TEST(error_of_header(tensor("[6]", "[0,24]")) == "nothing thrown");
  for (const char* header : {"", "{", "{\"w\":1}", "{\"w\":{}}", "{\"w\":{\"dtype\":\"F32\"}}",
                             "{\"__metadata__\":{\"step\":1}}"})
    BOOST_TEST(error_of_header(header) != "nothing thrown");
  BOOST_TEST(error_of_header(tensor("6", "[0,24]")) != "nothing thrown");
  BOOST_TEST(error_of_header(tensor("[6]", "[0]")) != "nothing thrown");
  BOOST_CHECK_THROW(StoredTensors(*this / "none"), assay::Error);
}

BOOST_AUTO_TEST_CASE(a_header_that_contradicts_itself_is_an_error) {
  const auto two = [&](const std::string& first, const std::string& second) {
    return R"({"a":{"dtype":"F32","shape":[3],"data_offsets":)" + first +
           R"(},"b":{"dtype":"F32","shape":[3],"data_offsets":)" + second + "}}";
  };
  BOOST_TEST(error_of_header(two("[0,12]", "[12,24]")) == "nothing thrown");
  BOOST_TEST(error_of_header(two("[12,24]", "[0,12]")) == "nothing thrown");
  BOOST_TEST(error_of_header(two("[0,12]", "[0,12]"), 12) == "'b' overlaps another tensor");
  BOOST_TEST(error_of_header(two("[0,12]", "[8,20]"), 20) == "'b' overlaps another tensor");
  BOOST_TEST(error_of_header(two("[0,12]", "[16,28]"), 28) ==
             "there are bytes before 'b' that belong to no tensor");
  BOOST_TEST(error_of_header(R"({"w":{"dtype":"F32","shape":[3],"data_offsets":[0,12]},)"
                             R"("w":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}})",
                             12) == "'w' occurs in its header twice");
  BOOST_TEST(error_of_header(R"({"w":{"dtype":"F32","shape":[3],"shape":[3]}})", 12) ==
             "'w': 'shape' occurs in its header twice");
  BOOST_TEST(error_of_header(R"({"__metadata__":{"a":"b","a":"c"}})", 0) ==
             "'__metadata__': 'a' occurs in its header twice");
  BOOST_TEST(error_of_header(R"({"w":{"dtype":"F32","shape":[3]}})", 12) ==
             "'w' lacks its data_offsets");
  BOOST_TEST(error_of_header(R"({"w":1})") == "'w': expected an object, found 1");
  BOOST_TEST(error_of_header(tensor("[6.5]", "[0,24]")) ==
             "'w': expected whole numbers, found 6.5");
  BOOST_TEST(error_of_header(tensor("[[6]]", "[0,24]")) ==
             "'w': expected whole numbers, found a list");
  BOOST_TEST(error_of_header(tensor("[18446744073709551615]", "[0,24]")) ==
             "the shape of 'w' does not fit its bytes");
  BOOST_TEST(error_of_header(tensor("[6]", "[0,18446744073709551615]")) ==
             "'w' lies outside the file");
  BOOST_TEST(error_of_header(tensor("[NaN]", "[0,24]")).starts_with("its header is not JSON: "));
}

// Each of these would take gigabytes, overflow the stack or never end if the file were trusted.
BOOST_AUTO_TEST_CASE(what_costs_more_than_it_is_worth_is_refused) {
  constexpr std::size_t many = 4'000'000;
  BOOST_TEST(error_of_header(std::string(many, '[')) == "its header is not a JSON object");
  BOOST_TEST(error_of_header(R"({"w":)" + std::string(many, '[')) ==
             "'w': expected an object, found a list");
  std::string objects;
  for (std::size_t i = 0; i < many / 5; ++i) objects += R"({"a":)";
  BOOST_TEST(error_of_header(objects).starts_with("'a': expected no keys but dtype"));
  const std::string message = error_of_header("{\"" + std::string(many, 'x'));
  BOOST_TEST(message.size() < 2000U);

  // 2^60 bytes of header
  BOOST_TEST(error_of(std::string("\0\0\0\0\0\0\0\x10{}", 10)) == "its header is cut short");
  write_file(path, "");
  std::filesystem::resize_file(path, std::uintmax_t{6} << 30);  // a hole, no blocks
  BOOST_CHECK_THROW(StoredTensors{path}, assay::Error);
  std::fstream(path, std::ios::binary | std::ios::in | std::ios::out)
      .write("\x01\0\0\x01\0\0\0\0", 8);
  BOOST_CHECK_EXCEPTION(StoredTensors{path}, assay::Error, [&](const assay::Error& error) {
    return error.what() == path.string() +
                               ": not a whole safetensors file: its header has "
                               "16,777,217 bytes; expected 16,777,216 at most";
  });
}

BOOST_AUTO_TEST_CASE(what_is_no_file_is_refused_at_once) {
  const auto error_of_path = [](const std::filesystem::path& what) -> std::string {
    try {
      const StoredTensors stored(what);
    } catch (const assay::Error& error) {
      BOOST_TEST(assay::base::file_digest(what) == "");
      return error.what();
    }
    return "nothing thrown";
  };
  std::filesystem::create_directory(path);
  BOOST_TEST(error_of_path(path) ==
             path.string() + ": cannot be read: expected a file, found a folder");
  const auto pipe = *this / "pipe.safetensors";
  BOOST_REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  BOOST_TEST(error_of_path(pipe) ==
             pipe.string() + ": cannot be read: expected a file, found a pipe");
  const auto zero = *this / "zero.safetensors";
  std::filesystem::create_symlink("/dev/zero", zero);
  BOOST_TEST(error_of_path(zero) ==
             zero.string() + ": cannot be read: expected a file, found a device");
  const auto loop = *this / "loop.safetensors";
  std::filesystem::create_symlink(loop, loop);
  BOOST_TEST(error_of_path(loop) ==
             loop.string() + ": cannot be read: Too many levels of symbolic links");
}

BOOST_AUTO_TEST_CASE(every_type_of_number_is_kept) {
  const std::vector<double> f64 = {1.0 / 3, -0.0};
  const std::vector<std::int64_t> i64 = {std::numeric_limits<std::int64_t>::min(), 7};
  const std::vector<std::int32_t> i32 = {-2};
  const std::vector<std::uint8_t> u8 = {0, 255, 65};
  const std::vector<NamedTensor> all = {
      named_tensor("f64", {2}, std::span(f64)), named_tensor("i64", {2}, std::span(i64)),
      named_tensor("i32", {1}, std::span(i32)), named_tensor("u8", {3}, std::span(u8))};
  write(all);
  const StoredTensors read(path);
  BOOST_TEST(read.verify());
  for (const NamedTensor& tensor : all) {
    const auto& stored = read.header().tensors.at(tensor.name);
    BOOST_CHECK(stored.type == tensor.type);
    std::vector<std::byte> bytes(tensor.bytes.size());
    read.read(stored, bytes);
    BOOST_CHECK(std::ranges::equal(bytes, tensor.bytes));
  }
}

// Readers of the format map files and expect numbers at multiples of their size.
BOOST_AUTO_TEST_CASE(numbers_lie_at_multiples_of_their_size) {
  const std::vector<std::uint8_t> u8 = {1, 2, 3};
  const std::vector<float> f32 = {1};
  const std::vector<double> f64 = {1, 2};
  write({named_tensor("a", {3}, std::span(u8)), named_tensor("b", {1}, std::span(f32)),
         named_tensor("c", {2}, std::span(f64))});
  const StoredTensors read(path);
  for (const auto& [name, tensor] : read.header().tensors)
    BOOST_TEST(tensor.begin % assay::size_of(tensor.type) == 0U, name);
}

BOOST_AUTO_TEST_CASE(what_no_reader_would_take_is_not_written) {
  const auto refused = [this](const std::vector<NamedTensor>& tensors,
                              const std::map<std::string, std::string>& metadata = {}) {
    const std::string message = assay::test::error_of([&] { write(tensors, metadata); });
    const std::string start = path.string() + ": cannot be written: ";
    BOOST_TEST(message.starts_with(start), message);
    BOOST_TEST(!std::filesystem::exists(path));
    return message.substr(std::min(start.size(), message.size()));
  };
  const NamedTensor one = named_tensor("one", {3}, std::span(bias));
  BOOST_TEST(refused({one, one}) == "two tensors are named 'one'");
  BOOST_TEST(refused({named_tensor("__metadata__", {3}, std::span(bias))}) ==
             "two tensors are named '__metadata__'");
  BOOST_TEST(refused({one}, {{"note", "\xff"}}).starts_with("a name or the metadata is not text"));
  BOOST_TEST(refused({one}, {{"note", std::string(std::size_t{17} << 20, 'x')}})
                 .starts_with("the header would have"));
}

// The place of the checksum is found by its key; nothing else in a header can look like it.
BOOST_AUTO_TEST_CASE(the_checksum_sees_every_byte) {
  write(tensors(), {{"a", "\"checksum\":\"00000000000000000000000000000000\""}, {"step", "1"}});
  const std::string whole = read_file(path);
  BOOST_TEST(StoredTensors(path).verify());
  for (std::size_t at = 0; at < whole.size(); ++at)
    for (const char flip : {'\x01', '\x20', '\x80'}) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ flip);
      write_file(path, damaged);
      bool told = false;
      try {
        told = !StoredTensors(path).verify();  // or the checksum's own key was hit
      } catch (const assay::Error&) {
        told = true;
      }
      BOOST_TEST(told, "byte " << at);
    }
}

BOOST_AUTO_TEST_CASE(a_file_that_is_cut_after_it_was_opened_is_an_error) {
  write(tensors(), {});
  const StoredTensors stored(path);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 16);
  std::vector<float> out(3);
  BOOST_CHECK_THROW(stored.read(stored.header().tensors.at("layer1.bias"),
                                std::as_writable_bytes(std::span(out))),
                    assay::Error);
}

BOOST_AUTO_TEST_CASE(a_digest_tells_every_bit) {
  const std::string whole = digest(tensors());
  BOOST_TEST(whole.size() == 32U);
  BOOST_TEST(digest(tensors()) == whole);
  std::vector<float> changed = kernel;
  for (float& value : changed) {
    const float before = value;
    for (int bit = 0; bit < 32; ++bit) {
      value = std::bit_cast<float>(std::bit_cast<std::uint32_t>(before) ^ (1U << bit));
      auto other = tensors();
      other[0].bytes = std::as_bytes(std::span(changed));
      BOOST_TEST(digest(other) != whole);
    }
    value = before;
  }
  auto renamed = tensors();
  renamed[0].name = "layer2.kernel";
  BOOST_TEST(digest(renamed) != whole);
  auto reshaped = tensors();
  reshaped[0].shape = {3, 2};
  BOOST_TEST(digest(reshaped) != whole);
}

// XXH3-128 of the empty input, from xxHash's own sanity test vectors.
BOOST_AUTO_TEST_CASE(files_have_digests) {
  write_file(path, "");
  BOOST_TEST(assay::base::file_digest(path) == "99aa06d3014798d86001c324468d497f");
  write_file(path, "abc");
  const std::string abc = assay::base::file_digest(path);
  write_file(path, "abd");
  BOOST_TEST(assay::base::file_digest(path) != abc);
  BOOST_TEST(assay::base::file_digest(*this / "none") == "");
}

BOOST_AUTO_TEST_SUITE_END()
