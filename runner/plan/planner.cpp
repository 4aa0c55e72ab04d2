#include "runner/plan/planner.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <stdexcept>
#include <string_view>

#include "assay/number_text.h"
#include "assay/text.h"
#include "runner/base/home.h"
#include "runner/base/suggest.h"
#include "runner/base/utf8.h"
#include "runner/base/wording.h"
#include "runner/config/places.h"
#include "runner/config/reference.h"
#include "runner/plan/builtin_metric.h"
#include "runner/plan/fallback.h"
#include "runner/plan/option_text.h"
#include "runner/plan/placeholders.h"
#include "runner/plan/schema.h"
#include "runner/plan/short_form.h"
#include "runner/plan/tag.h"

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

// Returns true if the map or a value directly below it was reported as wrong. Problems that follow
// from that should not be reported.
bool has_reported(const Node* map) {
  return map != nullptr &&
         (map->reported || std::ranges::any_of(map->map, [](const Node::Entry& entry) {
            return entry.value.reported;
          }));
}

WeightPattern pattern(const Value& value) {
  return {optional<std::string>(value).value_or(""), value.where};
}

// Returns the patterns in a list.
std::vector<WeightPattern> patterns(const Values& values, std::string_view name) {
  std::vector<WeightPattern> result;
  for (const Value& value : optional<List>(values, name).value_or(List{}))
    result.push_back(pattern(value));
  return result;
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
  draft_.resume = resume(draft_.run_dir);
  check_name(draft_.name);
  if (diagnostics_.size() > problems || reported("name") || reported("run_dir")) doubt("run_dir");
  const Validator::Placed dataset = component("dataset", Kind::dataset, split_parameters());
  draft_.dataset = dataset.component;
  draft_.split = split(dataset);
  draft_.transforms = components("transforms", Kind::transform);
  const Validator::Placed model = component("model", Kind::model, init_parameters());
  draft_.model = model.component;
  draft_.init_from = init_from(model.common);
  draft_.loss = component("loss", Kind::loss).component;
  draft_.gradient_transforms = components("gradient_transforms", Kind::gradient_transform);
  const Validator::Placed optimizer = component("optimizer", Kind::optimizer, tuning_parameters());
  draft_.optimizer = optimizer.component;
  tuning(optimizer.common);
  draft_.train = train();
  draft_.checkpoints = checkpoints();
  draft_.metrics = metrics();
  draft_.hooks = hooks();
  add_builtin_metrics(draft_, catalogue_, diagnostics_);
  draft_.loggers = components("loggers", Kind::logger);
  draft_.unsound.insert(validator_.unsound().begin(), validator_.unsound().end());
  check_tags(draft_, diagnostics_);
  check_placeholders(draft_, config_, diagnostics_);
  return std::move(draft_);
}

Value Planner::option(const char* name) {
  return validator_.option(config_, parameter(experiment_parameters(), name), "", end_);
}

