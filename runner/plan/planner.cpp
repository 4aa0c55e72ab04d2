#include "runner/plan/planner.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <stdexcept>

#include "assay/number_text.h"
#include "assay/text.h"
#include "runner/base/home.h"
#include "runner/base/utf8.h"
#include "runner/base/wording.h"
#include "runner/config/mistakes/suggest.h"
#include "runner/config/places.h"
#include "runner/config/time_format.h"
#include "runner/plan/duplicates.h"
#include "runner/plan/placeholders.h"
#include "runner/plan/schema.h"

namespace assay::plan {
namespace {

using config::Location;
using config::Node;

Location file_of(const Node& config) { return {config.where.source, 0, 0, 0}; }

// Returns the place where a missing section would stand.
Location end_of(const Node& config) {
  const auto& source = config.where.source;
  return source == nullptr ? Location{} : config::Places(source).at(source->text.size());
}

// Returns NAME of the first `$NAME`; empty if there is none.
std::string variable_of_a_shell(const std::string& text) {
  const auto is_letter = [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; };
  for (std::size_t at = text.find('$'); at != text.npos; at = text.find('$', at + 1)) {
    const auto begin = text.begin() + static_cast<std::ptrdiff_t>(at) + 1;
    const auto end = std::find_if_not(begin, text.end(), [&](char c) {
      return is_letter(c) || c == '_' || (c >= '0' && c <= '9');
    });
    if (begin != end && (is_letter(*begin) || *begin == '_')) return {begin, end};
  }
  return {};
}

}  // namespace

Planner::Planner(const Node& config, Catalogue& catalogue, config::Diagnostics& diagnostics)
    : config_(config),
      catalogue_(catalogue),
      diagnostics_(diagnostics),
      end_(end_of(config)),
      validator_(catalogue, diagnostics) {
  validator_.know(config);
}

Draft Planner::draft() {
  validator_.unknown_keys(config_, {experiment_parameters()}, "", "unknown key");
  for (const Node::Entry& entry : config_.map) note(entry.key, entry.value.where);
  draft_.name = optional<std::string>(option("name")).value_or("");
  draft_.seed = static_cast<std::uint64_t>(optional<std::int64_t>(option("seed")).value_or(0));
  draft_.threads = optional<std::int64_t>(option("threads"));
  draft_.kernels = kernels();
  const std::size_t problems = diagnostics_.size();
  draft_.run_dir = run_dir();
  check_name(draft_.name);
  if (diagnostics_.size() > problems || reported("name") || reported("run_dir")) doubt("run_dir");
  const Validator::Placed dataset = component("dataset", Kind::dataset, split_parameters());
  draft_.dataset = dataset.component;
  draft_.split = split(dataset);
  draft_.model = component("model", Kind::model).component;
  draft_.loss = component("loss", Kind::loss).component;
  draft_.optimizer = component("optimizer", Kind::optimizer).component;
  draft_.train = train();
  draft_.metrics = metrics();
  draft_.hooks = hooks();
  add_builtin_metrics();
  draft_.loggers = loggers();
  draft_.unsound.insert(validator_.unsound().begin(), validator_.unsound().end());
  check_duplicates(draft_, diagnostics_);
  check_placeholders(draft_, config_, diagnostics_);
  return std::move(draft_);
}

Value Planner::option(const char* name) {
  return validator_.option(config_, parameter(experiment_parameters(), name), "", end_);
}

void Planner::note(const std::string& key, const Location& where) {
  if (where.source != nullptr) draft_.places.insert_or_assign(key, where);
}

void Planner::note(const std::string& owner, const Values& values) {
  for (const auto& [name, value] : values.entries()) note(base::joined(owner, name), value.where);
}

void Planner::note_soundness(const std::string& read_as, const std::string& key) {
  const Unsound& unsound = validator_.unsound();
  for (auto part = unsound.lower_bound(read_as); part != unsound.end(); ++part) {
    if (!part->first.starts_with(read_as)) break;
    const std::string within = part->first.substr(read_as.size());
    if (within.empty() || within.starts_with('.')) draft_.unsound[key + within] = part->second;
  }
}

Location Planner::place_of(const char* key) const {
  const Node* node = config_.find(key);
  return node == nullptr || node->where.source == nullptr ? file_of(config_) : node->where;
}

void Planner::check_name(const std::string& name) {
  constexpr std::size_t longest = 255;  // bytes; the limit of most file systems
  if (name.size() > longest)
    return diagnostics_.error(place_of("name"), "name",
                              fmt::format("expected a name that can be a folder's, of at most {} "
                                          "bytes, found {} bytes",
                                          grouped(longest), grouped(name.size())));
  const bool literal = name.find("\\${") != std::string::npos;
  const bool bad = name.empty() || name == "." || name == ".." || literal ||
                   name.find('/') != std::string::npos || !is_line(name);
  if (bad && !reported("name"))
    diagnostics_.error(place_of("name"), "name",
                       "expected a name that can be a folder's, one line without '/', found " +
                           base::quoted(base::one_line(name)),
                       literal ? "a name cannot hold a '${'" : "");
}

std::string Planner::run_dir() {
  const std::string text = optional<std::string>(option("run_dir")).value_or("");
  if (reported("run_dir")) return text;
  const auto fail = [this](const std::string& message, const std::string& hint = {}) {
    diagnostics_.error(place_of("run_dir"), "run_dir", message, hint);
  };
  if (text.empty()) fail("expected a folder, found ''");
  if (const std::string name = variable_of_a_shell(text); !name.empty())
    diagnostics_.warning(place_of("run_dir"), "run_dir",
                         fmt::format("'${}' stands for itself", name),
                         fmt::format("${{env:{}}} is the value of the environment variable", name));
  try {
    config::expand_now(text, std::chrono::system_clock::now());
  } catch (const std::runtime_error& error) {
    fail(error.what());
  }
  const base::HomePath path = base::with_home(text);
  if (!path.problem.empty()) fail(path.problem, path.hint);
  return path.path;
}

std::optional<InstructionSet> Planner::kernels() {
  const auto name = optional<std::string>(option("kernels"));
  return instruction_set_named(name.value_or(""));
}

bool Planner::reported(const char* key) const {
  const Node* node = config_.find(key);
  return node != nullptr && (node->reported || node->kind != Node::Kind::scalar);
}

Validator::Placed Planner::component(const char* key, Kind kind,
                                     std::span<const Parameter> common) {
  if (const Node* node = config_.find(key)) return validator_.component(*node, kind, key, common);
  const std::string misspelt = validator_.misspelling(key);
  if (const Node* node = misspelt.empty() ? nullptr : config_.find(misspelt))
    validator_.component(*node, kind, misspelt, common);
  else option(key);  // reports that it is missing
  Validator::Placed missing;
  missing.soundness = Soundness::broken;
  draft_.unsound.insert_or_assign(key, missing.soundness);
  return missing;
}

}  // namespace assay::plan
