// `assay predict`: predicts rows with the trained model of a run.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "assay/number_text.h"
#include "runner/base/words.h"
#include "runner/command_line/commands.h"
#include "runner/command_line/exit_code.h"
#include "runner/command_line/model_arguments.h"
#include "runner/command_line/report.h"
#include "runner/command_line/signals.h"
#include "runner/command_line/usage_error.h"
#include "runner/command_line/wrong_command_line.h"
#include "runner/inference/byte_sink.h"
#include "runner/inference/predict.h"
#include "runner/plan/value_name.h"

namespace assay::command_line {
namespace {

constexpr std::string_view standard_output = "-";

struct Arguments {
  ModelArguments model;
  std::string output;
  std::string format;
};

// Standard output takes no more. Its buffer knows the reason (standard_output.h).
struct OutputLost {};

class StandardOutputSink final : public inference::ByteSink {
 public:
  void write(std::span<const std::byte> bytes) override {
    std::cout.write(reinterpret_cast<const char*>(bytes.data()),
                    static_cast<std::streamsize>(bytes.size()));
    if (!std::cout) throw OutputLost();
  }
  void finish() override {}
};

inference::FileType file_type_of(const Arguments& arguments) {
  if (!arguments.format.empty()) return *inference::file_type_named(arguments.format);
  if (arguments.output == standard_output) return inference::FileType::csv;
  if (const auto type = inference::file_type_of(arguments.output)) return *type;
  throw UsageError(
      fmt::format("--output {}: expected a file that ends in .csv, .npy or .jsonl; "
                  "--output-format names the format of any other",
                  arguments.output));
}

int predict(const Common& common, const Arguments& arguments) {
  const inference::FileType type = file_type_of(arguments);
  const std::string named = arguments.model.split();
  const bool to_file = arguments.output != standard_output;
  if (to_file) catch_signals();
  plugin_host::PluginHost host = make_plugin_host(common);
  const auto model = open_model(common, arguments.model, host);
  if (!model) return usage_error;
  const std::string split =
      named.empty() ? std::string(plan::all_rows) : meant_split(*model, named);
  if (to_file) model->check_is_no_data(arguments.output);
  config::Diagnostics diagnostics;
  const auto rows = model->rows(split, inference::TrainedModel::Targets::not_needed, diagnostics);
  report(common, diagnostics, arguments.model.run_folder);
  if (!rows) return usage_error;

  if (to_file) answer_interrupts_with("stopping; no predictions are kept");
  std::unique_ptr<inference::ByteSink> sink;
  if (to_file) sink = inference::file_sink(arguments.output);
  else sink = std::make_unique<StandardOutputSink>();
  try {
    if (!inference::predict(*model, *rows, type, *sink, stop_signal()))
      return by_signal + stop_signal().load();
  } catch (const OutputLost&) {
    return run_failed;
  }
  if (to_file)
    std::cout << fmt::format("{}: {} predicted\n", base::shown_path(arguments.output),
                             counted(rows->count, "row"));
  return done;
}

}  // namespace

void declare_predict(CLI::App& app, const Common& common, Chosen& chosen) {
  const auto a = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("predict", "Predict rows with a trained model");
  declare(*command, a->model);
  command
      ->add_option("--output", a->output,
                   "The file to write, replaced if it exists: .csv, .npy or .jsonl; - for standard "
                   "output")
      ->type_name("PATH")
      ->required();
  command
      ->add_option("--output-format", a->format,
                   "csv, npy or jsonl, for an output whose name does not say (default for -: csv)")
      ->check(one_of({"csv", "npy", "jsonl"}))
      ->type_name("FORMAT");
  command->footer(
      "Without a split, all rows are predicted, in the order of the dataset. They need no "
      "targets.\n"
      "Each row has its number in the dataset, the class, and the probabilities of all classes; "
      "or\n"
      "the outputs of the model if its loss does not turn them into probabilities.\n"
      "Examples:\n"
      "  assay predict runs/digits/20261103-141500 test --output test.csv\n"
      "  assay predict runs/mine dataset.samples=new.npy '~dataset.targets' --output new.npy");
  command->callback([&, a] { chosen = [&, a] { return predict(common, *a); }; });
}

}  // namespace assay::command_line
