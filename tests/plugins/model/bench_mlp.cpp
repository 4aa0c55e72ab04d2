// Measures how fast the model computes the tutorial's network on one thread; it is not a test. It
// counts only useful flops (2 per multiply-add): padding, activations and packing count as time,
// not as work.
//
//   meson test --benchmark -C build -v mlp_kernels
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <string_view>
#include <vector>

#include "assay/loss.h"
#include "tests/plugins/model/run.h"

using namespace assay;
using namespace assay::test;

namespace {

double best_seconds(const std::function<void()>& work) {
  using clock = std::chrono::steady_clock;
  double best = 1e9;
  for (int i = 0; i < 300; ++i) {
    const auto start = clock::now();
    work();
    best = std::min(best, std::chrono::duration<double>(clock::now() - start).count());
  }
  return best;
}

void report(const char* what, double flops, double seconds) {
  std::printf("%-36s %9.1f us", what, seconds * 1e6);
  if (flops > 0) std::printf(" %8.1f GF/s", flops / seconds * 1e-9);
  std::printf("\n");
}

void measure(InstructionSet set) {
  constexpr std::int64_t train = 1347, test = 450, classes = 10;
  ModelRun run("{}", {64}, classes, set);
  run.fill_parameters(1);
  const std::int64_t block = run.model().block_rows();
  const auto x = numbers(static_cast<std::size_t>((train + test) * 64), 2, 4);
  std::vector<std::int32_t> targets(static_cast<std::size_t>(train + test));
  for (std::size_t i = 0; i < targets.size(); ++i) targets[i] = static_cast<std::int32_t>(i % 10);
  const auto loss = make<Loss>("softmax_cross_entropy", "{}", set);

  const MatrixView<const float> samples{x.data(), train + test, 64, 64};
  std::vector<float> z(static_cast<std::size_t>((train + test) * classes)), d(z);
  const MatrixView<float> outputs{z.data(), train + test, classes, classes};
  const MatrixView<float> d_outputs{d.data(), train + test, classes, classes};
  const ConstTensorView classes_of(targets.data(), DType::int32, {train + test});

  const auto blocks = [&](std::int64_t first, std::int64_t last, const auto& work) {
    for (std::int64_t row = first; row < last; row += block) work(row, std::min(block, last - row));
  };
  const auto forward = [&](std::int64_t row, std::int64_t count) {
    run.forward(samples.slice(row, count), outputs.slice(row, count));
  };
  const auto evaluate = [&](std::int64_t row, std::int64_t count) {
    loss->evaluate(outputs.slice(row, count), classes_of.rows(row, count));
  };
  const auto gradient = [&](std::int64_t row, std::int64_t count) {
    loss->gradient(outputs.slice(row, count), classes_of.rows(row, count),
                   d_outputs.slice(row, count));
  };
  const auto backward = [&](std::int64_t row, std::int64_t count) {
    run.backward(samples.slice(row, count), d_outputs.slice(row, count));
  };

  const double weights = 64 * 100 + 100 * 100 + 100 * 10;
  const double once = 2 * weights, back = 2 * (2 * weights - 64 * 100);
  const auto rows = static_cast<double>(block);
  std::printf("64-100-100-10, blocks of %g rows, %s\n", rows, name_of(set).data());
  forward(0, block);
  gradient(0, block);
  report("forward, one block", once * rows, best_seconds([&] { forward(0, block); }));
  report("backward, one block", back * rows, best_seconds([&] { backward(0, block); }));
  report("forward + backward, one block", (once + back) * rows, best_seconds([&] {
           forward(0, block);
           backward(0, block);
         }));
  report("loss, 1347 rows with gradient + 450", 0, best_seconds([&] {
           blocks(0, train, gradient);
           blocks(train, train + test, evaluate);
         }));
  report("step with evaluation", (once + back) * train + once * test, best_seconds([&] {
           blocks(0, train, [&](std::int64_t row, std::int64_t count) {
             forward(row, count);
             gradient(row, count);
             backward(row, count);
           });
           blocks(train, train + test, [&](std::int64_t row, std::int64_t count) {
             forward(row, count);
             evaluate(row, count);
           });
         }));
}

}  // namespace

int main() {
  for (const InstructionSet set : instruction_sets()) measure(set);
}
