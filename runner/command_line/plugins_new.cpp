// `assay plugins new`: creates a plugin to start from, in a new folder.

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <memory>
#include <system_error>

#include "runner/base/suggest.h"
#include "runner/base/words.h"
#include "runner/command_line/commands.h"
#include "runner/command_line/exit_code.h"
#include "runner/command_line/usage_error.h"
#include "runner/scaffold/name.h"
#include "runner/scaffold/scaffold.h"
#include "runner/scaffold/write_folder.h"

namespace assay::command_line {
namespace {

namespace fs = std::filesystem;

struct Arguments {
  std::string kind;
  std::string name;
  std::string folder = ".";
};

[[noreturn]] void fail(const std::string& message) { throw UsageError("plugins new: " + message); }

Kind kind_of(const Arguments& a) {
  if (const auto kind = kind_from_name(a.kind)) return *kind;
  const std::string guess =
      base::suggest(a.kind, std::vector<std::string>(kind_names.begin(), kind_names.end()));
  std::string hint = guess.empty() ? "" : fmt::format("; did you mean '{}'?", guess);
  if (kind_from_name(a.name))
    hint = fmt::format("; did you mean `assay plugins new {} {}`?", a.name, a.kind);
  fail(fmt::format("there is no kind '{}'{}  (kinds: {})", a.kind, hint,
                   fmt::join(kind_names, ", ")));
}

void check_name(const Common& common, Kind kind, const std::string& name) {
  if (const std::string problem = scaffold::problem_with(name); !problem.empty()) fail(problem);
  const plugin_host::PluginHost host = make_plugin_host(common);
  for (const auto& c : host.components())
    if (c.kind == kind && c.name == name)
      fail(fmt::format("there is {} {} already, in {}; choose another name", name_of(kind), name,
                       base::shown_path(c.library->file)));
  for (const auto& library : host.libraries()) {
    if (library->refusal.empty()) continue;
    const std::string file = library->file.stem().string();
    if (library->stamp.offers(kind, name) || file == name || file == "lib" + name)
      fail(
          fmt::format("there is {} {} already, in {}, which is refused: {}; fix or remove it, or "
                      "choose another name",
                      name_of(kind), name, base::shown_path(library->file), library->refusal));
  }
}

int make(const Common& common, const Arguments& a) {
  const Kind kind = kind_of(a);
  check_name(common, kind, a.name);
  std::error_code error;
  if (!fs::is_directory(a.folder, error))
    fail(fmt::format("--dir {}: {}", a.folder, error ? error.message() : "this is not a folder"));
  const fs::path folder = (fs::path(a.folder) / a.name).lexically_normal();
  if (fs::exists(fs::symlink_status(folder, error)))
    fail(fmt::format("{} exists already; choose another name or --dir", folder.string()));
  const auto files = scaffold::plugin(kind, a.name);
  scaffold::write_folder(folder, files);
  fmt::print(std::cout, "{}/ has a working {} to change: {}.cpp\n\n", folder.string(),
             name_of(kind), a.name);
  fmt::print(std::cout,
             "  cd {}\n"
             "  meson setup build && meson compile -C build\n"
             "  meson test -C build --print-errorlogs\n"
             "  {}\n",
             base::shell_quoted(folder.string()), scaffold::command_to_try(kind, a.name));
  return done;
}

}  // namespace

void declare_plugins_new(CLI::App& plugins, const Common& common, Chosen& chosen) {
  const auto a = std::make_shared<Arguments>();
  CLI::App* command = plugins.add_subcommand("new", "Write a plugin to start from");
  command->add_option("KIND", a->kind, fmt::format("{}", fmt::join(kind_names, ", ")))->required();
  command->add_option("NAME", a->name, "In lower case: its name in configs")->required();
  command->add_option("--dir", a->folder, "Where to make the folder NAME (.)")->type_name("DIR");
  command->footer(
      "Writes the folder NAME with a component that works, a build for Meson, a config that runs\n"
      "it and a README.\n\n"
      "Example:\n  assay plugins new optimizer momentum");
  command->callback([&, a] { chosen = [&, a] { return make(common, *a); }; });
}

}  // namespace assay::command_line
