#include "runner/command_line/overview.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "runner/base/utf8.h"
#include "runner/base/words.h"
#include "runner/command_line/model_tree.h"
#include "runner/experiment/memory_use.h"
#include "runner/hooks/timetable.h"
#include "runner/hooks/trigger.h"
#include "runner/plan/canonical.h"
#include "runner/plan/tag.h"
#include "runner/run/summary.h"

namespace assay::command_line {
namespace {

constexpr std::size_t shown_firings = 3;

std::string bytes_text(std::size_t bytes) {
  return base::bytes_text(static_cast<std::int64_t>(bytes));
}

std::string training(const plan::Plan& plan, const experiment::Experiment& experiment) {
  const data::Batches& batches = *experiment.batches;
  const std::int64_t per_epoch = batches.steps_per_epoch();
  const std::int64_t whole = experiment.steps / per_epoch;
  const std::int64_t rest = experiment.steps % per_epoch;
  const std::string epochs =
      rest == 0 ? counted(whole, "epoch")
                : fmt::format("{} and {}", counted(whole, "epoch"), counted(rest, "step"));
  return fmt::format(
      "{}: {} of {}; {}; {}", counted(experiment.steps, "step"), epochs, counted(per_epoch, "step"),
      batches.whole() ? fmt::format("all {} rows at once", grouped(batches.rows()))
                      : fmt::format("batches of {} rows, {}", grouped(batches.batch_size()),
                                    plan.train.shuffle ? "shuffled" : "in order"),
      run::learning_text(plan));
}

std::string work(const experiment::Experiment& experiment, const plugin_host::PluginHost& host) {
  const train::Lanes lanes(experiment.batches->batch_size(), experiment.network->rule());
  return fmt::format("{} for {}, blocks of {}, {} kernels",
                     counted(experiment.team->size(), "thread"), counted(lanes.count(), "lane"),
                     counted(lanes.block_rows(), "row"), name_of(host.instructions()));
}

// Returns numbers as texts of three digits, or of as many as it takes to tell apart those that
// differ in the first nine.
std::array<std::string, 3> told_apart(const std::array<double, 3>& numbers) {
  constexpr int fewest = 3, most = 9;
  const auto texts = [&](int digits) {
    std::array<std::string, 3> result;
    for (std::size_t i = 0; i < result.size(); ++i)
      result[i] = fmt::format("{:.{}g}", numbers[i], digits);
    return result;
  };
  const auto differences = [](const std::array<std::string, 3>& t) {
    return std::array{t[0] != t[1], t[1] != t[2], t[0] != t[2]};
  };
  const auto all = differences(texts(most));
  int digits = fewest;
  while (digits < most && differences(texts(digits)) != all) ++digits;
  return texts(digits);
}

// "learning_rate 0 -> 0.003 at step 51 -> 0.0001"
std::string rate_text(const experiment::RateCourse& course, std::int64_t steps) {
  const auto [first, peak, last] = told_apart({course.first, course.peak, course.last});
  std::string text = fmt::format("{} {}", course.name, first);
  const bool rises = peak != first && course.peak_step < steps;
  if (rises) text += fmt::format(" -> {} at step {}", peak, grouped(course.peak_step));
  if (last != (rises ? peak : first)) text += " -> " + last;
  if (course.looked_at < steps)
    text += fmt::format(" ({} of {} checked)", grouped(course.looked_at), counted(steps, "step"));
  return text;
}

std::string memory(const experiment::MemoryUse& use) {
  return fmt::format(
      "{}: weights {}, gradients {}, optimizer {}, checkpoint {}, workspaces {}, rows {}, pictures "
      "{}, program {}",
      bytes_text(use.total()), bytes_text(use.weights), bytes_text(use.gradients),
      bytes_text(use.slots), bytes_text(use.snapshot), bytes_text(use.workspaces),
      bytes_text(use.data), bytes_text(use.pictures), bytes_text(use.program));
}

// Returns lines on the weights that the model begins with, and on those that are trained; none if
// all are random and trained alike.
std::vector<std::string> weight_lines(const experiment::Experiment& experiment) {
  std::vector<std::string> lines =
      experiment::choice_lines(experiment.choice, experiment.network->description());
  if (experiment.initial)
    lines.insert(lines.begin(), "from " + experiment::described(*experiment.initial));
  return lines;
}

std::string best_text(const plan::BestPlan& best) {
  return fmt::format("the checkpoint with the {} {} is kept",
                     best.mode == plan::BestPlan::Mode::min ? "smallest" : "largest", best.value);
}

// A row of the timetable: a hook, and its action when it fires.
using Row = std::array<std::string, 4>;

// Returns the text on one line, with C escapes.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '\n') result += "\\n";
    else if (c == '\t') result += "\\t";
    else if (c == '\r') result += "\\r";
    else if (code < 0x20 || code == 0x7F) result += fmt::format("\\x{:02x}", code);
    else result += c;
  }
  return base::harmless(result);
}

// Aligns the columns, the second one to the right. On a terminal a hook's name takes at most a
// quarter of the line, and text that does not fit is cut. Elsewhere a long name shifts only its own
// row.
std::vector<std::string> aligned(std::vector<Row> rows, base::Columns columns) {
  constexpr std::size_t widest_cell = 40, margin = 2;
  const auto room = static_cast<std::size_t>(std::max(columns.value_or(0), 1));
  std::array<std::size_t, 4> widths = {};
  for (Row& row : rows) {
    if (columns) row[0] = base::cut(row[0], std::max<std::size_t>(room / 4, 4));
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], std::min(base::width(row[i]), widest_cell));
  }
  std::vector<std::string> lines;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::size_t used = base::width(row[i]);
      const std::string blanks(widths[i] > used ? widths[i] - used : 0, ' ');
      const bool last = i + 1 == row.size();
      line += i == 1 ? blanks + row[i] : row[i] + (last ? "" : blanks);
      if (!last) line += "  ";
    }
    lines.push_back(columns ? base::cut(line, room - std::min(room, margin)) : line);
  }
  return lines;
}

