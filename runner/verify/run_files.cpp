#include "runner/verify/run_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <system_error>
#include <utility>

#include "assay/error.h"
#include "assay/number_text.h"
#include "runner/base/atomic_file.h"
#include "runner/base/digest.h"
#include "runner/base/folder.h"
#include "runner/base/regular_file.h"
#include "runner/base/utf8.h"
#include "runner/config/reader.h"
#include "runner/experiment/described_model.h"
#include "runner/plan/canonical.h"
#include "runner/plan/load.h"
#include "runner/run/checkpoints.h"
#include "runner/run/data_form.h"
#include "runner/run/run_actions.h"
#include "runner/run/run_record.h"
#include "runner/state/safetensors.h"
#include "runner/verify/json_lines.h"
#include "runner/verify/log_check.h"
#include "runner/verify/picture_file.h"

namespace assay::verify {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t longest_record = std::uint64_t{16} << 20;

// Returns the message without the path that it begins with.
std::string without_path(std::string message, const std::string& path) {
  if (message.starts_with(path + ": ")) message.erase(0, path.size() + 2);
  return base::one_line(message);
}

// Returns the first error among the diagnostics with its line.
std::string first_error(const config::Diagnostics& diagnostics) {
  for (const config::Diagnostic& each : diagnostics.sorted())
    if (each.severity == config::Severity::error)
      return base::one_line(fmt::format(
          "{}{}{}{}", each.where.line > 0 ? fmt::format("line {}: ", each.where.line) : "",
          each.key, each.key.empty() ? "" : ": ", each.message));
  return "it cannot be read";
}

// Returns the digest of the weights in a checkpoint; nothing if they are not all there.
std::optional<std::string> digest_of_weights(const state::StoredTensors& stored,
                                             const train::ModelDescription& model) {
  const auto& tensors = stored.header().tensors;
  std::vector<std::vector<std::byte>> values;
  std::vector<state::NamedTensor> weights;
  for (const train::ParameterInfo& parameter : model.parameters) {
    auto found = tensors.find("weights/" + parameter.name);
    if (found == tensors.end()) found = tensors.find(parameter.name);
    if (found == tensors.end()) return std::nullopt;
    const auto& tensor = found->second;
    stored.read(tensor, values.emplace_back(static_cast<std::size_t>(tensor.end - tensor.begin)));
    weights.push_back({parameter.name, tensor.type, tensor.shape, values.back()});
  }
  return state::digest(weights);
}

// Checks each file after those that say what it should be.
class RunFiles {
 public:
  RunFiles(const fs::path& path, plugin_host::PluginHost& host)
      : path_(path), host_(host), folder_(path) {}

  Findings check() {
    // A run that ends meanwhile has written its last record before it released the lock.
    const run::Lock lock = run::lock_of(path_);
    list();
    check_record(lock);
    check_plan();
    for (const std::string_view name : {"config.yaml", "data.json", "log.txt"})
      check_own(std::string(name));
    for (const std::string& file : files_)
      if (file.starts_with("config/")) check_config(file);
    if (record_)
      for (const auto& [file, digest] : record_->files)
        if (!files_.contains(file) && !told_.contains(file))
          tell({base::one_line(file), Condition::missing, {}, {}});
    check_checkpoints();
    check_logs();
    for (const std::string& file : files_)
      if (!told_.contains(file)) check_other(file);
    finish();
    return std::move(findings_);
  }

 private:
  using Check = std::function<Finding(const base::RegularFile&)>;

