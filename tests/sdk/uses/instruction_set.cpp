#include "assay/instruction_set.h"

int main() {
  for (const std::string_view name : assay::instruction_set_names)
    if (assay::name_of(assay::instruction_set_named(name).value()) != name) return 1;
  return 0;
}
