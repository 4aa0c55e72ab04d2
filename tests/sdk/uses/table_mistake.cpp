#include "assay/detail/table_mistake.h"

int main() {
  const assay::Parameter table[] = {{.name = "first"}, {.name = "first"}};
  const assay::TableFinding finding = assay::find_mistake(table);
  return finding.mistake == assay::TableMistake::twice && finding.parameter == 1 &&
                 assay::is_kind(assay::Kind::schedule) && assay::bounds_hold_any(table[0]) &&
                 assay::are_choices("sum|mean") && assay::detail::is_among("sum", "sum|mean")
             ? 0
             : 1;
}
