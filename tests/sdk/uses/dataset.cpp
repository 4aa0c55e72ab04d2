#include "assay/dataset.h"

namespace {

using namespace assay;

struct Rows final : Dataset {
  void describe(DatasetDescription& description) const override {
    constexpr std::string_view classes[] = {"a", "b"};
    constexpr std::int64_t train[] = {0, 1};
    description.samples(2, {3});
    description.classes(classes);
    description.values({});
    description.split("train", train);
  }
  void read_samples(std::span<const std::int64_t> /*rows*/, MatrixView<float>) const override {}
  void read_targets(std::span<const std::int64_t> /*rows*/, TensorView) const override {}
};

struct Description final : DatasetDescription {
  void samples(std::int64_t, const Shape&) override {}
  void classes(std::span<const std::string_view>) override {}
  void values(const Shape&) override {}
  void split(std::string_view, std::span<const std::int64_t>) override {}
};

}  // namespace

int main() {
  const Rows rows;
  Description description;
  rows.describe(description);
  const Target target;
  return rows.samples().empty() && target.classes == 0 && Dataset::kind == Kind::dataset ? 0 : 1;
}
