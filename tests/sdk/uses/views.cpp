#include "assay/views.h"

int main() {
  const float number = 2;
  const assay::ParameterView parameter{"bias", {1}, assay::Role::bias, {&number, 1}};
  assay::RowsView rows;
  rows.samples = {&number, 1, 1, 1};
  return rows.outputs.empty() && rows.samples.row(0)[0] == parameter.values[0] ? 0 : 1;
}
