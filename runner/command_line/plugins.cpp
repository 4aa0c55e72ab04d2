// `assay plugins`: what is there, and what its options are.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <iostream>

#include "runner/command_line/commands.h"
#include "runner/command_line/exit_code.h"
#include "runner/command_line/usage_error.h"
#include "runner/command_line/words.h"
#include "runner/config/suggest.h"
#include "runner/plan/schema.h"
#include "runner/plugin_host/cpu.h"
#include "runner/plugin_host/search_path.h"
#include "runner/version.h"

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

// Of two libraries with the same component the one that was found first is used.
void print_hidden(const plugin_host::PluginHost& host) {
  for (const auto& used : host.components())
    for (const auto& library : host.libraries())
      if (library.get() != used.library && library->refusal.empty() &&
          std::ranges::any_of(library->stamp.components, [&](const auto& c) {
            return c.kind == used.kind && c.name == used.name;
          }))
        fmt::print("hidden: the {} {} of {}\n  {} was found first\n", name_of(used.kind), used.name,
                   shown_path(library->file), shown_path(used.library->file));
}

InstructionSet kernels_to_use(const Common& common) {
  const InstructionSet cpu = plugin_host::cpu_instruction_set();
  const InstructionSet wanted = common.instructions.value_or(cpu);
  if (wanted > cpu)
    throw UsageError(
        fmt::format("--kernels {}: this CPU has {} at best; leave --kernels out to use it",
                    name_of(wanted), name_of(cpu)));
  return wanted;
}

void print_refused(const plugin_host::PluginHost& host) {
  for (const auto& library : host.libraries())
    if (!library->refusal.empty())
      fmt::print("refused: {}\n  {}\n", shown_path(library->file), library->refusal);
}

}  // namespace

plugin_host::PluginHost make_plugin_host(const Common& common) {
  for (const std::string& folder : common.plugin_path)
    if (std::error_code error; !std::filesystem::is_directory(folder, error))
      throw UsageError(fmt::format("--plugin-path {}: {}", folder,
                                   error ? error.message() : "this is not a folder"));
  return plugin_host::PluginHost(plugin_host::plugin_folders(common.plugin_path),
                                 kernels_to_use(common));
}

int list_plugins(const Common& common, const std::string& kind, bool why) {
  const plugin_host::PluginHost host = make_plugin_host(common);
  if (!kind.empty() && !kind_from_name(kind)) {
    const std::string guess =
        config::suggest(kind, std::vector<std::string>(kind_names.begin(), kind_names.end()));
    throw UsageError(fmt::format("plugins list: there is no kind '{}'{} (kinds: {})", kind,
                                 guess.empty() ? "" : fmt::format("; did you mean '{}'?", guess),
                                 fmt::join(kind_names, ", ")));
  }
  std::size_t names = 0, versions = 0, files = 0;
  const auto components = host.components();
  for (const auto& c : components) {
    names = std::max(names, c.name.size());
    versions = std::max(versions, c.library->stamp.version.size());
    files = std::max(files, shown_path(c.library->file).size());
  }
  for (const auto& c : components)
    if (kind.empty() || name_of(c.kind) == kind)
      fmt::print("{:<9}  {:<{}}  {:<{}}  {:<{}}  {}\n", name_of(c.kind), c.name, names,
                 c.library->stamp.version, versions, shown_path(c.library->file), files, c.doc);
  if (why) {
    for (const std::string& line : host.searched()) fmt::print("searched: {}\n", line);
    print_hidden(host);
  }
  print_refused(host);
  return done;
}

int describe_plugin(const Common& common, const std::string& name) {
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
  throw UsageError(
      fmt::format("plugins describe: there is no component '{}'{}; `assay plugins list` shows all",
                  name, guess.empty() ? "" : fmt::format("; did you mean '{}'?", guess)));
}

std::string version_text(const Common& common) {
  return fmt::format("assay {} (SDK {}, {} kernels; this CPU has {})", ASSAY_VERSION,
                     plugin_host::host_stamp().sdk, name_of(kernels_to_use(common)),
                     name_of(plugin_host::cpu_instruction_set()));
}

}  // namespace assay::command_line
