#include "assay/slots.h"

namespace {

struct Counting final : assay::Slots {
  int slot(std::string_view, float) override { return count++; }
  int count = 0;
};

}  // namespace

int main() {
  Counting counting;
  assay::Slots& slots = counting;
  return slots.slot("mu", 0) == 0 && slots.slot("nu", 0.1F) == 1 ? 0 : 1;
}
