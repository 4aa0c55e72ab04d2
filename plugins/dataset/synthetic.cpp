// Dataset `synthetic`: samples computed from their row number, for experiments of any size.
//
// Every class has its own centre, with elements spread evenly over [-1, 1). A row belongs to a
// random class. Its sample is the centre plus `noise` times numbers with the same distribution.
// Nothing is stored, so rows use no memory, and they are the same on every machine. With many
// elements and a noise of 1 the classes are well separated, and any sound training learns them.
//
//   rows      number of rows
//   shape     of a sample (default [64])
//   classes   how many (default 10)
//   noise     width of the noise around the centres (default 1)
//   seed      seed for the centres and the rows (default 0)
//
//   dataset:
//     type: synthetic
//     rows: 100000
//     shape: [28, 28]
//     split: {test: 0.1}
#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/dataset.h"
#include "assay/plugin.h"

namespace {

constexpr std::int64_t most_elements = std::int64_t{1} << 28;  // of one sample: 1 GiB

/// Returns the n-th number of SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number
/// generators", OOPSLA 2014), without computing those before it.
std::uint64_t random_bits(std::uint64_t seed, std::uint64_t n) {
  std::uint64_t z = seed + (n + 1) * 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

/// Maps the bits to numbers evenly spread over [-1, 1), exactly: multiples of 2^-23.
float spread(std::uint32_t bits) {
  return static_cast<float>(static_cast<std::int32_t>(bits) >> 8) * 0x1p-23F;
}

/// The uses of a seed's numbers; each use has its own sequence.
enum class Use : std::uint64_t { classes, centres, noise };

class Synthetic final : public assay::Dataset {
 public:
  static constexpr assay::About about = {
      .name = "synthetic", .doc = "Made-up samples around class centres, as many as you like."};
  struct Options {
    std::int64_t rows = 1;
    std::vector<std::int64_t> shape = {64};
    std::int64_t classes = 10;
    double noise = 1;
    std::int64_t seed = 0;
  };
  static constexpr auto table = assay::options(
      assay::required("rows", &Options::rows, "number of rows", {.minimum = 1, .maximum = 1e12}),
      assay::option("shape", &Options::shape, "shape of a sample",
                    {.minimum = 1, .maximum = most_elements}),
      assay::option("classes", &Options::classes, "number of classes",
                    {.minimum = 2, .maximum = 65536}),
      assay::option("noise", &Options::noise,
                    "width of the noise; the centres' elements lie in [-1, 1)", {.minimum = 0}),
      assay::option("seed", &Options::seed, "seed for the centres and rows", {.minimum = 0}));

  explicit Synthetic(const Options& options)
      : rows_(options.rows), classes_(options.classes), noise_(static_cast<float>(options.noise)) {
    for (const std::int64_t dimension : options.shape) {
      if (dimension > most_elements / elements_) refuse_shape();
      elements_ *= dimension;
    }
    if (options.shape.empty() || options.shape.size() > assay::Shape::maximum_rank) refuse_shape();
    shape_ = assay::Shape(options.shape);
    const auto seed = static_cast<std::uint64_t>(options.seed);
    for (std::uint64_t use = 0; use < seeds_.size(); ++use)
      seeds_[use] = random_bits(random_bits(seed, 0), use);
  }

  void describe(assay::DatasetDescription& description) const override {
    std::vector<std::string> names;
    for (std::int64_t i = 0; i < classes_; ++i) names.push_back(std::to_string(i));
    description.samples(rows_, shape_);
    description.classes(std::vector<std::string_view>(names.begin(), names.end()));
  }

  void read_samples(std::span<const std::int64_t> rows,
                    assay::MatrixView<float> out) const override {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::span<float> sample = out.row_span(static_cast<std::int64_t>(i));
      std::ranges::fill(sample, 0.0F);
      add(Use::centres, class_of(rows[i]), 1, sample);
      add(Use::noise, rows[i], noise_, sample);
    }
  }

  void read_targets(std::span<const std::int64_t> rows, assay::TensorView out) const override {
    std::ranges::transform(rows, out.values<std::int32_t>().begin(), [this](std::int64_t row) {
      return static_cast<std::int32_t>(class_of(row));
    });
  }

 private:
  [[noreturn]] static void refuse_shape() {
    throw assay::OptionError("shape", "expected 1 to 8 dimensions and at most 2^28 elements");
  }

  std::uint64_t bits(Use use, std::uint64_t n) const {
    return random_bits(seeds_[static_cast<std::size_t>(use)], n);
  }

  std::int64_t class_of(std::int64_t row) const {
    const std::uint64_t high = bits(Use::classes, static_cast<std::uint64_t>(row)) >> 32;
    return static_cast<std::int64_t>((high * static_cast<std::uint64_t>(classes_)) >> 32);
  }

  // Adds `scale` times the numbers of the centre, or of the noise, with this index.
  void add(Use use, std::int64_t index, float scale, std::span<float> sample) const {
    const std::size_t pairs = (sample.size() + 1) / 2;
    const std::uint64_t first = static_cast<std::uint64_t>(index) * pairs;
    for (std::size_t pair = 0; pair < pairs; ++pair) {
      const std::uint64_t two = bits(use, first + pair);
      sample[2 * pair] += scale * spread(static_cast<std::uint32_t>(two));
      if (2 * pair + 1 < sample.size())
        sample[2 * pair + 1] += scale * spread(static_cast<std::uint32_t>(two >> 32));
    }
  }

  std::int64_t rows_;
  std::int64_t classes_;
  float noise_;
  std::int64_t elements_ = 1;
  assay::Shape shape_;
  std::array<std::uint64_t, 3> seeds_{};  // by use
};

}  // namespace

ASSAY_COMPONENT(Synthetic)
