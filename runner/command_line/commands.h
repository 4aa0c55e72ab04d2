// The commands of `assay`. Each has a source file of its own that says all about it: arguments,
// help and what it does.
#pragma once

#include <functional>

#include "runner/command_line/common.h"

namespace CLI {
class App;
}

namespace assay::command_line {

/// What is to be done: set by the command that the user named, called when all arguments are read.
/// Gives the exit code.
using Chosen = std::function<int()>;

/// Each adds a command to `app`. `common` and `chosen` must outlive the parsing and the call.
void declare_run(CLI::App& app, const Common& common, Chosen& chosen);
void declare_check(CLI::App& app, const Common& common, Chosen& chosen);
void declare_show(CLI::App& app, const Common& common, Chosen& chosen);
void declare_describe(CLI::App& app, const Common& common, Chosen& chosen);
void declare_view(CLI::App& app, const Common& common, Chosen& chosen);
void declare_complete(CLI::App& app, const Common& common, Chosen& chosen);
void declare_manual(CLI::App& app, const Common& common, Chosen& chosen);

/// Below `assay plugins`.
void declare_plugins_list(CLI::App& plugins, const Common& common, Chosen& chosen);
void declare_plugins_check(CLI::App& plugins, const Common& common, Chosen& chosen);
void declare_plugins_describe(CLI::App& plugins, const Common& common, Chosen& chosen);
void declare_plugins_new(CLI::App& plugins, const Common& common, Chosen& chosen);
void declare_plugins_schema(CLI::App& plugins, const Common& common, Chosen& chosen);
void declare_plugins_reference(CLI::App& plugins, const Common& common, Chosen& chosen);

}  // namespace assay::command_line
