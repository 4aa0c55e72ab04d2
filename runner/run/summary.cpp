#include "runner/run/summary.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "runner/base/words.h"

namespace assay::run {
namespace {

constexpr std::size_t text_column = 10;  // of the opening lines

std::string split_sizes(const experiment::Experiment& experiment) {
  std::vector<std::string> parts;
  for (const auto& [name, rows] : experiment.split_sizes)
    parts.insert(name == "train" ? parts.begin() : parts.end(),
                 fmt::format("{} {}", grouped(rows), name));
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string threads_at_most(const experiment::Experiment& experiment) {
  const int threads = experiment.team->size();
  return fmt::format("{}{}", threads > 1 ? "up to " : "", counted(threads, "thread"));
}

// Returns how many threads worked: "2 threads", or "1.3 of 2 threads" if not all of them were used
// all the time.
std::string threads_text(const RunRecord& record) {
  const std::string all = counted(record.threads, "thread");
  const std::string mean = fmt::format("{:.1f}", record.mean_threads);
  return mean == fmt::format("{:.1f}", static_cast<double>(record.threads))
             ? all
             : fmt::format("{} of {}", mean, all);
}

bool has_event_file(const std::filesystem::path& folder) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error))
    if (entry->path().filename().native().starts_with("events.out.tfevents")) return true;
  return false;
}

// Returns "; standardize, crop -> 6x6", or nothing if there are no transforms.
std::string transforms_text(const plan::Plan& plan, const train::Transforms& transforms) {
  if (plan.transforms.empty()) return {};
  std::vector<std::string> types;
  for (const plan::NamedComponent& transform : plan.transforms)
    types.push_back(transform.component.type);
  return fmt::format("; {} -> {}", fmt::join(types, ", "), base::shape_text(transforms.shape()));
}

}  // namespace

std::string data_text(const plan::Plan& plan, const experiment::Experiment& experiment) {
  return fmt::format("{}: {} rows of {}{}{}", plan.dataset.type, split_sizes(experiment),
                     base::shape_text(experiment.data.sample_shape),
                     experiment.data.target.classes > 0
                         ? fmt::format(", {} classes", grouped(experiment.data.target.classes))
                         : "",
                     transforms_text(plan, experiment.network->transforms()));
}

std::string learning_text(const plan::Plan& plan) {
  std::string text = plan.loss.type + ", ";
  for (const plan::NamedComponent& transform : plan.gradient_transforms)
    text += transform.component.type + ", ";
  return text + plan.optimizer.type;
}

std::pair<std::string, std::string> best_text(const Best& best) {
  return {"best " + best.value, fmt::format("{:.6g} at step {}: checkpoints/{}", best.number,
                                            grouped(best.step), checkpoint_name(best.step))};
}

std::string opening_lines(const plan::Plan& plan, const experiment::Experiment& experiment,
                          const plugin_host::PluginHost& host, const std::filesystem::path& folder,
                          base::Columns columns) {
  const train::ModelDescription& model = experiment.network->description();
  std::vector<std::string> lines;
  lines.push_back(columns ? base::cut(plan.name, static_cast<std::size_t>(*columns)) : plan.name);
  lines.push_back(fmt::format("  data    {}", data_text(plan, experiment)));
  lines.push_back(fmt::format("  model   {}: {}, {} parameters; {}", plan.model.type,
                              counted(static_cast<std::int64_t>(model.layers.size()), "layer"),
                              grouped(model.parameter_count()), learning_text(plan)));
  lines.push_back(fmt::format("  train   {} of {} rows; {}, {} kernels",
                              counted(experiment.steps, "step"),
                              grouped(experiment.batches->batch_size()),
                              threads_at_most(experiment), name_of(host.instructions())));
  for (std::string& line : lines) line = base::wrapped(line, columns, text_column);
  lines.push_back(
      fmt::format("  folder  {}", base::one_line(base::path_as_given(folder, plan.run_dir))));
  return fmt::format("{}", fmt::join(lines, "\n"));
}

std::string closing_lines(const plan::Plan& plan, const RunRecord& record,
                          const base::Folder& folder, base::Columns columns) {
  const auto path_text = [&](const std::filesystem::path& path) {
    return base::one_line(base::path_as_given(path, plan.run_dir));
  };
  std::vector<std::string> lines;
  const double rate =
      record.training_seconds > 0 ? static_cast<double>(record.steps) / record.training_seconds : 0;
  lines.push_back(fmt::format(
      "{} after {}, {:.2f} s, {} steps a second, {}{}", record.state, counted(record.steps, "step"),
      record.training_seconds,
      rate < 10 ? fmt::format("{:.2g}", rate) : grouped(static_cast<std::int64_t>(rate)),
      threads_text(record),
      record.state != "failed" && !record.reason.empty() ? fmt::format(" ({})", record.reason)
                                                         : ""));
  lines.back() = base::wrapped(lines.back(), columns, 2);
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const auto& [tag, value] : record.final_values)
    pairs.emplace_back(tag, std::isnan(value) ? "nan" : fmt::format("{:.6g}", value));
  if (record.best) pairs.emplace_back(best_text(*record.best));
  if (const auto now = folder.current_path()) {
    pairs.emplace_back("run folder", path_text(*now));
    if (*now != folder.path())
      pairs.emplace_back("", fmt::format("(it was renamed; it was {})", path_text(folder.path())));
    if (has_event_file(*now))
      pairs.emplace_back(
          "TensorBoard",
          fmt::format("{} view {}",
                      base::shown_path(std::filesystem::read_symlink("/proc/self/exe")),
                      base::shell_quoted(base::path_as_given(now->parent_path(), plan.run_dir))));
  } else {
    pairs.emplace_back("run folder", fmt::format("{} (it was removed while the run wrote to it)",
                                                 path_text(folder.path())));
  }
  for (std::string& line : base::labelled(pairs, columns)) lines.push_back(std::move(line));
  return fmt::format("{}", fmt::join(lines, "\n"));
}

}  // namespace assay::run
