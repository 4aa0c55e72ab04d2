#include "assay/facet.h"

int main() {
  const assay::Facet facet = {assay::FacetId::stateful, nullptr};
  return assay::name_of(facet.id) == "stateful" && facet.of == nullptr ? 0 : 1;
}
