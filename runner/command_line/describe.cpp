// `assay describe`: the model of a run, with its weights, as a tree.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <iostream>
#include <utility>

#include "assay/error.h"
#include "runner/command_line/commands.h"
#include "runner/command_line/exit_code.h"
#include "runner/command_line/model_tree.h"
#include "runner/command_line/terminal.h"
#include "runner/command_line/words.h"
#include "runner/plan/load.h"
#include "runner/run_folder/run_folder.h"
#include "runner/run_folder/weights.h"
#include "runner/train/experiment.h"

namespace assay::command_line {
namespace {

namespace fs = std::filesystem;

void load_weights(const fs::path& file, train::Network& network) {
  const run_folder::StoredWeights stored = run_folder::read_weights(file);
  const train::ModelDescription& model = network.description();
  for (std::size_t i = 0; i < model.parameters.size(); ++i) {
    const train::ParameterInfo& parameter = model.parameters[i];
    const auto tensor = stored.tensors.find(parameter.name);
    if (tensor == stored.tensors.end() || tensor->second.shape != parameter.shape)
      throw Error(
          fmt::format("{}: it has no '{}' of shape {}; was the plan of this folder changed?",
                      file.string(), parameter.name, shape_text(parameter.shape)));
    std::ranges::copy(tensor->second.values, network.weights().values(i).begin());
  }
}

}  // namespace

int describe(const Common& common, const std::string& what) {
  const bool is_run = fs::is_directory(what);
  const fs::path config = is_run ? fs::path(what) / "plan.yaml" : fs::path(what);
  if (is_run && !fs::exists(config))
    throw Error(
        fmt::format("{}: it has no plan.yaml, so it is no run folder; `assay run` makes them "
                    "(a config can be described, too)",
                    what));
  config::Diagnostics diagnostics;
  plugin_host::PluginHost host = make_plugin_host(common);
  const auto plan = plan::load(config.string(), {}, host, diagnostics);
  std::optional<train::Experiment> experiment;
  if (plan) experiment = train::make_experiment(*plan, host, diagnostics);
  if (!experiment) {
    std::cerr << diagnostics.text(error_colours());
    return usage_error;
  }
  if (is_run) {
    const auto checkpoint = run_folder::last_checkpoint(what);
    if (!checkpoint)
      throw Error(fmt::format("{}: it has no weights in checkpoints/; did the run end?", what));
    load_weights(*checkpoint, *experiment->network);
    std::cout << "weights: " << shown_path(*checkpoint) << "\n";
  } else {
    std::cout << "weights: as initialized with seed " << plan->seed << "\n";
  }
  std::cout << model_tree(plan->model.type, experiment->network->description(),
                          std::as_const(*experiment->network).weights())
            << std::endl;
  return done;
}

}  // namespace assay::command_line
