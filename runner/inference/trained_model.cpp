#include "runner/inference/trained_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <string_view>
#include <utility>

#include "assay/error.h"
#include "runner/base/digest.h"
#include "runner/base/machine_share.h"
#include "runner/base/mapped_file_loss.h"
#include "runner/base/wording.h"
#include "runner/data/not_finite.h"
#include "runner/experiment/blame.h"
#include "runner/experiment/data_files.h"
#include "runner/experiment/lane_rule.h"
#include "runner/plan/builtin_metric.h"
#include "runner/plan/canonical.h"
#include "runner/plan/load.h"
#include "runner/plugin_host/cpu.h"
#include "runner/plugin_host/schedules.h"
#include "runner/train/transforms.h"

namespace assay::inference {
namespace {

namespace fs = std::filesystem;
using plugin_host::Handle;

// Returns the key that an argument sets or removes.
std::string_view key_of(std::string_view setting) {
  setting.remove_prefix(std::min(setting.find_first_not_of("+~"), setting.size()));
  return setting.substr(0, setting.find('='));
}

bool is_within(std::string_view key, std::string_view section) {
  return key == section ||
         (key.starts_with(section) && key.substr(section.size()).starts_with('.'));
}

bool names_other_data(std::string_view setting) {
  const std::string_view key = key_of(setting);
  return is_within(key, "dataset") && !is_within(key, "dataset.split");
}

bool is_run_folder(const fs::path& folder, config::Diagnostics& diagnostics) {
  std::error_code error;
  const auto refuse = [&](std::string_view why) {
    diagnostics.error({}, "",
                      fmt::format("{}: {}; expected a run folder, which `assay run` makes",
                                  base::one_line(folder.string()), why));
    return false;
  };
  if (!fs::exists(folder, error)) return refuse("there is no such folder");
  if (!fs::is_directory(folder, error)) return refuse("this is a file");
  for (const char* file : {"run.json", "plan.yaml"})
    if (!fs::exists(folder / file, error)) return refuse(fmt::format("it has no {}", file));
  return true;
}

bool are_of_data(const std::vector<std::string>& settings, config::Diagnostics& diagnostics) {
  for (const std::string& setting : settings) {
    const std::string_view key = key_of(setting);
    if (is_within(key, "dataset") || key == "threads") continue;
    diagnostics.error({}, std::string(key),
                      "a trained model cannot be changed; expected a key of `dataset`, or "
                      "`threads`");
  }
  return diagnostics.empty();
}

// Lets components use the kernels that the run used, so that they compute the same bits.
void use_kernels(const Choice& choice, const run::RunRecord& record, plugin_host::PluginHost& host,
                 config::Diagnostics& diagnostics) {
  if (choice.kernels) return host.use(*choice.kernels);
  const auto trained_with = instruction_set_named(record.kernels);
  if (!trained_with) return;
  const InstructionSet best = plugin_host::cpu_instruction_set();
  if (*trained_with <= best) return host.use(*trained_with);
  diagnostics.warning({}, "",
                      fmt::format("this run used {} kernels, but this CPU has {} at best; the last "
                                  "bits of results may differ",
                                  record.kernels, name_of(best)));
  host.use(best);
}

std::optional<plan::Draft> sound_draft(const std::string& file,
                                       const std::vector<std::string>& settings,
                                       plugin_host::PluginHost& host,
                                       config::Diagnostics& diagnostics) {
  auto draft = plan::load_draft(file, settings, host, diagnostics);
  if (!draft || draft->has_problems || !diagnostics.empty()) return std::nullopt;
  return draft;
}

// Returns the step of the best checkpoint for "best", unless a hook keeps one under that name.
std::string meant_checkpoint(const std::string& chosen, const run::RunRecord& record,
                             const base::Folder& run_folder) {
  if (chosen != "best" || !record.best) return chosen;
  std::error_code none;
  const bool is_name = fs::exists(run_folder.path() / "checkpoints/best.safetensors", none);
  return is_name ? chosen : std::to_string(record.best->step);
}

}  // namespace

std::unique_ptr<TrainedModel> TrainedModel::open(const Choice& choice,
                                                 plugin_host::PluginHost& host,
                                                 config::Diagnostics& diagnostics) {
  if (!is_run_folder(choice.run_folder, diagnostics) || !are_of_data(choice.settings, diagnostics))
    return nullptr;
  const base::Folder folder{fs::path(choice.run_folder)};
  run::RunRecord record = run::read_record(folder);
  const std::string file = (fs::path(choice.run_folder) / "plan.yaml").string();
  auto draft = sound_draft(file, {}, host, diagnostics);
  if (!draft) return nullptr;
  const auto trained = plan::Draft(*draft).finished();
  if (plan::digest(*trained) != record.plan_digest)
    throw Error(fmt::format(
        "{}: this is not the plan that the run was trained with, whose digest is in run.json",
        file));
  if (!choice.settings.empty()) draft = sound_draft(file, choice.settings, host, diagnostics);
  if (!draft) return nullptr;
  use_kernels(choice, record, host, diagnostics);

  const run::PlanDigests plans = run::plan_digests(record);
  UsedCheckpoint checkpoint =
      choice.checkpoint.empty()
          ? newest_checkpoint(folder, plans)
          : chosen_checkpoint(folder, plans, meant_checkpoint(choice.checkpoint, record, folder));
  for (const std::string& problem : checkpoint.damaged)
    diagnostics.warning({}, "", fmt::format("{}; {} is used", problem, checkpoint.file.path()));
  std::unique_ptr<TrainedModel> model(
      new TrainedModel(folder, std::move(record), *std::move(draft), std::move(checkpoint)));
  model->has_other_data_ = std::ranges::any_of(choice.settings, names_other_data);
  model->open_data(host, diagnostics);
  if (!model->data_) return nullptr;
  model->make_network(host, diagnostics);
  model->warn_of_plugins(host, diagnostics);
  state::Registry state;
  model->network_->lend_state(state);
  model->state_.lend(state);
  take_state(state, model->checkpoint_, folder, plans);
  return model;
}

TrainedModel::TrainedModel(const base::Folder& folder, run::RunRecord record, plan::Draft plan,
                           UsedCheckpoint checkpoint)
    : record_(std::move(record)),
      trained_on_(run::read_data_form(folder)),
      plan_(std::move(plan)),
      checkpoint_(std::move(checkpoint)) {}

template <class Interface>
Handle<Interface> TrainedModel::create(plugin_host::PluginHost& host,
                                       const plan::ComponentPlan& plan) const {
  auto made = host.create<Interface>(plan);
  if (record_.total_steps > 0) plugin_host::begin_schedules(made.object(), record_.total_steps);
  return made;
}

void TrainedModel::open_data(plugin_host::PluginHost& host, config::Diagnostics& diagnostics) {
  experiment::Blame(plan_, diagnostics).attempt({"dataset", plan_.dataset}, [&] {
    UsedData data(create<Dataset>(host, plan_.dataset), plan_.split, trained_on_);
    state_.declare(data.dataset().object(), "dataset");
    data_.emplace(std::move(data));
  });
  const experiment::DataFiles files(plan_.dataset,
                                    host.parameters(Kind::dataset, plan_.dataset.type));
  for (const experiment::DataFile& file : files.files()) data_files_.push_back(file.path);
}

void TrainedModel::check_is_no_data(const fs::path& file) const {
  std::error_code error;
  for (const std::string& read : data_files_)
    if (fs::equivalent(file, read, error))
      throw Error(fmt::format("{}: the data are read from this file; write to another one",
                              base::one_line(file.string())));
}

std::optional<data::Rows> TrainedModel::rows(const std::string& split, Targets targets,
                                             config::Diagnostics& diagnostics) const {
  return experiment::Blame(plan_, diagnostics).attempt({"dataset", plan_.dataset}, [&] {
    return targets == Targets::needed ? data_->rows(split) : data_->rows_without_targets(split);
  });
}

void TrainedModel::make_network(plugin_host::PluginHost& host, config::Diagnostics& diagnostics) {
  train::Transforms transforms(trained_on_.sample_shape, plan_.seed);
  for (const auto& [name, component] : plan_.transforms) {
    const auto transform = create<Transform>(host, component);
    transforms.add(transform);
    state_.declare(transform.object(), "transforms/" + name);
  }
  loss_ = create<Loss>(host, plan_.loss);
  const auto outputs = loss_->call([&](Loss& loss) {
    const std::int64_t count = loss.outputs(trained_on_.target);
    loss.prepare(trained_on_.class_rows);
    return count;
  });
  state_.declare(loss_->object(), "loss");
  const auto model = create<Model>(host, plan_.model);
  auto description = train::describe(model, transforms.shape(), outputs);
  state_.declare(model.object(), "buffers");
  const train::LaneRule rule = experiment::lane_rule(plan_.train, model);
  const std::int64_t cores = base::cores_given().amount;
  team_ = std::make_unique<train::ThreadTeam>(
      static_cast<int>(std::min(plan_.threads.value_or(cores), cores)));
  constexpr std::int64_t largest_batch = 1;  // no gradient is taken
  network_ = std::make_unique<train::Network>(
      train::Network::Components{model, *loss_, make_metrics(host, diagnostics),
                                 std::move(transforms)},
      std::move(description), rule, *team_, plan_.seed, largest_batch);
}

std::vector<Handle<Metric>> TrainedModel::make_metrics(plugin_host::PluginHost& host,
                                                       config::Diagnostics& diagnostics) {
  std::vector<plan::NamedComponent> wanted = plan_.metrics;
  const auto add = [&](std::string_view name) {
    if (std::ranges::count(wanted, name, &plan::NamedComponent::name) != 0) return;
    if (auto metric = plan::builtin_metric(name, {}, host, diagnostics))
      wanted.push_back({std::string(name), std::move(metric->component)});
  };
  add("loss");
  if (trained_on_.target.classes > 0) add("accuracy");
  std::vector<Handle<Metric>> metrics;
  for (const auto& [name, component] : wanted) {
    const auto metric = create<Metric>(host, component);
    metric.call([&](Metric& m) { m.prepare(trained_on_.target); });
    state_.declare(metric.object(), "metrics/" + name);
    metric_names_.push_back(name);
    results_.push_back(train::results_of(metric));
    metrics.push_back(metric);
  }
  return metrics;
}

// Warns of libraries that take part in the computation and differ from those that the run was
// trained with.
void TrainedModel::warn_of_plugins(const plugin_host::PluginHost& host,
                                   config::Diagnostics& diagnostics) const {
  constexpr std::array computing = {Kind::dataset, Kind::transform, Kind::model, Kind::loss,
                                    Kind::metric};
  for (const plugin_host::FoundLibrary* library : host.opened()) {
    const bool computes = std::ranges::any_of(library->stamp.components, [&](const auto& c) {
      return std::ranges::count(computing, c.kind) != 0;
    });
    const auto before =
        std::ranges::find(record_.plugins, library->stamp.plugin, &run::RunRecord::Plugin::name);
    if (!computes || before == record_.plugins.end()) continue;
    if (base::file_digest(library->file) == before->digest) continue;
    diagnostics.warning(
        {}, "",
        fmt::format("this run was trained with another library of the plugin '{}' (version {} in "
                    "{}, now {} in {}); results may differ",
                    before->name, before->version, base::one_line(before->file),
                    library->stamp.version, library->shown()));
  }
}

std::vector<MetricValues> TrainedModel::evaluate(const data::Rows& rows) {
  const auto refuse = [&](const std::optional<data::NotFinite>& found) {
    if (found) throw Error(data::described(*found) + "; fix this row or leave it out");
  };
  const base::MappedFileWatch watch(0);
  const bool any_values = plan_.train.on_nan == plan::OnNan::ignore;
  if (!any_values) refuse(data::find_not_finite_in_memory(rows));
  train::EvaluationRequest request;
  for (std::size_t i = 0; i < metric_names_.size(); ++i) request.metrics.push_back(i);
  const train::Evaluation evaluation = network_->evaluate(rows, request, step());
  if (!any_values && !std::isfinite(evaluation.loss)) refuse(data::find_not_finite(rows, {}));

  std::vector<MetricValues> values;
  for (std::size_t i = 0; i < metric_names_.size(); ++i)
    for (const train::ResultInfo& result : results_[i]) {
      const auto first = evaluation.values[i].begin() + static_cast<std::ptrdiff_t>(result.first);
      values.push_back(
          {result.name.empty() ? metric_names_[i] : base::joined(metric_names_[i], result.name),
           {first, first + static_cast<std::ptrdiff_t>(result.size)}});
    }
  std::ranges::sort(values, {}, &MetricValues::name);
  return values;
}

}  // namespace assay::inference
