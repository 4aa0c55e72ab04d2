#include "assay/host.h"

namespace {

struct Fast final : assay::Host {
  assay::InstructionSet instruction_set() const override { return assay::InstructionSet::avx2; }
};

}  // namespace

int main() {
  const Fast fast;
  const assay::Host& host = fast;
  return host.instruction_set() == assay::InstructionSet::avx2 ? 0 : 1;
}
