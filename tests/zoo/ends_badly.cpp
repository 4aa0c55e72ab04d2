// A schedule that crashes or hangs: HOW (aborts, exits, hangs, throws, overflows, crashes, devours)
// at the place WHERE (static_constructor, factory, destructor, or call: of any step except the
// first, whose value is requested before training). The build sets both.
#include <chrono>
#include <cstdlib>
#include <exception>
#include <string>
#include <thread>
#include <vector>

#include "assay/error.h"
#include "assay/plugin.h"
#include "assay/schedule.h"

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)

namespace {

constexpr std::string_view where = TEXT(WHERE);
constexpr std::string_view how = TEXT(HOW);

struct WithoutText final : std::exception {
  const char* what() const noexcept override { return nullptr; }
};

int deep(volatile int* depth) {
  volatile int frame[1024];
  frame[0] = *depth + 1;
  return deep(frame) + frame[1];
}

void end_badly() {
  if (how == "aborts") std::abort();
  if (how == "exits") std::exit(0);
  if (how == "hangs")
    for (;;) std::this_thread::sleep_for(std::chrono::seconds(1));
  if (how == "throws") throw assay::Error("thrown on purpose");
  if (how == "throws_a_number") throw 7;
  if (how == "throws_bytes") throw assay::Error("\xff\x1b[31mred");
  if (how == "throws_without_text") throw WithoutText();
  if (how == "crashes") {
    volatile int* volatile nowhere = nullptr;  // otherwise a compiler may remove the store
    *nowhere = 1;
  }
  if (how == "overflows") {
    volatile int depth = 0;
    deep(&depth);
  }
  if (how == "devours") {
    static std::vector<std::string> all;
    for (;;) all.emplace_back(std::size_t{1} << 26, 'x');
  }
}

[[maybe_unused]] const bool loaded = [] {
  if (where == "static_constructor") end_badly();
  return true;
}();

class Schedule final : public assay::Schedule {
 public:
  static constexpr assay::About about = {.name = TEXT(HOW), .doc = "Ends badly."};
  Schedule() {
    if (where == "factory") end_badly();
  }
  ~Schedule() override {
    if (where == "destructor") end_badly();
  }
  double value(std::int64_t count) const override {
    if (where == "call" && count > 0) end_badly();
    return 0.1;
  }
};

}  // namespace

ASSAY_PLUGIN("ends_badly", "1.0.0", "MIT", Schedule)
