#include "assay/error.h"

int main() {
  try {
    throw assay::OptionError("rate", "too large");
  } catch (const assay::Error& error) {
    const auto* option = dynamic_cast<const assay::OptionError*>(&error);
    return option != nullptr && option->option() == "rate" ? 0 : 1;
  }
}
