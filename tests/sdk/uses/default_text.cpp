#include "assay/detail/default_text.h"

#include <limits>
#include <string>

namespace {

using assay::detail::DefaultWriter;
using assay::detail::shortest_decimal;

template <class Write>
std::string written(const Write& write) {
  DefaultWriter measure(nullptr);
  write(measure);
  std::string text(measure.size(), ' ');
  DefaultWriter writer(text.data());
  write(writer);
  return text;
}
std::string number(double value) {
  return written([value](DefaultWriter& out) { out.number(value); });
}
std::string text(std::string_view value) {
  return written([value](DefaultWriter& out) { out.text(value); });
}
std::string integer(std::int64_t value) {
  return written([value](DefaultWriter& out) { out.integer(value); });
}

static_assert(shortest_decimal(0.1).digits == 1 && shortest_decimal(0.1).exponent == -1);
static_assert(!shortest_decimal(1.0 / 3).found);
static_assert(!shortest_decimal(std::numeric_limits<double>::infinity()).found);
static_assert(!shortest_decimal(std::numeric_limits<double>::quiet_NaN()).found);
static_assert(!shortest_decimal(std::numeric_limits<double>::denorm_min()).found);

}  // namespace

int main() {
  const bool numbers = number(0) == "0" && number(0.9) == "0.9" && number(-2.5) == "-2.5" &&
                       number(1e-8) == "1e-8" && number(0.001) == "0.001" &&
                       number(1.5e-7) == "1.5e-7" && number(123456.75) == "123456.75" &&
                       number(1e12) == "1e12" && number(100) == "100" && number(3e22) == "3e22" &&
                       number(0.123456789012345) == "0.123456789012345";
  const bool integers = integer(0) == "0" && integer(-40) == "-40" &&
                        integer(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808";
  const bool texts = text("") == "''" && text("test.loss") == "test.loss" &&
                     text("it's") == "'it''s'" && text("a: b") == "'a: b'" &&
                     text("null") == "'null'" && text("1") == "'1'" && text("a, b") == "'a, b'" &&
                     text("assay:digits.csv") == "assay:digits.csv";
  return numbers && integers && texts ? 0 : 1;
}
