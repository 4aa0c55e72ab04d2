// `assay eval`: evaluates the trained model of a run.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "assay/number_text.h"
#include "runner/base/words.h"
#include "runner/command_line/commands.h"
#include "runner/command_line/exit_code.h"
#include "runner/command_line/model_arguments.h"
#include "runner/command_line/report.h"
#include "runner/command_line/wrapped_output.h"
#include "runner/plan/value_name.h"

namespace assay::command_line {
namespace {

using inference::MetricValues;

// JSON has no NaN and no infinities. metrics.jsonl writes the same texts.
nlohmann::ordered_json json_number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  return value;
}

nlohmann::ordered_json json_values(const std::vector<double>& values) {
  if (values.size() == 1) return json_number(values.front());
  auto list = nlohmann::ordered_json::array();
  for (const double value : values) list.push_back(json_number(value));
  return list;
}

void print_json(const inference::TrainedModel& model, const std::string& split, std::int64_t rows,
                const std::vector<MetricValues>& metrics) {
  nlohmann::ordered_json json = {
      {"split", split}, {"rows", rows}, {"checkpoint", model.checkpoint().file.path()}};
  if (model.checkpoint().step) json["step"] = *model.checkpoint().step;
  json["values"] = nlohmann::ordered_json::object();
  for (const auto& [name, values] : metrics)
    json["values"][fmt::format("{}.{}", split, name)] = json_values(values);
  std::cout << json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
}

// Numbers are the shortest that read back as the same float64.
std::string text_of(const std::vector<double>& values) {
  return values.size() == 1 ? fmt::format("{}", values.front())
                            : fmt::format("[{}]", fmt::join(values, ", "));
}

void print_text(const std::string& split, std::int64_t rows,
                const std::vector<MetricValues>& metrics) {
  std::cout << fmt::format("{}: {}\n", split, counted(rows, "row"));
  std::size_t longest = 0;
  for (const MetricValues& metric : metrics) longest = std::max(longest, metric.name.size());
  for (const auto& [name, values] : metrics)
    std::cout << fmt::format("  {}.{:<{}}  {}\n", split, name, longest, text_of(values));
  std::cout << std::flush;
}

std::string checkpoint_text(const inference::UsedCheckpoint& checkpoint) {
  return fmt::format(
      "{}{}", checkpoint.step ? fmt::format("step {}, ", grouped(*checkpoint.step)) : std::string(),
      base::shown_path(checkpoint.file.path()));
}

int eval(const Common& common, const ModelArguments& arguments) {
  plugin_host::PluginHost host = make_plugin_host(common);
  const std::string named = arguments.split();
  const auto model = open_model(common, arguments, host);
  if (!model) return usage_error;
  std::vector<std::string> splits;
  if (!named.empty()) splits = {meant_split(*model, named)};
  else if (model->has_other_data()) splits = {std::string(plan::all_rows)};
  else splits = model->data().splits();
  if (!common.json)
    print_wrapped(
        fmt::format("{}: {}", base::one_line(model->name()), checkpoint_text(model->checkpoint())),
        2);
  for (const std::string& split : splits) {
    config::Diagnostics diagnostics;
    const auto rows = model->rows(split, inference::TrainedModel::Targets::needed, diagnostics);
    report(common, diagnostics, arguments.run_folder);
    if (!rows) return usage_error;
    const auto metrics = model->evaluate(*rows);
    if (common.json) print_json(*model, split, rows->count, metrics);
    else print_text(split, rows->count, metrics);
  }
  return done;
}

}  // namespace

void declare_eval(CLI::App& app, const Common& common, Chosen& chosen) {
  const auto arguments = std::make_shared<ModelArguments>();
  CLI::App* command =
      app.add_subcommand("eval", "Print the loss and all metrics of a trained model");
  declare(*command, *arguments);
  command->footer(
      "Without a split, all splits are evaluated, or all rows of other data. Nothing is "
      "written.\n"
      "The run may still be running. With --format json each split is a JSON object on a line.\n"
      "Examples:\n"
      "  assay eval runs/digits/20261103-141500\n"
      "  assay eval runs/digits/20261103-141500 test --checkpoint best\n"
      "  assay eval runs/mine dataset.samples=new.npy dataset.targets=new_labels.npy");
  command->callback(
      [&, arguments] { chosen = [&, arguments] { return eval(common, *arguments); }; });
}

}  // namespace assay::command_line
