#include <malloc.h>

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "runner/base/mapped_file_loss.h"
#include "runner/experiment/component_maker.h"
#include "runner/experiment/data_assembly.h"
#include "runner/experiment/data_files.h"
#include "runner/experiment/experiment.h"
#include "runner/experiment/hook_assembly.h"
#include "runner/experiment/logger_files.h"
#include "runner/experiment/memory_use.h"
#include "runner/experiment/network_assembly.h"
#include "runner/plugin_host/process_state.h"

namespace assay::experiment {
namespace {

// Makes the parts of an experiment. Each step continues if the previous ones left enough to work
// with, so that all problems are found except those that follow from others.
class Assembly {
 public:
  Assembly(const plan::Draft& draft, plugin_host::PluginHost& host,
           config::Diagnostics& diagnostics, SharedParts* shared)
      : maker_(draft, host, diagnostics, shared, out_) {}

  std::optional<Experiment> make_for_training() {
    plugin_host::KeptProcessState process;
    const std::set<std::string> mapped = base::mapped_data_files();
    make_parts();
    if (!is_sound(process.restore())) return std::nullopt;
    out_.data_files = paths_read_by(maker_.draft, maker_.host);
    for (const std::string& path : base::mapped_data_files())
      if (!mapped.contains(path)) out_.data_files.insert(path);
    malloc_trim(0);  // free the memory of reading before training allocates its own
    warn_of_memory(memory_use(out_), maker_.memory.given(), maker_.diagnostics);
    return std::move(out_);
  }

  std::optional<Experiment> make_for_checking(SharedParts& shared) {
    make_parts();
    if (!is_sound(shared.restore_process())) return std::nullopt;
    const auto program = maker_.shared<std::size_t>(
        "", "program " + maker_.of_data(), [&] { return std::optional(memory_use(out_).program); });
    warn_of_memory(memory_use(out_, *program), shared.memory(), maker_.diagnostics);
    return std::move(out_);
  }

 private:
  void make_parts() {
    data_.measure();
    hooks_.make(data_.split_names());
    make_loggers();
    network_.make();
    if (data_.read(hooks_.shown_rows())) {
      network_.prepare_loss();
      const std::size_t problems = maker_.diagnostics.size();
      data_.check_values_read();
      if (maker_.diagnostics.size() == problems) network_.fit();
    }
    network_.read_initial_weights();
  }

  void make_loggers() {
    for (const auto& [name, component] : maker_.draft.loggers)
      if (auto logger = maker_.create_shared<Logger>(component, "loggers." + name)) {
        maker_.declare_state(Part("loggers." + name, component), *logger, "loggers/" + name);
        out_.loggers.push_back({name, std::move(*logger)});
      }
    check_logger_files(maker_.draft, maker_.host, maker_.diagnostics);
  }

  // Returns true if nothing is wrong with the parts. Warns of what calls of components have changed
  // in the process.
  bool is_sound(const std::string& changes) {
    if (!changes.empty())
      maker_.diagnostics.warning({}, "", plugin_host::changed_by_calls(changes));
    for (const std::string& warning : maker_.host.warnings())
      maker_.diagnostics.warning({}, "", warning);
    return maker_.diagnostics.empty();
  }

  Experiment out_;
  ComponentMaker maker_;
  DataAssembly data_{maker_, out_};
  HookAssembly hooks_{maker_, out_};
  NetworkAssembly network_{maker_, hooks_, out_};
};

}  // namespace

std::optional<Experiment> make_experiment(const plan::Draft& draft, plugin_host::PluginHost& host,
                                          config::Diagnostics& diagnostics, SharedParts* shared) {
  Assembly assembly(draft, host, diagnostics, shared);
  return shared != nullptr ? assembly.make_for_checking(*shared) : assembly.make_for_training();
}

}  // namespace assay::experiment
