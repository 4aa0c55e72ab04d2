#include "runner/command_line/model_arguments.h"

#include <fmt/format.h>

#include "assay/error.h"
#include "runner/command_line/arguments.h"
#include "runner/command_line/report.h"
#include "runner/command_line/usage_error.h"

namespace assay::command_line {

std::string ModelArguments::split() const {
  std::string split;
  for (const std::string& argument : data) {
    if (is_override(argument)) continue;
    if (!split.empty())
      throw UsageError(fmt::format("'{}' and '{}': expected one split at most", split, argument));
    split = argument;
  }
  return split;
}

std::vector<std::string> ModelArguments::settings() const {
  std::vector<std::string> settings;
  for (const std::string& argument : data)
    if (is_override(argument)) settings.push_back(argument);
  return settings;
}

void declare(CLI::App& command, ModelArguments& arguments) {
  command.add_option("RUN_DIR", arguments.run_folder, "The folder of the run")->required();
  command.add_option(
      "DATA", arguments.data,
      "A split: test, validation, train, or all for every row; and dataset.KEY=value "
      "or ~dataset.KEY, which changes the data");
  command
      .add_option("--checkpoint", arguments.checkpoint,
                  "The step or the name of a checkpoint (default: the newest whole one)")
      ->type_name("NAME");
}

std::unique_ptr<inference::TrainedModel> open_model(const Common& common,
                                                    const ModelArguments& arguments,
                                                    plugin_host::PluginHost& host) {
  config::Diagnostics diagnostics;
  auto model = inference::TrainedModel::open(
      {arguments.run_folder, arguments.checkpoint, common.instructions, arguments.settings()}, host,
      diagnostics);
  report(common, diagnostics, arguments.run_folder);
  return model;
}

std::string meant_split(const inference::TrainedModel& model, const std::string& name) {
  try {
    return model.data().meant_split(name);
  } catch (const Error& error) {
    throw UsageError(error.what());
  }
}

}  // namespace assay::command_line
