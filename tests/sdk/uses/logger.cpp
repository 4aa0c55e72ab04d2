#include "assay/logger.h"

namespace {

using namespace assay;

struct Silent final : Logger {
  void open(LoggerContext& context) override {
    LogFile& file = context.create(context.run_name());
    file.append({});
    context.terminal().print(file.path());
    if (context.terminal().interactive() && context.terminal().colours())
      context.terminal().status(
          context.run_folder().substr(0, static_cast<std::size_t>(context.terminal().columns())));
    seconds_ = context.start_time();
    steps_ = context.total_steps() - context.first_step() + file.position();
  }
  double seconds_ = 0;
  std::int64_t steps_ = 0;
};

}  // namespace

int main() {
  Silent silent;
  Logger& logger = silent;
  logger.scalar({});
  logger.image({});
  logger.markdown({});
  logger.progress({});
  logger.flush();
  logger.close(Outcome::finished);
  return logger.kind == Kind::logger ? 0 : 1;
}
