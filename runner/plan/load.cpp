#include "runner/plan/load.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "runner/base/wording.h"
#include "runner/config/argument.h"
#include "runner/config/composition.h"
#include "runner/config/defaults.h"
#include "runner/config/interpolation.h"
#include "runner/config/key_lookup.h"
#include "runner/config/overrides.h"
#include "runner/config/places.h"
#include "runner/config/reader.h"
#include "runner/plan/make_plan.h"
#include "runner/plan/option_walk.h"
#include "runner/plan/planner.h"
#include "runner/plan/schema.h"
#include "runner/plan/short_form.h"
#include "runner/plan/validator.h"

namespace assay::plan {

namespace {

void check_member(const config::Node& member, const Parameter& p, const std::string& key,
                  Validator& validator) {
  const std::span<const Parameter> common = common_parameters(p.kind);
  validator.component(in_long_form(member, common), p.kind, key, common);
}

// Checks a section that contains several components.
void check_members(const config::Node& section, const Parameter& p, Validator& validator) {
  if (section.find("type") != nullptr) return;  // the whole config reports a single one
  const auto check = [&](const config::Node& member, std::string_view name) {
    check_member(member, p, base::joined(p.name, name), validator);
  };
  for (const config::Node::Entry& entry : section.map) check(entry.value, entry.key);
  for (std::size_t i = 0; i < section.list.size(); ++i) check(section.list[i], std::to_string(i));
}

// Checks an incomplete config, one of whose files cannot be read. Reports the problems that the
// missing files cannot change: unknown keys, unknown components and invalid values. Does not report
// missing keys, or references that find nothing.
void check_part(config::Node part, Catalogue& catalogue, config::Diagnostics& diagnostics) {
  // Other files may set keys that this part does not, so use no defaults.
  config::Diagnostics told_of_the_whole;
  config::interpolate(part, config::Defaults(), told_of_the_whole);
  Validator validator(catalogue, diagnostics, Validator::Config::part);
  validator.know(part);
  validator.unknown_keys(part, {experiment_parameters()}, "", "unknown key");
  for (const Parameter& p : experiment_parameters()) {
    const config::Node* section = part.find(p.name);
    if (section == nullptr) continue;
    if (p.type != ParameterType::component) validator.option(part, p, "", {});
    else if (p.list) check_members(*section, p, validator);
    else check_member(*section, p, p.name, validator);
  }
}

// Checks the syntax of the arguments for a config that cannot be read.
void check_alone(std::span<const std::string> arguments, config::Diagnostics& diagnostics) {
  std::size_t values_left = config::max_nodes;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto source = std::make_shared<const config::Source>(
        config::Source{fmt::format("argument {}", i + 1), {}, arguments[i]});
    if (config::check_text(source, diagnostics))
      config::read_argument(source, values_left, diagnostics);
  }
}

// Marks the key of an unreadable argument as reported, so that it is not reported as missing too.
void excuse(config::Node& config, const config::Location& argument,
            const config::Defaults& defaults) {
  const std::string& text = argument.source->text;
  std::size_t key_end = text.find('=');
  if (text.starts_with('~')) return;
  if (key_end == text.npos) {  // a key whose '=' was forgotten, or no key at all
    if (defaults.takes(config, config::parts_of(text)) == config::Takes::unknown) return;
    key_end = text.size();
  }
  std::size_t begin = text.find_first_not_of('+');
  config::Node* node = &config;
  while (node->kind == config::Node::Kind::map && begin < key_end) {
    const std::size_t end = std::min(text.find('.', begin), key_end);
    const std::string part = text.substr(begin, end - begin);
    if (part.empty() || part == "extends") return;
    config::Node* next = node->find(part);
    if (next == nullptr) {
      config::Node excused;
      excused.reported = true;
      excused.where = config::Places(argument.source).at(begin, end);
      node->map.push_back({part, excused.where, std::move(excused)});
      return;
    }
    node = next;
    begin = end + 1;
  }
  // This is the bare name of a component, to which the argument would have added options.
  if (node->kind == config::Node::Kind::scalar && begin < key_end) node->reported = true;
}

void apply(config::Node& config, const Settings& settings, config::Composition& composition,
           const config::Defaults& defaults, config::Diagnostics& diagnostics) {
  const std::size_t problems = diagnostics.size();
  config::apply_overrides(config, settings.arguments, composition, defaults, diagnostics,
                          settings.places);
  if (diagnostics.size() == problems) return;
  for (const config::Diagnostic& d : diagnostics.sorted())
    if (d.where.is_in_argument()) excuse(config, d.where, defaults);
}

// Returns the entry `sweep` of a config, if it has one, and takes it out.
std::optional<config::Node::Entry> without_sweep(config::Node& config) {
  const auto found = std::ranges::find(config.map, sweep_key, &config::Node::Entry::key);
  if (found == config.map.end()) return std::nullopt;
  std::optional<config::Node::Entry> sweep = std::move(*found);
  config.map.erase(found);
  return sweep;
}

// Makes a draft of a config that was read. Returns nothing if it could not be read.
std::optional<Draft> draft_of(std::optional<config::Node> config, const std::string& path,
                              const Settings& settings, config::Composition& composition,
                              Catalogue& catalogue, config::Diagnostics& diagnostics) {
  if (!config) {
    for (config::Node& part : composition.parts_of(path)) {
      without_sweep(part);
      check_part(std::move(part), catalogue, diagnostics);
    }
    // If the file does not exist, one of the arguments may be its name, so check none of them.
    if (std::error_code error; std::filesystem::exists(path, error))
      check_alone(settings.arguments, diagnostics);
    return std::nullopt;
  }
  apply(*config, settings, composition, TableDefaults(catalogue), diagnostics);
  if (const auto sweep = without_sweep(*config))
    diagnostics.error(sweep->where, sweep->key, "this config asks for several runs",
                      "`assay batch` runs them");
  Draft draft = make_draft(*config, catalogue, diagnostics);
  draft.has_problems = !diagnostics.empty();
  draft.source = config->where.source;
  draft.sources = composition.sources();
  return draft;
}

// Returns true if the argument may name a fragment, `@FILE`.
bool may_name_a_file(const std::string& argument) { return argument.find('@') != argument.npos; }

}  // namespace

