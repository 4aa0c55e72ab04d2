// `assay describe`: prints the models of runs, with their weights, as trees. Creates only the
// dataset, the loss and the model of a run.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "assay/error.h"
#include "runner/base/words.h"
#include "runner/command_line/commands.h"
#include "runner/command_line/exit_code.h"
#include "runner/command_line/model_tree.h"
#include "runner/command_line/report.h"
#include "runner/command_line/usage_error.h"
#include "runner/command_line/wrapped_output.h"
#include "runner/experiment/described_model.h"
#include "runner/experiment/initial_weights.h"
#include "runner/experiment/weight_choice.h"
#include "runner/plan/load.h"
#include "runner/run/checkpoints.h"
#include "runner/run/run_folder.h"
#include "runner/run/run_record.h"
#include "runner/run/summary.h"
#include "runner/state/component_state.h"
#include "runner/state/parameter_memory.h"
#include "runner/state/registry.h"
#include "runner/state/safetensors.h"
#include "runner/train/initialize.h"
#include "runner/train/model_description.h"

namespace assay::command_line {
namespace {

namespace fs = std::filesystem;

struct BadConfig {};

struct Described {
  fs::path config;
  std::optional<fs::path> weights;  ///< nothing: as initialized
  std::vector<std::string> run;     ///< lines about its state; none if there is no run
};

// Returns the state of a run in words.
std::string state_text(const run::RunRecord& run, run::Lock lock) {
  const std::string after =
      fmt::format("after step {} of {}", grouped(run.steps), grouped(run.total_steps));
  if (run.state != "running")
    return base::one_line(
        fmt::format("{} {}{}{}", run.state, after, run.reason.empty() ? "" : ": ", run.reason));
  const std::string then =
      fmt::format("{} when its record was last written, at {}", after, base::one_line(run.updated));
  if (lock == run::Lock::held) return fmt::format("running, {}", then);
  if (lock == run::Lock::free)
    return fmt::format("ended without a word, {}; the process was killed, or its machine went down",
                       then);
  return fmt::format(
      "running, {}; whether it still runs is unknown, since its file system has no locks", then);
}

// Returns the checkpoint to resume the run from, in words; nothing if it runs, or if nothing is
// left to do.
std::optional<std::string> way_on(const fs::path& folder, const run::RunRecord& run,
                                  run::Lock lock) {
  if (lock == run::Lock::held || (run.state == "finished" && run.complete)) return std::nullopt;
  const base::Folder opened(folder);
  const auto step = run::newest_checkpoint(opened, run::plan_digests(run));
  if (!step) return "it has no checkpoint to resume from";
  return fmt::format(
      "its newest checkpoint is that of step {}; `assay resume {}` continues from it",
      grouped(*step), base::shell_quoted(folder.string()));
}

// Returns the state of a folder's run and the failures so far, a line each.
std::vector<std::string> run_lines(const fs::path& folder) {
  constexpr std::size_t most_failures = 10;
  try {
    auto [run, lock] = run::read_run_state(folder);
    std::erase(run.failures, run.reason);  // which the state line contains
    std::vector<std::string> lines = {fmt::format("run: {}", state_text(run, lock))};
    if (run.best) {
      const auto [name, text] = run::best_text(*run.best);
      lines.push_back(base::one_line(fmt::format("{}: {}", name, text)));
    }
    if (const auto way = way_on(folder, run, lock)) lines.push_back(*way);
    const std::size_t shown = std::min(run.failures.size(), most_failures);
    for (std::size_t i = 0; i < shown; ++i)
      lines.push_back(fmt::format("failure: {}", base::one_line(run.failures[i])));
    if (const std::size_t more = run.failures.size() - shown; more > 0)
      lines.push_back(fmt::format("and {} in run.json", counted(more, "more failure")));
    return lines;
  } catch (const Error& error) {
    return {fmt::format("run: its state is unknown: {}", base::one_line(error.what()))};
  }
}

// Finds a run folder, a checkpoint in one, or a config.
Described find(const fs::path& what) {
  std::error_code error;
  if (what.extension() == ".safetensors" && fs::is_regular_file(what, error)) {
    const fs::path folder = fs::absolute(what).parent_path().parent_path();
    if (!fs::exists(folder / "plan.yaml", error))
      throw UsageError(
          fmt::format("{}: a checkpoint belongs in checkpoints/ of its run folder, whose plan.yaml "
                      "says what the weights are for; there is no {}",
                      what.string(), (folder / "plan.yaml").string()));
    return {folder / "plan.yaml", what, {}};
  }
  if (!fs::is_directory(what, error)) return {what, {}, {}};
  const bool has_plan = fs::exists(what / "plan.yaml", error);
  if (error)
    throw UsageError(fmt::format("{}: cannot be entered: {}", what.string(), error.message()));
  if (!has_plan)
    throw UsageError(
        fmt::format("{}: it has no plan.yaml, so it is not a run folder; `assay run` makes them "
                    "(a config can be described, too)",
                    what.string()));
  return {what / "plan.yaml", run::last_checkpoint(what), run_lines(what)};
}

// Returns the tensors of a checkpoint for a model's parameters, in the model's order.
std::vector<state::SafetensorsHeader::Tensor> tensors_of(const train::ModelDescription& model,
                                                         const state::StoredTensors& stored,
                                                         const fs::path& file) {
  std::vector<state::SafetensorsHeader::Tensor> tensors;
  for (const train::ParameterInfo& parameter : model.parameters) {
    const auto tensor = stored.header().tensors.find(parameter.name);
    if (tensor == stored.header().tensors.end() || tensor->second.type != DType::float32 ||
        tensor->second.shape != parameter.shape)
      throw Error(
          fmt::format("{}: it has no '{}' of shape {}; was the plan of this folder changed?",
                      file.string(), parameter.name, base::shape_text(parameter.shape)));
    tensors.push_back(tensor->second);
  }
  return tensors;
}

// Reads one parameter at a time, so that a checkpoint may be larger than memory.
std::string tree_of_checkpoint(const std::string& name, const train::ModelDescription& model,
                               const fs::path& file) {
  const state::StoredTensors stored(file);
  const auto tensors = tensors_of(model, stored, file);
  std::vector<float> values;
  const auto read = [&](std::size_t parameter) -> std::span<const float> {
    values.resize(static_cast<std::size_t>(tensors[parameter].shape.elements()));
    stored.read(tensors[parameter], std::as_writable_bytes(std::span(values)));
    return values;
  };
  return model_tree(name, model, read, output_columns());
}

// Returns the tree of the weights that training begins with, below a line that says where they come
// from. Throws BadConfig if they cannot be read.
std::string tree_as_initialized(const plan::Plan& plan, experiment::DescribedModel& declared,
                                config::Diagnostics& diagnostics) {
  const train::ModelDescription& model = declared.description;
  state::ParameterMemory weights(model.named_shapes());
  train::initialize(plan.seed, model, weights);
  std::string from = fmt::format("as initialized with seed {}", plan.seed);
  if (plan.init_from) {
    state::Registry buffers;
    declared.buffers.lend(buffers);
    const auto initial =
        experiment::read_weights(*plan.init_from, model, weights, buffers, diagnostics);
    if (!initial) throw BadConfig();
    from = "as initialized from " + experiment::described(*initial);
  }
  const auto values = [&](std::size_t parameter) {
    return std::as_const(weights).values(parameter);
  };
  return fmt::format("{}\n{}", from, model_tree(plan.model.type, model, values, output_columns()));
}

// Returns the model and its weights. Throws on failure; throws BadConfig if `diagnostics` explains
// it.
std::string description_of(const std::string& what, plugin_host::PluginHost& host,
                           config::Diagnostics& diagnostics) {
  const Described described = find(what);
  const auto plan = plan::load(described.config.string(), {}, host, diagnostics);
  if (!plan) throw BadConfig();
  experiment::DescribedModel declared = experiment::described_model(*plan, host);
  const train::ModelDescription& model = declared.description;
  std::vector<std::string> lines = described.run;
  const auto choice = experiment::choose_weights(*plan, model, diagnostics);
  std::ranges::move(experiment::choice_lines(choice, model), std::back_inserter(lines));
  std::string run;
  for (const std::string& line : lines)
    run += base::wrapped_words(line, output_columns(), 2) + '\n';
  if (!described.weights)
    return fmt::format("{}weights: {}{}", run,
                       described.run.empty() ? "" : "none were saved; shown ",
                       tree_as_initialized(*plan, declared, diagnostics));
  return fmt::format("{}weights: {}\n{}", run, base::shown_path(*described.weights),
                     tree_of_checkpoint(plan->model.type, model, *described.weights));
}

int describe(const Common& common, const std::vector<std::string>& what) {
  plugin_host::PluginHost host = make_plugin_host(common);
  int code = done;
  for (std::size_t i = 0; i < what.size(); ++i) {
    config::Diagnostics diagnostics;
    try {
      const std::string text = description_of(what[i], host, diagnostics);
      std::cout << (i == 0 ? "" : "\n") << text << std::endl;
      report(common, diagnostics);
    } catch (const BadConfig&) {
      report(common, diagnostics);
      code = usage_error;
    } catch (const std::exception& error) {
      report(common, error);
      code = std::max(code, exit_code_of(error));
    }
  }
  return code;
}

}  // namespace

void declare_describe(CLI::App& app, const Common& common, Chosen& chosen) {
  const auto what = std::make_shared<std::vector<std::string>>();
  CLI::App* command = app.add_subcommand(
      "describe", "Print the models of runs, layer by layer, with their weights");
  command->add_option("RUN_DIR", *what, "Run folders, checkpoints or configs")->required();
  command->footer("Example:\n  assay describe runs/test/*");
  command->callback([&, what] { chosen = [&, what] { return describe(common, *what); }; });
}

}  // namespace assay::command_line
