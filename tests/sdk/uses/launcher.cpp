#include "assay/launcher.h"

namespace {

using namespace assay;

struct Pretending final : Launcher {
  LaunchPlace place() const override { return {.is_this_machine = false, .cores = 2}; }
  void launch(const Work& work, WorkerIds& started) override {
    for (count_ = 0; count_ < work.count; ++count_) started.add(work.name);
  }
  void look(std::span<const std::string_view> ids, WorkerStates& states) override {
    for (std::size_t i = 0; i < ids.size(); ++i) states.set(i, WorkerState::ended, "pretended");
  }
  void stop(std::span<const std::string_view> /*ids*/, int signal) override { count_ = signal; }
  std::int64_t count_ = 0;
};

}  // namespace

int main() {
  Pretending pretending;
  Launcher& launcher = pretending;
  const LaunchPlace place = launcher.place();
  launcher.stop({}, 15);
  return launcher.kind == Kind::launcher && kind_from_name("launcher") == Kind::launcher &&
                 !place.is_this_machine && !place.outlasts_this_process && place.cores == 2 &&
                 pretending.count_ == 15 && launcher.end_events().empty()
             ? 0
             : 1;
}
