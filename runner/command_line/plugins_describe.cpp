// `assay plugins describe`: the options of a component.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include "runner/command_line/commands.h"
#include "runner/command_line/exit_code.h"
#include "runner/command_line/usage_error.h"
#include "runner/command_line/words.h"
#include "runner/config/suggest.h"
#include "runner/plan/schema.h"

namespace assay::command_line {
namespace {

std::string type_text(const Parameter& parameter) {
  constexpr std::array<std::string_view, 9> names = {
      "boolean", "integer", "number", "text", "path", "choice", "rate", "component", "group"};
  std::string text(names[static_cast<std::size_t>(parameter.type)]);
  if (parameter.type == ParameterType::choice) text = parameter.choices;
  if (parameter.type == ParameterType::rate) text = "number or schedule";
  if (parameter.type == ParameterType::component) text = name_of(parameter.kind);
  const bool words =
      parameter.type == ParameterType::choice || parameter.type == ParameterType::text;
  if (parameter.list) text = fmt::format("list of {}{}", text, words ? "" : "s");
  if (std::isfinite(parameter.minimum))
    text += fmt::format(", {} {}", parameter.exclusive_minimum ? ">" : ">=", parameter.minimum);
  if (std::isfinite(parameter.maximum))
    text += fmt::format(", {} {}", parameter.exclusive_maximum ? "<" : "<=", parameter.maximum);
  return text;
}

void print_table(std::span<const Parameter> table, const std::string& indent) {
  std::size_t width = 0;
  for (const Parameter& p : table) width = std::max(width, std::string_view(p.name).size());
  for (const Parameter& p : table) {
    fmt::print("{}{:<{}}  {}{}\n{}{:<{}}  {}\n", indent, p.name, width, type_text(p),
               p.fallback == nullptr ? ", required" : fmt::format(", default {}", p.fallback),
               indent, "", width, p.doc);
    if (p.type == ParameterType::group)
      print_table(p.group(), indent + std::string(width + 2, ' '));
  }
}

// What stands beside a component's own options in a config.
std::span<const Parameter> common_parameters(Kind kind) {
  if (kind == Kind::hook) return plan::trigger_parameters();
  if (kind == Kind::dataset) return plan::split_parameters();
  return {};
}

int describe(const Common& common, const std::string& name) {
  plugin_host::PluginHost host = make_plugin_host(common);
  bool found = false;
  for (const auto& c : host.components()) {
    if (c.name != name && fmt::format("{} {}", name_of(c.kind), c.name) != name) continue;
    fmt::print("{}{} {}: {}\n  {} {}, {}, {}\n", found ? "\n" : "", name_of(c.kind), c.name, c.doc,
               c.library->stamp.plugin, c.library->stamp.version, c.library->stamp.licence,
               shown_path(c.library->file));
    print_table(host.parameters(c.kind, c.name), "  ");
    if (const auto beside = common_parameters(c.kind); !beside.empty()) {
      fmt::print("  and, as every {}:\n", name_of(c.kind));
      print_table(beside, "  ");
    }
    found = true;
  }
  if (found) return done;
  std::vector<std::string> names;
  for (const auto& c : host.components()) names.push_back(c.name);
  const std::string guess = config::suggest(name, names);
  throw UsageError(fmt::format(
      "plugins describe: there is no component '{}'{}  (`assay plugins list` shows all)", name,
      guess.empty() ? "" : fmt::format("; did you mean '{}'?", guess)));
}

}  // namespace

void declare_plugins_describe(CLI::App& plugins, const Common& common, Chosen& chosen) {
  const auto name = std::make_shared<std::vector<std::string>>();
  CLI::App* command = plugins.add_subcommand("describe", "Print the options of a component");
  command->add_option("NAME", *name, "For instance sgd, or optimizer sgd")
      ->expected(1, 2)
      ->required();
  command->footer("Example:\n  assay plugins describe sgd");
  command->callback([&, name] {
    chosen = [&, name] { return describe(common, fmt::format("{}", fmt::join(*name, " "))); };
  });
}

}  // namespace assay::command_line
