// A fuzz target. Any bytes are a file of tensors that lie in it one after the other, or are refused
// with a reason.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "assay/error.h"
#include "runner/state/safetensors.h"
#include "tests/support/temporary_folder.h"

namespace assay::test {
namespace {

void require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "fuzz: broken: %s\n", what);
  std::abort();
}

void read_all(const std::filesystem::path& path, std::size_t size) {
  const state::StoredTensors file(path);
  std::vector<std::pair<std::uint64_t, std::uint64_t>> places;
  std::uint64_t all = 0;
  for (const auto& [name, tensor] : file.header().tensors) {
    require(tensor.begin <= tensor.end && tensor.end <= size, "a tensor lies in the file");
    const std::uint64_t bytes = tensor.end - tensor.begin;
    require(bytes == static_cast<std::uint64_t>(tensor.shape.elements()) * size_of(tensor.type),
            "a tensor has the bytes of its shape");
    std::vector<std::byte> values(bytes);
    file.read(tensor, values);
    if (bytes > 0) places.emplace_back(tensor.begin, tensor.end);
    all += bytes;
  }
  std::ranges::sort(places);
  for (std::size_t i = 1; i < places.size(); ++i)
    require(places[i - 1].second == places[i].first, "tensors lie one after the other");
  require(all < size, "there is a header before them");
  static_cast<void>(file.verify());
}

}  // namespace
}  // namespace assay::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const assay::test::TemporaryFolder folder;
  const auto path = folder / "a.safetensors";
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  try {
    assay::test::read_all(path, size);
  } catch (const assay::Error& error) {
    assay::test::require(std::string(error.what()).starts_with(path.string() + ": "),
                         "a reason names the file");
  }
  return 0;
}