  void list() {
    std::error_code error;
    fs::recursive_directory_iterator entry(path_, error);
    for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error))
      if (!entry->is_directory() || entry->is_symlink())
        files_.insert(entry->path().lexically_relative(path_).string());
    if (error) throw Error(fmt::format("{}: cannot be read: {}", path_.string(), error.message()));
  }

  void tell(Finding finding) {
    told_.insert(finding.file);
    findings_.files.push_back(std::move(finding));
  }

  // Checks a file, and reports it as damaged if the check throws.
  void check_file(const std::string& name, const Check& check) {
    const std::string path = (path_ / name).string();
    Finding found;
    try {
      found = check(base::RegularFile(fs::path(path)));
    } catch (const Error& error) {
      std::error_code ignored;
      told_.insert(name);
      if (findings_.is_running && !fs::exists(path, ignored)) return;  // the run has removed it
      found = {{}, Condition::damaged, without_path(error.what(), path), {}};
    }
    found.file = name;
    tell(std::move(found));
  }

  void check_own(const std::string& name) {
    if (!files_.contains(name)) return tell({name, Condition::missing, {}, {}});
    if (name == "config.yaml") check_config(name);
    else if (name == "data.json")
      check_file(name, [this](const base::RegularFile& file) {
        static_cast<void>(run::read_data_form(folder_));
        return as_written("data.json", file.text(longest_record));
      });
    else
      check_file(name, [this](const auto& file) {
        return finding_of(check_text_lines(file), "line", findings_.is_running);
      });
  }

  void check_record(run::Lock lock) {
    findings_.is_running = lock == run::Lock::held;
    if (!files_.contains("run.json")) return tell({"run.json", Condition::missing, {}, {}});
    check_file("run.json", [&](const base::RegularFile& file) -> Finding {
      const std::string text = file.text(longest_record);
      if (!run::has_its_checksum(text))
        return {{}, Condition::damaged, "its text does not match its checksum", {}};
      record_ = run::read_record(folder_);
      const bool runs = record_->state == "running" || !record_->complete;
      // Without locks it is unknown.
      if (!record_->locked) findings_.is_running = runs;
      findings_.is_finished = record_->state == "finished" && record_->complete;
      const std::string_view state = !runs                  ? std::string_view(record_->state)
                                     : findings_.is_running ? "running"
                                                            : "ended without a word";
      return {{},
              Condition::whole,
              base::one_line(fmt::format("{} after step {} of {}", state, grouped(record_->steps),
                                         grouped(record_->total_steps))),
              {}};
    });
  }

  void check_plan() {
    if (!files_.contains("plan.yaml")) return tell({"plan.yaml", Condition::missing, {}, {}});
    check_file("plan.yaml", [this](const base::RegularFile& file) -> Finding {
      config::Diagnostics diagnostics;
      const std::string text = file.text(config::max_bytes);
      if (!config::read_text(file.path(), file.path(), text, diagnostics) || !diagnostics.empty())
        return {{}, Condition::damaged, first_error(diagnostics), {}};
      const auto plan = plan::load(file.path(), {}, host_, diagnostics);
      if (!plan)
        return {
            {}, Condition::unchecked, "it is no longer a plan: " + first_error(diagnostics), {}};
      if (!record_) return {{}, Condition::unchecked, "run.json has its digest", {}};
      if (plan::digest(*plan) != record_->plan_digest)
        return {
            {},
            Condition::damaged,
            fmt::format(
                "it is not the plan that the run began with: its digest is {}, but run.json has {}",
                plan::digest(*plan), base::one_line(record_->plan_digest)),
            {}};
      make_model(*plan);
      plan_is_whole_ = true;
      Finding found = as_written("plan.yaml", text);
      found.about = found.condition == Condition::whole
                        ? "the plan that the run began with"
                        : "the plan that the run began with, but " + found.about;
      return found;
    });
  }

  // Makes the model, to compare its weights.
  void make_model(const plan::Plan& plan) {
    if (record_->weights_digest.empty()) return;
    try {
      model_ = experiment::described_model(plan, host_).description;
    } catch (const std::exception& error) {
      no_model_ = base::one_line(error.what());
    }
  }

  void check_config(const std::string& name) {
    check_file(name, [&](const base::RegularFile& file) -> Finding {
      config::Diagnostics diagnostics;
      const std::string text = file.text(config::max_bytes);
      if (name == "config.yaml")
        static_cast<void>(config::read_text(file.path(), file.path(), text, diagnostics));
      else
        config::check_text(
            std::make_shared<const config::Source>(config::Source{file.path(), file.path(), text}),
            diagnostics);
      if (!diagnostics.empty()) return {{}, Condition::damaged, first_error(diagnostics), {}};
      return as_written(name, text);
    });
  }

  // Compares a text with the digest in run.json of what the run wrote.
  Finding as_written(const std::string& name, const std::string& text) const {
    const std::string written = record_ ? in(record_->files, name) : std::string();
    const std::string digest = base::digest(text);
    if (written.empty() || digest == written) return {};
    return {{},
            Condition::damaged,
            fmt::format("its text is not the one that the run wrote: its digest is {}, and "
                        "run.json has {}",
                        digest, base::one_line(written)),
            {}};
  }
  static std::string in(const std::map<std::string, std::string>& digests,
                        const std::string& name) {
    const auto found = digests.find(name);
    return found == digests.end() ? std::string() : found->second;
  }

  void check_checkpoints() {
    std::vector<std::int64_t> steps = run::checkpoint_steps(folder_);
    std::ranges::sort(steps);
    for (const std::int64_t step : steps)
      check_file("checkpoints/" + run::checkpoint_name(step),
                 [&](const base::RegularFile& file) { return checkpoint(file, step); });
    for (const std::string& file : files_)
      if (file.starts_with("checkpoints/") && file.ends_with(".safetensors") &&
          !told_.contains(file))
        check_file(file,
                   [this](const base::RegularFile& opened) { return checkpoint(opened, {}); });
    // A run that ended by itself or by a signal leaves the weights of its last step.
    const bool has_weights = record_ && record_->complete && !record_->weights_digest.empty() &&
                             record_->state != "failed";
    if (has_weights && record_->steps > 0 && !std::ranges::count(steps, record_->steps))
      tell({"checkpoints/" + run::checkpoint_name(record_->steps),
            Condition::missing,
            "the weights of the last step",
            {}});
  }

  // Checks a checkpoint of a step, or one that a hook has named.
  Finding checkpoint(const base::RegularFile& file, std::optional<std::int64_t> step) {
    const state::StoredTensors stored{fs::path(file.path())};
    if (!stored.verify()) return {{}, Condition::damaged, "it has no checksum", {}};
    if (step) run::check_step(stored, *step);
    const auto& metadata = stored.header().metadata;
    const run::PlanDigests plans = record_ ? run::plan_digests(*record_) : run::PlanDigests();
    const bool has_plan = metadata.contains(run::plan_digest_key);
    if (has_plan && !record_)
      return {{}, Condition::unchecked, "run.json has the digest of its plan", {}};
    if (has_plan && !run::is_of_plan(stored, plans))
      return {{}, Condition::damaged, "it belongs to another plan than run.json", {}};
    const bool is_state = step && has_plan && run::is_checkpoint(stored, plans);
    std::string about = is_state    ? "the state"
                        : step      ? "only the weights"
                        : !has_plan ? "not of this run"
                                    : "a part of the state, kept by a hook";
    // A run that failed may have done so in the middle of a step, after its last state.
    const bool is_last = step && record_ && *step == record_->steps &&
                         !record_->weights_digest.empty() &&
                         !(is_state && record_->state == "failed");
    Finding found =
        is_last ? last_weights(stored, std::move(about)) : Finding{{}, Condition::whole, about, {}};
    if (is_state && found.condition == Condition::damaged) has_other_weights_ = true;
    else if (is_state && (!findings_.newest || *step > *findings_.newest)) {
      findings_.newest = step;
      take_positions(stored);
    }
    return found;
  }

  // Compares the weights of the last step with their digest in run.json.
  Finding last_weights(const state::StoredTensors& stored, std::string about) {
    if (!model_) {
      if (no_model_.empty()) no_model_ = "plan.yaml is not whole";
      return {{},
              Condition::unchecked,
              fmt::format("{}; its weights are not compared with run.json: {}", about, no_model_),
              {}};
    }
    if (digest_of_weights(stored, *model_) != record_->weights_digest)
      return {{}, Condition::damaged, "its weights do not match the digest in run.json", {}};
    return {{}, Condition::whole, about + ", and its weights match the digest in run.json", {}};
  }

  // Notes the lengths of the log files when the checkpoint was taken.
  void take_positions(const state::StoredTensors& stored) {
    constexpr std::string_view logs = "logs/";
    positions_.clear();
    digests_ = run::checkpoint_facts(stored).log_digests;
    for (const auto& [name, tensor] : stored.header().tensors) {
      if (!name.starts_with(logs) || tensor.type != DType::int64 || tensor.shape.rank() != 0)
        continue;
      std::int64_t position = 0;
      stored.read(tensor, std::as_writable_bytes(std::span(&position, 1)));
      positions_[name.substr(logs.size())] = position;
    }
  }

  void check_logs() {
    std::set<std::string> names;
    for (const auto& [name, position] : positions_) names.insert(name);
    if (record_) names.insert(record_->log_files.begin(), record_->log_files.end());
    for (const std::string& file : files_)
      if (is_json_lines(file) || is_event_file(file)) names.insert(file);
    for (const std::string& name : names)
      if (!told_.contains(name)) check_log(name);
  }

  void check_log(const std::string& name) {
    const auto position = positions_.find(name);
    if (!fs::path(name).is_relative() || name.find("..") != std::string::npos) return;
    if (std::error_code ignored; !files_.contains(name) && !fs::exists(path_ / name, ignored)) {
      // A logger that failed may have made none, and an older life of the run had others.
      if (position != positions_.end() || (record_ && record_->log_bytes.contains(name)))
        tell({name, Condition::missing, "a log file of the run", {}});
      return;
    }
    std::vector<LogEnd> ends;
    if (position != positions_.end())
      ends.push_back({fmt::format("the checkpoint of step {}", grouped(*findings_.newest)),
                      position->second, in(digests_, name)});
    if (record_ && !findings_.is_running && record_->log_bytes.contains(name))
      ends.push_back({"run.json", record_->log_bytes.at(name), in(record_->log_digests, name)});
    check_file(name, [&](const base::RegularFile& file) {
      return check_log_file(file, name, ends, findings_.is_running);
    });
  }

  void check_other(const std::string& name) {
    const std::string last = fs::path(name).filename().string();
    if (base::is_temporary(last)) {
      if (findings_.is_running)
        return tell({name, Condition::growing, "a temporary file of the run", {}});
      return tell({name,
                   Condition::left_over,
                   "a temporary file of a process that was killed; it may be removed",
                   {}});
    }
    if (name.starts_with("images/") && is_picture(name)) {
      return check_file(name, [&](const base::RegularFile& file) -> Finding {
        const PictureProblem problem = check_picture(file, name);
        if (problem.text.empty()) return {};
        return {{},
                Condition::damaged,
                fmt::format("at byte {}: {}", grouped(problem.at), problem.text),
                problem.at};
      });
    }
    tell({name, Condition::foreign, "not a file of a run", {}});
  }

  void finish() {
    findings_.can_go_on = findings_.newest && record_ && plan_is_whole_ && !has_other_weights_ &&
                          !findings_.is_running && !findings_.is_finished;
  }

  const fs::path path_;
  plugin_host::PluginHost& host_;
  const base::Folder folder_;
  std::set<std::string> files_;
  std::set<std::string> told_;
  std::optional<run::RunRecord> record_;
  bool plan_is_whole_ = false;
  bool has_other_weights_ = false;  ///< in a checkpoint that a resumed run would use
  std::optional<train::ModelDescription> model_;
  std::string no_model_;
  std::map<std::string, std::int64_t> positions_;  ///< of logs, in the newest whole checkpoint
  std::map<std::string, std::string> digests_;     ///< of logs up to there
  Findings findings_;
};

}  // namespace

std::string_view name_of(Condition condition) {
  switch (condition) {
    case Condition::whole: return "whole";
    case Condition::growing: return "being written";
    case Condition::damaged: return "damaged";
    case Condition::missing: return "missing";
    case Condition::unchecked: return "not checked";
    case Condition::left_over: return "left over";
    case Condition::foreign: return "unknown";
  }
  return {};
}

bool Findings::all_whole() const {
  return std::ranges::none_of(files, [](const Finding& file) {
    return file.condition == Condition::damaged || file.condition == Condition::missing ||
           file.condition == Condition::unchecked;
  });
}

Findings check_run_files(const fs::path& run_folder, plugin_host::PluginHost& host) {
  return RunFiles(run_folder, host).check();
}

}  // namespace assay::verify