void Planner::check_name(const std::string& name) {
  constexpr std::size_t longest = 255;  // bytes; the limit of most file systems
  if (name.size() > longest)
    return diagnostics_.error(
        place_of("name"), "name",
        fmt::format("expected a name that can be a folder's, of at most {} bytes, found {} bytes",
                    grouped(longest), grouped(name.size())));
  const bool literal = name.find("\\${") != std::string::npos;
  const bool bad = name.empty() || name == "." || name == ".." || literal ||
                   name.find('/') != std::string::npos || !is_line(name);
  if (bad && !reported("name"))
    diagnostics_.error(place_of("name"), "name",
                       "expected a name that can be a folder's, one line without '/', found " +
                           base::quoted(base::one_line(name)),
                       literal ? "a name cannot contain '${'" : "");
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

bool Planner::resume(const std::string& run_dir) {
  const bool resume = optional<bool>(option("resume")).value_or(false);
  if (resume && run_dir.find("${now:") != std::string::npos && !reported("run_dir"))
    diagnostics_.error(place_of("resume"), "resume",
                       "the folder of each run has a different name, so none can be found again",
                       "give run_dir a name without ${now:...}");
  return resume;
}

std::optional<InstructionSet> Planner::kernels() {
  const auto name = optional<std::string>(option("kernels"));
  return instruction_set_named(name.value_or(""));
}

Validator::Placed Planner::component(const char* key, Kind kind,
                                     std::span<const Parameter> common) {
  if (const Node* node = config_.find(key))
    return validator_.component(in_long_form(*node, common), kind, key, common);
  const std::string misspelt = validator_.misspelling(key);
  if (const Node* node = misspelt.empty() ? nullptr : config_.find(misspelt))
    validator_.component(in_long_form(*node, common), kind, misspelt, common);
  else option(key);  // reports that it is missing
  Validator::Placed missing;
  missing.soundness = Soundness::broken;
  draft_.unsound.insert_or_assign(key, missing.soundness);
  return missing;
}

std::optional<SplitPlan> Planner::split(const Validator::Placed& dataset) {
  note("dataset", dataset.common);
  const auto values = optional<Values>(dataset.common, "split");
  // An unknown key may have been meant as the split.
  if (dataset.common_problems > 0 || validator_.meant("dataset") ||
      (!values && dataset.soundness != Soundness::sound))
    doubt("dataset.split");
  if (!values) return std::nullopt;
  note("dataset.split", *values);
  SplitPlan split;
  split.where = dataset.common.find("split")->where;
  split.test = optional<double>(*values, "test").value_or(0);
  split.validation = optional<double>(*values, "validation").value_or(0);
  split.seed = static_cast<std::uint64_t>(optional<std::int64_t>(*values, "seed").value_or(0));
  const auto is_said = [&](const char* key) {
    const Value* share = values->find(key);
    return share != nullptr && share->where.source != nullptr;
  };
  if (dataset.common_problems == 0 && !is_said("test") && !is_said("validation"))
    diagnostics_.warning(split.where, "dataset.split", "this does not hold back any rows",
                         "say how many: {test: 0.25}");
  if (split.test + split.validation >= 1) {
    diagnostics_.error(split.where, "dataset.split",
                       "test and validation together leave no rows to train on",
                       "shares that add up to less than 1");
    doubt("dataset.split");
  }
  return split;
}

TrainPlan Planner::train() {
  const std::size_t problems = diagnostics_.size();
  const Value value = option("train");
  const Values values = optional<Values>(value).value_or(Values{});
  note("train", values);
  TrainPlan train;
  train.epochs = optional<std::int64_t>(values, "epochs");
  train.steps = optional<std::int64_t>(values, "steps");
  train.batch_size = optional<std::int64_t>(values, "batch_size");
  train.shuffle = optional<bool>(values, "shuffle").value_or(true);
  train.on_nan = optional<std::string>(values, "on_nan") == "ignore" ? OnNan::ignore : OnNan::stop;
  train.lanes = optional<std::int64_t>(values, "lanes");
  train.block_rows = optional<std::int64_t>(values, "block_rows");
  if (const Node* section = config_.find("train");
      diagnostics_.size() > problems || has_reported(section)) {
    if (section != nullptr && section->kind == Node::Kind::map &&
        section->find("epochs") == nullptr && section->find("steps") == nullptr)
      no_length_of_training();
    doubt("train");
    return train;
  }
  if (train.epochs && train.steps)
    diagnostics_.error(second_of_epochs_and_steps(), "train",
                       "expected epochs or steps, found both", "remove one, or set it to null");
  else if (!train.epochs && !train.steps) no_length_of_training();
  else train.where = values.find(train.epochs ? "epochs" : "steps")->where;
  if (train.epochs.has_value() == train.steps.has_value()) doubt("train");
  return train;
}

CheckpointPlan Planner::checkpoints() {
  const Value value = option("checkpoints");
  const Values values = optional<Values>(value).value_or(Values{});
  note("checkpoints", values);
  CheckpointPlan checkpoints;
  checkpoints.every = optional<std::int64_t>(values, "every");
  checkpoints.every_epoch = optional<std::int64_t>(values, "every_epoch");
  checkpoints.every_seconds = optional<std::int64_t>(values, "every_seconds");
  checkpoints.at_end = optional<bool>(values, "at_end").value_or(true);
  checkpoints.keep = optional<std::int64_t>(values, "keep").value_or(checkpoints.keep);
  if (const auto best = optional<Values>(values, "best")) {
    note("checkpoints.best", *best);
    const Value* const name = best->find("value");
    checkpoints.best = {
        optional<std::string>(*name).value_or(""),
        optional<std::string>(*best, "mode") == "min" ? BestPlan::Mode::min : BestPlan::Mode::max,
        name->where};
  }
  return checkpoints;
}

std::optional<InitFromPlan> Planner::init_from(const Values& model) {
  note("model", model);
  const auto values = optional<Values>(model, "init_from");
  if (!values) return std::nullopt;
  note("model.init_from", *values);
  InitFromPlan init;
  const Value* const file = values->find("file");
  init.file = optional<std::string>(*file).value_or("");
  init.where = file->where;
  init.missing = patterns(*values, "missing");
  init.extra = patterns(*values, "extra");
  const List renames = optional<List>(*values, "rename").value_or(List{});
  for (std::size_t i = 0; i < renames.size(); ++i) {
    const Values rename = optional<Values>(renames[i]).value_or(Values{});
    const std::string key = fmt::format("model.init_from.rename.{}", i);
    note(key, rename);
    const Value* const from = rename.find("from");
    if (from == nullptr) continue;
    init.rename.push_back({pattern(*from), optional<std::string>(rename, "to")});
    const auto& [given, to] = init.rename.back();
    const auto stars = [](const std::string& text) { return std::ranges::count(text, '*'); };
    if (to && stars(*to) != stars(given.text))
      diagnostics_.error(rename.find("to")->where, base::joined(key, "to"),
                         fmt::format("expected as many '*' as in {}, found {}",
                                     base::quoted(given.text), base::quoted(*to)),
                         "each '*' stands for the same text in both names");
  }
  return init;
}

void Planner::tuning(const Values& optimizer) {
  note("optimizer", optimizer);
  draft_.freeze = patterns(optimizer, "freeze");
  const List rates = optional<List>(optimizer, "rates").value_or(List{});
  for (std::size_t i = 0; i < rates.size(); ++i) {
    const Values rate = optional<Values>(rates[i]).value_or(Values{});
    note(fmt::format("optimizer.rates.{}", i), rate);
    if (const Value* const weights = rate.find("weights"))
      draft_.rates.push_back({pattern(*weights), optional<double>(rate, "factor").value_or(1)});
  }
}

void Planner::no_length_of_training() {
  if (config_.find("train") == nullptr && validator_.meant("train")) return;
  if (validator_.meant("train.epochs") || validator_.meant("train.steps")) return;
  if (const Node* train = config_.find("train")) {
    const Location* removal = train->removal("epochs");
    if (removal == nullptr) removal = train->removal("steps");
    diagnostics_.error(removal != nullptr ? *removal : place_of("train"), "train",
                       "expected epochs or steps, found neither",
                       removal != nullptr ? "removed here" : "add `epochs: 10`");
  } else
    diagnostics_.error(end_, "train", "missing: expected epochs or steps",
                       "add `train: {epochs: 10}`");
}

Location Planner::second_of_epochs_and_steps() const {
  const auto is_one = [](const Node::Entry& e) { return e.key == "epochs" || e.key == "steps"; };
  const auto& entries = config_.find("train")->map;
  return std::ranges::find_if(entries.rbegin(), entries.rend(), is_one)->where;
}

std::vector<NamedComponent> Planner::metrics() {
  std::vector<NamedComponent> result;
  if (validator_.meant("metrics")) doubt("metrics");
  const Node* section = config_.find("metrics");
  if (section == nullptr) {
    for (const Member& m : misspelt_members("metrics"))
      validator_.component(*m.node, Kind::metric, m.key);
    return result;
  }
  const std::size_t problems = diagnostics_.size();
  const std::vector<Member> named = members_by_name(*section, "metrics", diagnostics_);
  if (diagnostics_.size() > problems || section->reported) doubt("metrics");
  for (const Member& m : named)
    result.push_back({m.name, validator_.component(*m.node, Kind::metric, m.key).component});
  return result;
}

std::vector<HookPlan> Planner::hooks() {
  std::vector<HookPlan> result;
  ListNames names;
  const Node* section = config_.find("hooks");
  std::optional<Node> fallback;
  if (section == nullptr) {
    for (const Member& m : misspelt_members("hooks")) hook(*m.node, m, names);
    if (validator_.meant("hooks")) return result;
    fallback =
        fallback_node(parameter(experiment_parameters(), "hooks"), "hooks", diagnostics_).value();
    section = &*fallback;
  }
  for (const Member& m : members(*section, "hooks", diagnostics_))
    result.push_back(hook(*m.node, m, names));
  return result;
}

HookPlan Planner::hook(const Node& given, const Member& member, ListNames& names) {
  const std::string& key = member.key;
  const Node node = in_long_form(given, trigger_parameters());
  const Validator::Placed placed =
      validator_.component(node, Kind::hook, key, trigger_parameters());
  const std::size_t problems = diagnostics_.size();
  const std::vector<std::string> known = catalogue_.names(Kind::hook);
  const bool unsure = placed.common_problems > 0 || placed.unknown_keys > 0 ||
                      has_reported(&node) || std::ranges::count(known, placed.component.type) == 0;
  Trigger trigger;
  trigger.every = optional<std::int64_t>(placed.common, "every");
  trigger.every_epoch = optional<std::int64_t>(placed.common, "every_epoch");
  trigger.times = optional<std::int64_t>(placed.common, "times");
  trigger.from = optional<std::int64_t>(placed.common, "from");
  trigger.until = optional<std::int64_t>(placed.common, "until");
  trigger.at_end = optional<bool>(placed.common, "at_end").value_or(false);
  for (const Value& step : optional<List>(placed.common, "at").value_or(List{}))
    if (const auto number = optional<std::int64_t>(step)) trigger.at.push_back(*number);
  std::sort(trigger.at.begin(), trigger.at.end());
  trigger.at.erase(std::unique(trigger.at.begin(), trigger.at.end()), trigger.at.end());

  const bool repeats = trigger.every || trigger.every_epoch || trigger.times;
  const bool fires = repeats || !trigger.at.empty() || trigger.at_end;
  if (!fires && !unsure) {
    config::Location where = placed.component.where;
    for (const char* when : {"every", "every_epoch", "times", "at", "at_end"})
      if (const Node* written = node.find(when)) where = written->where;  // null, [] or false
    diagnostics_.error(where, key, "this hook never fires",
                       "say when: every: 10, every_epoch: 1, times: 100, at: [0, 100] or at_end: "
                       "true");
  }
  for (const char* bound : {"from", "until"})
    if (optional<std::int64_t>(placed.common, bound) && fires && !repeats && !has_reported(&node))
      diagnostics_.error(
          placed.common.find(bound)->where, base::joined(key, bound),
          "it bounds `every`, `every_epoch` and `times`, and this hook has none of them",
          "leave it out: it does not apply to `at` and `at_end`");
  if (trigger.times && trigger.every && trigger.every_epoch)
    diagnostics_.error(
        placed.common.find("times")->where, base::joined(key, "times"),
        "`every` and `every_epoch` are both present",
        "it selects from the steps of one of them: leave the other out, or make two hooks");
  if (trigger.from && trigger.until && *trigger.from > *trigger.until)
    diagnostics_.error(placed.common.find("from")->where, base::joined(key, "from"),
                       fmt::format("step {} is after until, {}", *trigger.from, *trigger.until));
  std::string name = member.name.empty() ? names.name(placed.component.type) : member.name;
  const std::string named = base::joined("hooks", name);
  note(named, placed.common);
  note_soundness(key, named);
  if (diagnostics_.size() > problems || unsure) doubt(named);
  return {std::move(name), std::move(trigger), placed.component,
          texts_of(placed.component, ParameterType::tag, catalogue_),
          texts_of(placed.component, ParameterType::value, catalogue_)};
}

std::vector<NamedComponent> Planner::components(const char* section, Kind kind) {
  std::vector<NamedComponent> result;
  ListNames names;
  const auto add = [&](std::string name, const std::string& read_as, ComponentPlan component) {
    if (name.empty()) name = names.name(component.type);
    note_soundness(read_as, base::joined(section, name));
    result.push_back({std::move(name), std::move(component)});
  };
  if (const Node* node = config_.find(section)) {
    for (const Member& m : members(*node, section, diagnostics_))
      add(m.name, m.key, validator_.component(*m.node, kind, m.key).component);
    return result;
  }
  for (const Member& m : misspelt_members(section)) validator_.component(*m.node, kind, m.key);
  const List fallback = optional<List>(option(section)).value_or(List{});
  for (std::size_t i = 0; i < fallback.size(); ++i)
    if (const auto component = optional<ComponentPlan>(fallback[i]))
      add("", base::joined(section, std::to_string(i)), *component);
  return result;
}

std::vector<Member> Planner::misspelt_members(const char* section) {
  const std::string key = validator_.misspelling(section);
  const Node* node = key.empty() ? nullptr : config_.find(key);
  if (node == nullptr) return {};
  const bool by_name = std::string_view(section) == "metrics";
  return by_name ? members_by_name(*node, key, diagnostics_) : members(*node, key, diagnostics_);
}

Location Planner::place_of(const char* key) const {
  const Node* node = config_.find(key);
  return node == nullptr || node->where.source == nullptr ? file_of(config_) : node->where;
}

bool Planner::reported(const char* key) const {
  const Node* node = config_.find(key);
  return node != nullptr && (node->reported || node->kind != Node::Kind::scalar);
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

}  // namespace assay::plan
