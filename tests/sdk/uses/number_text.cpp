#include "assay/number_text.h"

#include <cstdint>
#include <limits>

int main() {
  using assay::counted;
  using assay::grouped;
  const bool right =
      grouped(0) == "0" && grouped(999) == "999" && grouped(1000) == "1,000" &&
      grouped(-999) == "-999" && grouped(-100000) == "-100,000" &&
      grouped(std::numeric_limits<std::int64_t>::max()) == "9,223,372,036,854,775,807" &&
      counted(1, "row") == "1 row" && counted(10000U, "row") == "10,000 rows";
  return right ? 0 : 1;
}
