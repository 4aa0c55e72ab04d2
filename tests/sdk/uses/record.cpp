#include "assay/record.h"

int main() {
  using namespace assay;
  const NamedValue values[] = {{"rate", TypedValue(0.5)}, {"name", TypedValue("a")}};
  const HyperParameters parameters{values, {}};
  const Record record = record_of({0, "Parameters"}, 1, 1.5, parameters);
  const bool is_whole =
      record.as<HyperParameters>() == &parameters && record.as<Graph>() == nullptr;
  return is_whole && name_of(record.type) == "hyper_parameters" ? 0 : 1;
}
