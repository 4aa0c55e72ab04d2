#include "assay/detail/option_source.h"

int main() {
  constexpr assay::detail::OptionKey whole{"decay"}, element{"decays", 2};
  double (*volatile read)(const assay::detail::OptionSource&) =
      [](const assay::detail::OptionSource& source) { return source.number({"decay"}); };
  return read != nullptr && whole.index == assay::detail::OptionKey::whole && element.index == 2
             ? 0
             : 1;
}
