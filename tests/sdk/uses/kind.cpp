#include "assay/kind.h"

int main() {
  for (const std::string_view name : assay::kind_names)
    if (assay::name_of(assay::kind_from_name(name).value()) != name) return 1;
  return 0;
}
