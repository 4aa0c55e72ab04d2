// A schedule that throws control sequences for the terminal (WORDS, set by the build) when it is
// created. Such texts in its tables would not compile.
#include <string>

#include "assay/error.h"
#include "assay/plugin.h"
#include "assay/schedule.h"

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)

namespace {

std::string words() {
  const std::string which = TEXT(WORDS);
  if (which == "coloured") return "\x1b[31mred\r\nthe next line\a \xff \u202Edesrever";
  if (which == "endless") return std::string(1 << 20, 'x');
  return {};
}

class Schedule final : public assay::Schedule {
 public:
  static constexpr assay::About about = {.name = "rude", .doc = "Has a title."};
  struct Options {
    double height = 1;
  };
  static constexpr auto table =
      assay::options(assay::option("height", &Options::height, "Clears nothing."));
  explicit Schedule(const Options& /*options*/) { throw assay::Error(words()); }
  double value(std::int64_t /*count*/) const override { return 0.1; }
};

}  // namespace

ASSAY_PLUGIN("rude", "1.0.0", "MIT", Schedule)
