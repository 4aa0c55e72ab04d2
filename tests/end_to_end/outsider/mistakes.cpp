// One plugin per mistake that the compiler must report; the build sets one macro.
#include "assay/loss.h"
#include "assay/model.h"
#include "assay/plugin.h"
#include "assay/schedule.h"

#ifndef NAME
#define NAME "sound"
#endif
#ifndef DOC
#define DOC "A schedule."
#endif
#ifndef ABOUT
#define ABOUT static constexpr assay::About about = {.name = NAME, .doc = DOC};
#endif
// A member `first` of the options, and its row of the table.
#ifndef MEMBER
#define MEMBER double first = 1
#endif
#ifndef LIMITS
#define LIMITS
#endif
#ifndef FIRST
#define FIRST assay::option("first", &Options::first, "a value", {LIMITS})
#endif
#ifndef OPTIONS
#define OPTIONS            \
  struct Options {         \
    MEMBER;                \
    std::int64_t last = 1; \
  };
#endif
#ifndef TABLE
#define TABLE \
  static constexpr auto table = assay::options(FIRST, assay::option("last", &Options::last, ""));
#endif
#ifndef BASE
#define BASE \
 public      \
  assay::Schedule
#endif
#ifndef CONSTRUCTOR
#define CONSTRUCTOR \
  explicit Mine(const Options&) {}
#endif
#ifndef VALUE
#define VALUE \
  double value(std::int64_t) const { return 0; }
#endif
#ifndef PLUGIN
#define PLUGIN "sound", "1.0.0", "MIT OR Apache-2.0", Mine
#endif

namespace {

enum class Way { sum, mean };

struct Plain {
  double share = 0.5;
  static constexpr auto table = assay::options(assay::option("share", &Plain::share, "a share"));
};
struct Needy {
  double share = 0.5;
  static constexpr auto table = assay::options(assay::required("share", &Needy::share, "a share"));
};
struct Strange {
  float share = 0.5F;
  static constexpr auto table = assay::options(assay::option("share", &Strange::share, "a share"));
};
struct Unbound {
  double share = 0.5;
};

class Mine : BASE {
 public:
  ABOUT OPTIONS TABLE CONSTRUCTOR VALUE
};

[[maybe_unused]] Plain plain;
[[maybe_unused]] Needy needy;
[[maybe_unused]] Strange strange;
[[maybe_unused]] Unbound unbound;
[[maybe_unused]] Way way;

}  // namespace

#define REGISTER(...) ASSAY_PLUGIN(__VA_ARGS__)
REGISTER(PLUGIN)