std::string steps_text(const hooks::Timetable& timetable) {
  const auto count = static_cast<std::size_t>(timetable.count());
  if (count == 0) return "none of this run";
  const bool all = count <= shown_firings + 1;
  const auto first = timetable.first(all ? count : shown_firings);
  return fmt::format("{}{}", fmt::join(first, ", "),
                     all ? "" : fmt::format(", ... {}", *timetable.last()));
}

// Returns the tag as it appears in the logs: for the first few firings, if it changes with the
// step.
std::string tag_text(const plan::Tag& tag, const hooks::Timetable& timetable,
                     std::int64_t steps_per_epoch) {
  std::vector<std::string> tags;
  for (const std::int64_t step : timetable.first(shown_firings)) {
    std::string text =
        fmt::format("\"{}\"", escaped(tag.at(step, hooks::epoch_of(step, steps_per_epoch))));
    if (std::ranges::count(tags, text) == 0) tags.push_back(std::move(text));
  }
  if (tags.empty()) tags.push_back(fmt::format("\"{}\"", escaped(tag.written())));
  const bool more = tags.size() > 1 && timetable.count() > static_cast<int>(shown_firings);
  return fmt::format("{}{}", fmt::join(tags, ", "), more ? ", ..." : "");
}

std::string writes(const plan::HookPlan& plan, const hooks::PreparedHook& hook,
                   const hooks::Timetable& timetable, std::int64_t steps_per_epoch) {
  std::vector<std::string> tags;
  for (const plan::HookTag& given : plan::tags_of(plan))
    tags.push_back(tag_text(given.tag, timetable, steps_per_epoch));
  const std::string tag =
      tags.empty() ? plan.component.type : fmt::format("{}", fmt::join(tags, ", "));
  std::vector<std::string> sources;
  for (const hooks::ValueNeed& need : hook.values) {
    const plan::SplitValue* value = need.of_split();
    const bool as_written = value == nullptr || value->split == need.name.owner();
    sources.push_back(as_written ? need.name.text()
                                 : fmt::format("{} ({})", need.name.text(), value->split));
  }
  for (const hooks::PictureNeed& picture : hook.pictures) {
    std::vector<std::string> drawn;
    for (const hooks::RowsNeed& need : picture.needed.rows) drawn.push_back(need.split);
    for (const hooks::WeightsNeed& need : picture.needed.weights) drawn.push_back(need.parameter);
    sources.push_back(
        drawn.empty() ? picture.handle.name()
                      : fmt::format("{} of {}", picture.handle.name(), fmt::join(drawn, " and ")));
  }
  return fmt::format("{}{}{}", tag, sources.empty() ? "" : ": ", fmt::join(sources, ", "));
}

std::vector<std::string> timetable(const plan::Plan& plan, const experiment::Experiment& experiment,
                                   base::Columns columns) {
  const std::int64_t steps_per_epoch = experiment.batches->steps_per_epoch();
  std::vector<Row> rows = {{"hook", "times", "at steps", "writes"}};
  for (std::size_t i = 0; i < plan.hooks.size(); ++i) {
    const hooks::Timetable timetable(plan.hooks[i].trigger, experiment.steps, steps_per_epoch);
    rows.push_back({plan.hooks[i].name, grouped(timetable.count()), steps_text(timetable),
                    writes(plan.hooks[i], experiment.hooks[i], timetable, steps_per_epoch)});
  }
  return aligned(std::move(rows), columns);
}

}  // namespace

std::string overview(const plan::Plan& plan, const experiment::Experiment& experiment,
                     const plugin_host::PluginHost& host, base::Columns columns) {
  constexpr std::size_t text_column = 10;
  std::vector<std::string> lines;
  const auto line = [&](std::string_view name, std::string_view text, std::size_t indent = 0) {
    lines.push_back(
        base::wrapped(fmt::format("  {:<8}{}", name, text), columns, text_column + indent));
  };
  line("digest", plan::digest(plan));
  line("folder", escaped(plan.run_dir));
  line("data", run::data_text(plan, experiment));
  line("train", training(plan, experiment));
  std::string_view rate = "rate";
  for (const experiment::RateCourse& course : experiment.courses) {
    line(rate, rate_text(course, experiment.steps));
    rate = "";
  }
  std::string_view weights = "weights";
  for (const std::string& text : weight_lines(experiment)) {
    line(weights, text);
    weights = "";
  }
  if (plan.checkpoints.best) line("best", best_text(*plan.checkpoints.best));
  line("work", work(experiment, host));
  line("memory", memory(experiment::memory_use(experiment)));
  std::vector<std::string> loggers;
  for (const plan::NamedComponent& logger : plan.loggers) loggers.push_back(logger.component.type);
  line("loggers", loggers.empty() ? "none" : fmt::format("{}", fmt::join(loggers, ", ")));
  std::string_view name = "model";
  const std::string tree = model_tree(plan.model.type, experiment.network->description(), {});
  for (std::size_t begin = 0; begin < tree.size(); name = "") {
    const std::size_t end = std::min(tree.find('\n', begin), tree.size());
    line(name, std::string_view(tree).substr(begin, end - begin), 3);
    begin = end + 1;
  }
  if (!plan.hooks.empty()) {
    lines.emplace_back();
    for (const std::string& row : timetable(plan, experiment, columns)) lines.push_back("  " + row);
  }
  return fmt::format("{}", fmt::join(lines, "\n"));
}

}  // namespace assay::command_line
