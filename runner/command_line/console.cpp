#include "runner/command_line/console.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "assay/number_text.h"
#include "runner/command_line/model_tree.h"
#include "runner/command_line/report.h"
#include "runner/command_line/signals.h"
#include "runner/command_line/wrapped_output.h"

namespace assay::command_line {

void Console::on_lost(StandardTerminal::Lost lost) {
  lost_ = std::move(lost);
  if (lost_ && !lost_before_.empty()) lost_(std::exchange(lost_before_, {}));
}

void Console::say(const Lines& lines) {
  terminal_.status({});  // its phase of reporting progress is over
  terminal_.print(lines(output_columns()));
}

void Console::problem(config::Severity severity, const std::string& message) {
  terminal_.error(command_line::problem(common_, severity, message));
}

void Console::reached(run::Stage stage) {
  switch (stage) {
    case run::Stage::training: return answer_interrupts_with("stopping after this step");
    case run::Stage::saving: return answer_interrupts_with("saving the weights");
    case run::Stage::closing_loggers:
      return answer_interrupts_with(
          "closing the loggers, without the pictures that are not drawn yet");
    case run::Stage::waiting_for_git: return answer_interrupts_with("waiting for git");
    case run::Stage::ending: return answer_interrupts_with("ending");
  }
}

void Console::has_processes(pid_t group) { end_together_with(group); }

void Console::progressed(const Progress& progress, double batch_loss) {
  progress_.write({progress.step, progress.total_steps, progress.steps_per_second, batch_loss});
}

void Console::draws(std::size_t pictures_left) {
  // The last column stays free: some terminals wrap as soon as it is written.
  const int room = std::max(terminal_.columns() - 1, 0);
  terminal_.status(base::cut(fmt::format("drawing: {} left", counted(pictures_left, "picture")),
                             static_cast<std::size_t>(room)));
}

void Console::trained(const std::string& model_type, const train::ModelDescription& model,
                      const state::ParameterMemory& weights) {
  if (!describe_) return;
  const auto values = [&](std::size_t parameter) { return weights.values(parameter); };
  terminal_.print(model_tree(model_type, model, values, output_columns()));
}

void Console::out_of_memory() noexcept {
  constexpr std::string_view words = "assay: error: out of memory\n";
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, words.data(), words.size());
}

}  // namespace assay::command_line
