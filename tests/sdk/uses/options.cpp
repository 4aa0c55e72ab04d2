#include "assay/options.h"

namespace {

using namespace assay;

struct Doubling final : Schedule {
  double value(std::int64_t count) const override { return 2 * static_cast<double>(count); }
};

double sum(const Options& options) {
  double sum = options.rate("rate").at(1) + options.rate("rates", 0).at(1);
  if (options.has("a") && options.boolean("a") && options.boolean("b", 0)) sum += 1;
  sum += options.number("c") + options.number("d", 0);
  sum += static_cast<double>(options.integer("e") + options.integer("f", 0));
  sum += static_cast<double>(options.text("g").size() + options.text("h", 0).size());
  sum += static_cast<double>(options.path("i").size() + options.path("j", 0).size());
  sum += static_cast<double>(options.size("k"));
  if (&options.group("l") == &options.group("m", 0)) sum += 1;
  if (&options.renderer("n") == &options.renderer("o", 0)) sum += 1;
  return options.instruction_set() == InstructionSet::generic ? sum : 0;
}

}  // namespace

int main() {
  const Doubling doubling;
  double (*volatile use)(const Options&) = sum;
  return use != nullptr && Rate(doubling).at(3) == 6 && Rate(0.5).at(3) == 0.5 ? 0 : 1;
}
