// A schedule that starts threads. HOW, set by the build, says where it starts them, and if they
// end.
#include <atomic>
#include <chrono>
#include <stop_token>
#include <string_view>
#include <thread>

#include "assay/plugin.h"
#include "assay/schedule.h"

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)

namespace {

constexpr std::string_view how = TEXT(HOW);

void start_and_forget() {
  std::thread([] {
    for (;;) std::this_thread::sleep_for(std::chrono::seconds(1));
  }).detach();
}

int sum_by_openmp([[maybe_unused]] int count) {
  int sum = 0;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(3) reduction(+ : sum)
#endif
  for (int i = 0; i < count; ++i) sum += i;
  return sum;
}

class Schedule final : public assay::Schedule {
 public:
  static constexpr assay::About about = {.name = "threaded", .doc = "Starts threads."};
  Schedule() {
    if (how == "constructor") start_and_forget();
    if (how == "ended_by_destructor")
      worker_ = std::jthread([](const std::stop_token& end) {
        while (!end.stop_requested()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      });
  }
  ~Schedule() override {
    if (how == "destructor") start_and_forget();
  }
  double value(std::int64_t count) const override {
    if (how == "call" && !started_.exchange(true)) start_and_forget();
    if (how == "joined" && count == 5) std::thread([] {}).join();
    if (how == "openmp") return sum_by_openmp(100);
    return 0.1;
  }

 private:
  inline static std::atomic<bool> started_ = false;
  std::jthread worker_;
};

}  // namespace

ASSAY_PLUGIN("threaded", "1.0.0", "MIT", Schedule)
