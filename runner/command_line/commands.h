// The commands of `assay`. Each has its own source file with everything about it: arguments, help
// and implementation.
#pragma once

#include <functional>

#include "runner/command_line/common.h"

namespace CLI {
class App;
}

namespace assay::command_line {

/// The chosen action. The command that the user named sets it; it is called after all arguments are
/// parsed and returns the exit code.
using Chosen = std::function<int()>;

/// Each of these adds a command to `app`. `common` and `chosen` must outlive the parsing and the
/// call.
void declare_run(CLI::App& app, const Common& common, Chosen& chosen);
void declare_resume(CLI::App& app, const Common& common, Chosen& chosen);
void declare_eval(CLI::App& app, const Common& common, Chosen& chosen);
void declare_predict(CLI::App& app, const Common& common, Chosen& chosen);
void declare_batch(CLI::App& app, const Common& common, Chosen& chosen);
void declare_work(CLI::App& app, const Common& common, Chosen& chosen);
void declare_runs(CLI::App& app, const Common& common, Chosen& chosen);
void declare_check(CLI::App& app, const Common& common, Chosen& chosen);
void declare_show(CLI::App& app, const Common& common, Chosen& chosen);
void declare_describe(CLI::App& app, const Common& common, Chosen& chosen);
void declare_verify(CLI::App& app, const Common& common, Chosen& chosen);
void declare_view(CLI::App& app, const Common& common, Chosen& chosen);
void declare_complete(CLI::App& app, const Common& common, Chosen& chosen);
void declare_manual(CLI::App& app, const Common& common, Chosen& chosen);

/// These add commands to `assay plugins`.
void declare_plugins_list(CLI::App& plugins, const Common& common, Chosen& chosen);
void declare_plugins_check(CLI::App& plugins, const Common& common, Chosen& chosen);
void declare_plugins_describe(CLI::App& plugins, const Common& common, Chosen& chosen);
void declare_plugins_new(CLI::App& plugins, const Common& common, Chosen& chosen);
void declare_plugins_schema(CLI::App& plugins, const Common& common, Chosen& chosen);
void declare_plugins_reference(CLI::App& plugins, const Common& common, Chosen& chosen);

}  // namespace assay::command_line
