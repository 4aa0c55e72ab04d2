// A source file of a pack: the schedule NAME, which is NUMBER throughout, and with MORE four
// others.
#include "assay/plugin.h"
#include "assay/schedule.h"

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)

namespace {

class First final : public assay::Schedule {
 public:
  static constexpr assay::About about = {.name = TEXT(NAME), .doc = "A number."};
  double value(std::int64_t /*count*/) const override { return NUMBER; }
};

template <char letter>
class More final : public assay::Schedule {
 public:
  static constexpr char name[] = {letter, '_', 'm', 'o', 'r', 'e', '\0'};
  static constexpr assay::About about = {.name = name, .doc = "Another number."};
  double value(std::int64_t /*count*/) const override { return letter; }
};

}  // namespace

#ifdef MORE
ASSAY_COMPONENT(First, More<'a'>, More<'b'>, More<'c'>, More<'d'>)
#else
ASSAY_COMPONENT(First)
#endif