ConfigFile::ConfigFile(std::string path)
    : path_(std::move(path)),
      stays_(stays_with_place),
      composition_(stays_, problems_),
      config_(composition_.file(path_)) {}

std::optional<config::Node::Entry> ConfigFile::take_sweep() {
  sweep_taken_ = true;
  return config_ ? without_sweep(*config_) : std::nullopt;
}

std::optional<Draft> ConfigFile::draft(const Settings& settings, Catalogue& catalogue,
                                       config::Diagnostics& diagnostics) {
  if (std::ranges::none_of(settings.arguments, may_name_a_file)) {
    for (const config::Diagnostic& problem : problems_.sorted()) {
      if (problem.severity == config::Severity::error)
        diagnostics.error(problem.where, problem.key, problem.message, problem.hint);
      else diagnostics.warning(problem.where, problem.key, problem.message, problem.hint);
    }
    return draft_of(config_, path_, settings, composition_, catalogue, diagnostics);
  }
  // Fragments count with the files of the config for its limits, so all are read together.
  config::Composition composition(stays_, diagnostics);
  std::optional<config::Node> config = composition.file(path_);
  if (config && sweep_taken_) without_sweep(*config);
  return draft_of(std::move(config), path_, settings, composition, catalogue, diagnostics);
}

std::optional<Draft> load_draft(const std::string& config_path,
                                std::span<const std::string> overrides, Catalogue& catalogue,
                                config::Diagnostics& diagnostics) {
  const config::StaysWithPlace stays = stays_with_place;
  config::Composition composition(stays, diagnostics);
  std::optional<config::Node> config = composition.file(config_path);
  return draft_of(std::move(config), config_path, {overrides, {}}, composition, catalogue,
                  diagnostics);
}

std::optional<const Plan> load(const std::string& config_path,
                               std::span<const std::string> overrides, Catalogue& catalogue,
                               config::Diagnostics& diagnostics) {
  std::optional<Draft> draft = load_draft(config_path, overrides, catalogue, diagnostics);
  if (!draft) return std::nullopt;
  return std::move(*draft).finished();
}

}  // namespace assay::plan
