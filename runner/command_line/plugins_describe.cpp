// `assay plugins describe`: prints the options of a component, and YAML to paste.

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runner/base/suggest.h"
#include "runner/base/utf8.h"
#include "runner/base/words.h"
#include "runner/command_line/commands.h"
#include "runner/command_line/exit_code.h"
#include "runner/command_line/report.h"
#include "runner/command_line/usage_error.h"
#include "runner/command_line/wrapped_output.h"
#include "runner/plan/schema.h"
#include "runner/tables/example.h"
#include "runner/tables/type_text.h"

namespace assay::command_line {
namespace {

std::string table_text(std::span<const Parameter> table, const std::string& indent) {
  std::size_t width = 0;
  for (const Parameter& p : table) width = std::max(width, std::string_view(p.name).size());
  std::string text;
  for (const Parameter& p : table) {
    const std::size_t column = indent.size() + width + 2;
    text +=
        base::wrapped(fmt::format("{}{:<{}}  {}, {}", indent, p.name, width, tables::type_text(p),
                                  tables::default_text(p)),
                      output_columns(), column) +
        '\n' +
        base::wrapped(std::string(column, ' ') + base::one_line(p.doc), output_columns(), column) +
        '\n';
    if (p.type == ParameterType::group)
      text += table_text(p.group(), indent + std::string(width + 2, ' '));
  }
  return text;
}

// Returns the description. Opens the component's library.
std::string description(plugin_host::PluginHost& host, const plugin_host::FoundComponent& c) {
  const auto parameters = host.parameters(c.kind, c.name);
  const plugin_host::Stamp& stamp = c.library->stamp;
  std::string text =
      base::wrapped_words(
          fmt::format("{} {}: {}\n  {} {}, {}, {}", name_of(c.kind), c.name, base::one_line(c.doc),
                      base::one_line(stamp.plugin), base::one_line(stamp.version),
                      base::one_line(stamp.licence), base::shown_path(c.library->file)),
          output_columns(), 4) +
      '\n' + table_text(parameters, "  ");
  if (const auto beside = plan::common_parameters(c.kind); !beside.empty())
    text += fmt::format("  and, as every {}:\n{}", name_of(c.kind), table_text(beside, "  "));
  return text + "\n" + base::harmless(tables::example({c.kind, c.name, c.doc, parameters}));
}

int describe(const Common& common, const std::string& name) {
  plugin_host::PluginHost host = make_plugin_host(common);
  std::vector<std::pair<plugin_host::FoundComponent, std::string>> found;
  for (const auto& c : host.components())
    if (c.name == name || fmt::format("{} {}", name_of(c.kind), c.name) == name)
      found.emplace_back(c, description(host, c));
  for (const auto& [c, text] : found) {
    fmt::print(std::cout, "{}{}", &c == &found.front().first ? "" : "\n", text);
    std::cout.flush();
    for (const std::string& doubt : host.doubts(c.kind, c.name))
      report(common, fmt::format("{} {}: {}", name_of(c.kind), c.name, doubt), Severity::warning);
  }
  if (!found.empty()) return done;
  for (const auto& library : host.libraries())
    for (const auto& c : library->stamp.components)
      if (!library->refusal.empty() &&
          (c.name == name || fmt::format("{} {}", name_of(c.kind), c.name) == name))
        throw UsageError(fmt::format("plugins describe: the {} {} of {} cannot be used: {}",
                                     name_of(c.kind), c.name, base::shown_path(library->file),
                                     library->refusal));
  if (kind_from_name(name))
    throw UsageError(fmt::format(
        "plugins describe: '{0}' is a kind; `assay plugins list {0}` shows its components", name));
  std::vector<std::string> names;
  for (const auto& c : host.components()) names.push_back(c.name);
  const std::string guess = base::suggest(name, names);
  throw UsageError(fmt::format(
      "plugins describe: there is no component '{}'{}  (`assay plugins list` shows all)", name,
      guess.empty() ? "" : fmt::format("; did you mean '{}'?", guess)));
}

}  // namespace

void declare_plugins_describe(CLI::App& plugins, const Common& common, Chosen& chosen) {
  const auto name = std::make_shared<std::vector<std::string>>();
  CLI::App* command =
      plugins.add_subcommand("describe", "Print the options of a component, and YAML to paste");
  command->add_option("NAME", *name, "For instance sgd, or optimizer sgd")
      ->expected(1, 2)
      ->required();
  command->footer("Example:\n  assay plugins describe sgd");
  command->callback([&, name] {
    chosen = [&, name] { return describe(common, fmt::format("{}", fmt::join(*name, " "))); };
  });
}

}  // namespace assay::command_line
