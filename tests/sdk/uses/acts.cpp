#include "assay/acts.h"

namespace {

using namespace assay;

struct Log final : Actions {
  double factor = 1;
  int calls = 0;
  void stop(std::string_view) override { ++calls; }
  void save(std::string_view) override { ++calls; }
  void restore(std::string_view) override { ++calls; }
  void set_rate_factor(double to) override { factor = to; }
};

struct Acting final : Acts {
  void act(Actions& actions) override {
    actions.save("best");
    actions.restore("best");
    actions.set_rate_factor(0.5);
    actions.stop("enough");
  }
};

}  // namespace

int main() {
  Log log;
  Acting acting;
  Acts& acts = acting;
  acts.act(log);
  return log.calls == 3 && log.factor == 0.5 && Acts::serves(Kind::hook) ? 0 : 1;
}
