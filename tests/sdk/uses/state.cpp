#include "assay/state.h"

namespace {

using namespace assay;

struct Memory final : State {
  double numbers[4] = {};
  std::int64_t count = 0;
  double& number(std::string_view, double initial) override { return numbers[0] = initial; }
  std::int64_t& integer(std::string_view, std::int64_t initial) override { return count = initial; }
  using State::tensor;
  TensorView tensor(std::string_view, DType dtype, const Shape& shape) override {
    return {numbers, dtype, shape};
  }
};

struct Counter final : Stateful {
  std::int64_t* count = nullptr;
  std::span<double> sums;
  void declare_state(State& state) override {
    count = &state.integer("count", 7);
    sums = state.tensor<double>("sums", {4});
    state.number("first", 0.5);
  }
};

}  // namespace

int main() {
  Memory memory;
  Counter counter;
  Stateful& stateful = counter;
  stateful.declare_state(memory);
  return *counter.count == 7 && counter.sums.size() == 4 && counter.sums[0] == 0.5 &&
                 Stateful::serves(Kind::hook) && Stateful::facet == FacetId::stateful
             ? 0
             : 1;
}
