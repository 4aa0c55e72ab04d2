#include "runner/run_folder/weights.h"

#include <bit>
#include <boost/test/unit_test.hpp>
#include <cstring>
#include <limits>

#include "assay/error.h"
#include "tests/support/bytes.h"
#include "tests/support/reference.h"
#include "tests/support/temporary_folder.h"

using namespace assay::run_folder;
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
  return {{"layer1.kernel", {2, 3}, kernel},
          {"layer1.bias", {3}, bias},
          {"scale", {}, scale},
          {"none", {0, 4}, {}}};
}

bool same_bits(std::span<const float> a, std::span<const float> b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size_bytes()) == 0);
}

struct File : TemporaryFolder {
  std::filesystem::path path = *this / "w.safetensors";

  std::string error_of(std::string_view bytes) const {
    write_file(path, bytes);
    try {
      read_weights(path);
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

BOOST_FIXTURE_TEST_SUITE(weights, File)

BOOST_AUTO_TEST_CASE(what_was_written_is_read_back_to_the_bit) {
  write_weights(assay::base::Folder(this->TemporaryFolder::path()), "w.safetensors", tensors(),
                {{"step", "3000"}, {"note", "\"ä\"\n"}});
  const StoredWeights read = read_weights(path);
  BOOST_TEST(read.metadata.at("step") == "3000");
  BOOST_TEST(read.metadata.at("note") == "\"ä\"\n");
  BOOST_REQUIRE(read.tensors.size() == 4U);
  for (const NamedTensor& tensor : tensors()) {
    BOOST_CHECK(read.tensors.at(tensor.name).shape == tensor.shape);
    BOOST_TEST(same_bits(read.tensors.at(tensor.name).values, tensor.values));
  }
  BOOST_TEST(read_file(path).find("layer1.kernel") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_file_is_laid_out_as_safetensors_says) {
  write_weights(assay::base::Folder(this->TemporaryFolder::path()), "w.safetensors", tensors(), {});
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
  const StoredWeights read = read_weights(path_of_jax);
  const auto expected = read_safetensors(path_of_jax);
  BOOST_TEST(read.metadata == expected.metadata);
  BOOST_TEST(read.tensors.size() == expected.tensors.size());
  for (const auto& [name, tensor] : expected.tensors)
    BOOST_TEST(same_bits(read.tensors.at(name).values, tensor.values));
}

BOOST_AUTO_TEST_CASE(a_cut_anywhere_is_an_error) {
  write_weights(assay::base::Folder(this->TemporaryFolder::path()), "w.safetensors", tensors(),
                {{"step", "1"}});
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
  const std::string other_shape = "'w' has another shape than its bytes";
  BOOST_TEST(error_of("\xff\xff\xff\xff\xff\xff\xff\xff{}") == "its header is cut short");
  BOOST_TEST(error_of_header("null") == "its header is no JSON object");
  BOOST_TEST(error_of_header("[1]") == "its header is no JSON object");
  BOOST_TEST(error_of_header("{}") == "there are bytes after its last tensor");
  BOOST_TEST(error_of_header(R"({"w":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}})") ==
             "'w' is not float32");
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
  BOOST_CHECK_THROW(read_weights(*this / "none"), assay::Error);
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
      other[0].values = changed;
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
  BOOST_TEST(file_digest(path) == "99aa06d3014798d86001c324468d497f");
  write_file(path, "abc");
  const std::string abc = file_digest(path);
  write_file(path, "abd");
  BOOST_TEST(file_digest(path) != abc);
  BOOST_TEST(file_digest(*this / "none") == "");
}

BOOST_AUTO_TEST_SUITE_END()
