// `assay plugins list`: prints the plugins, where they were found, and which were refused.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "runner/base/suggest.h"
#include "runner/base/words.h"
#include "runner/command_line/commands.h"
#include "runner/command_line/exit_code.h"
#include "runner/command_line/usage_error.h"
#include "runner/command_line/wrapped_output.h"

namespace assay::command_line {
namespace {

// Prints the libraries in use according to their stamps. Opening one may still fail.
void print_used(const plugin_host::PluginHost& host) {
  for (const auto& library : host.libraries()) {
    if (!library->refusal.empty()) continue;
    std::vector<std::string> offers;
    for (const auto& c : library->stamp.components)
      offers.push_back(fmt::format("{} {}", name_of(c.kind), c.name));
    print_wrapped(
        fmt::format("used: {}\n  {} {}, {}; built with SDK {}, {} instructions; offers {}",
                    base::shown_path(library->file), base::one_line(library->stamp.plugin),
                    base::one_line(library->stamp.version), base::one_line(library->stamp.licence),
                    library->stamp.sdk, library->stamp.instructions, fmt::join(offers, ", ")),
        4);
  }
}

// Prints hidden components: of two libraries with the same one, the library found first is used.
void print_hidden(const plugin_host::PluginHost& host) {
  for (const auto& used : host.components())
    for (const auto& library : host.libraries())
      if (library.get() != used.library && library->refusal.empty() &&
          std::ranges::any_of(library->stamp.components, [&](const auto& c) {
            return c.kind == used.kind && c.name == used.name;
          }))
        print_wrapped(fmt::format("hidden: the {} {} of {}\n  {} was found first",
                                  name_of(used.kind), used.name, base::shown_path(library->file),
                                  base::shown_path(used.library->file)),
                      4);
}

void print_refused(const plugin_host::PluginHost& host) {
  for (const auto& library : host.libraries())
    if (!library->refusal.empty())
      print_wrapped(fmt::format("refused: {}\n  {}", base::shown_path(library->file),
                                base::one_line(library->refusal)),
                    4);
}

int list(const Common& common, const std::string& kind, bool why) {
  const plugin_host::PluginHost host = make_plugin_host(common);
  if (!kind.empty() && !kind_from_name(kind)) {
    const std::string guess =
        base::suggest(kind, std::vector<std::string>(kind_names.begin(), kind_names.end()));
    throw UsageError(fmt::format("plugins list: there is no kind '{}'{} (kinds: {})", kind,
                                 guess.empty() ? "" : fmt::format("; did you mean '{}'?", guess),
                                 fmt::join(kind_names, ", ")));
  }
  std::size_t kinds = 0, names = 0, versions = 0, files = 0;
  const auto components = host.components();
  for (const auto& c : components) {
    if (kind.empty() || name_of(c.kind) == kind) kinds = std::max(kinds, name_of(c.kind).size());
    names = std::max(names, c.name.size());
    versions = std::max(versions, c.library->stamp.version.size());
    files = std::max(files, base::shown_path(c.library->file).size());
  }
  for (const auto& c : components)
    if (kind.empty() || name_of(c.kind) == kind)
      print_wrapped(fmt::format("{:<{}}  {:<{}}  {:<{}}  {:<{}}  {}", name_of(c.kind), kinds,
                                c.name, names, base::one_line(c.library->stamp.version), versions,
                                base::shown_path(c.library->file), files, base::one_line(c.doc)),
                    kinds + 2);
  if (why) {
    for (const std::string& line : host.searched()) print_wrapped("searched: " + line, 4);
    print_used(host);
    print_hidden(host);
  }
  print_refused(host);
  if (why)
    print_wrapped("No plugin was opened to find this out; `assay plugins check FILE` tests one.",
                  0);
  return done;
}

}  // namespace

void declare_plugins_list(CLI::App& plugins, const Common& common, Chosen& chosen) {
  struct Arguments {
    std::string kind;
    bool why = false;
  };
  const auto a = std::make_shared<Arguments>();
  CLI::App* command = plugins.add_subcommand("list", "List all components with their libraries");
  command->add_option("KIND", a->kind, "Only this kind: dataset, model, loss, optimizer, ...");
  command->add_flag(
      "--why", a->why,
      "Also show which places were searched, what was found, and what was refused and why");
  command->footer("Example:\n  assay plugins list optimizer");
  command->callback([&, a] { chosen = [&, a] { return list(common, a->kind, a->why); }; });
}

}  // namespace assay::command_line
