// The arguments of the commands that use a trained model: `assay eval` and `assay predict`.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "runner/command_line/common.h"
#include "runner/config/diagnostics.h"
#include "runner/inference/trained_model.h"

namespace assay::command_line {

struct ModelArguments {
  std::string run_folder;
  std::vector<std::string> data;  ///< the name of a split, and settings
  std::string checkpoint;

  /// Returns the name of the split; empty if there is none. Throws UsageError for several.
  std::string split() const;
  std::vector<std::string> settings() const;
};

/// Adds the arguments to a command.
void declare(CLI::App& command, ModelArguments& arguments);

/// Opens the model (inference/trained_model.h), and reports problems and warnings. Returns nothing
/// if there is a problem.
std::unique_ptr<inference::TrainedModel> open_model(const Common& common,
                                                    const ModelArguments& arguments,
                                                    plugin_host::PluginHost& host);

/// Returns the split that a name means. Throws UsageError if there is none.
std::string meant_split(const inference::TrainedModel& model, const std::string& name);

}  // namespace assay::command_line
