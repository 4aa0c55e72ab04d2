// One plugin per mistake that the compiler must report; the build sets one macro.
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
#ifndef FIRST
#define FIRST
#endif
#ifndef TABLE
#define TABLE \
  static constexpr assay::Parameter parameters[2] = {{.name = "first", FIRST}, {.name = "last"}};
#endif
#ifndef BASE
#define BASE \
 public      \
  assay::Schedule
#endif
#ifndef CONSTRUCTOR
#define CONSTRUCTOR \
  explicit Mine(const assay::Options&) {}
#endif
#ifndef VALUE
#define VALUE \
  double value(std::int64_t) const { return 0; }
#endif
#ifndef PLUGIN
#define PLUGIN "sound", "1.0.0", "MIT OR Apache-2.0", Mine
#endif

namespace {

using enum assay::ParameterType;

[[maybe_unused]] constexpr assay::Parameter plain[1] = {{.name = "plain"}};
[[maybe_unused]] constexpr assay::Parameter looped[1] = {
    {.name = "looped", .type = group, .members = looped, .member_count = 1}};

class Mine : BASE {
 public:
  ABOUT TABLE CONSTRUCTOR VALUE
};

}  // namespace

#define REGISTER(...) ASSAY_PLUGIN(__VA_ARGS__)
REGISTER(PLUGIN)
