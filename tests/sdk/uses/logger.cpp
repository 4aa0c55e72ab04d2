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
    for (const PlanEntry& entry : context.plan()) file.append(std::as_bytes(std::span(entry.yaml)));
    for (const DeclaredTag& tag : context.tags()) steps_ += tag.type == ContentType::image ? 1 : 0;
    for (const SplitSize& split : context.splits()) steps_ += split.rows;
    if (context.plan_yaml().empty() && context.class_names().empty())
      steps_ += static_cast<std::int64_t>(context.graph().nodes.size());
  }
  double seconds_ = 0;
  std::int64_t steps_ = 0;
};

}  // namespace

int main() {
  Silent silent;
  Logger& logger = silent;
  logger.record({});
  logger.progress({});
  logger.flush();
  logger.close(Outcome::finished);
  return logger.kind == Kind::logger ? 0 : 1;
}
