#include "runner/batch/freeze.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <map>
#include <set>
#include <system_error>
#include <utility>

#include "assay/error.h"
#include "runner/base/atomic_file.h"
#include "runner/base/digest.h"
#include "runner/base/regular_file.h"
#include "runner/base/time_format.h"
#include "runner/base/utf8.h"
#include "runner/base/wording.h"
#include "runner/batch/run_status.h"
#include "runner/batch/sweep_map.h"
#include "runner/config/reader.h"
#include "runner/experiment/shared_parts.h"
#include "runner/plan/load.h"
#include "runner/run/prepared.h"

namespace assay::batch {
namespace {

namespace fs = std::filesystem;

// Collects the problems of many plans, each once.
class Problems {
 public:
  explicit Problems(config::Diagnostics& all) : all_(all) {}

  // `config` is named where the place of a problem does not tell which of several it is in; empty
  // if there is only one.
  void add(const config::Diagnostics& of_one_plan, const std::string& config = {}) {
    for (config::Diagnostic problem : of_one_plan.sorted()) {
      const config::Location& where = problem.where;
      std::string name = fmt::format("{}:{} {}", where.line, where.column, problem.message);
      if (where.source) name += where.source->path + where.source->text;
      if (!told_.insert(std::move(name)).second) continue;
      if (!config.empty() && (!where.source || where.is_in_argument()))
        problem.message += fmt::format(" (first in {})", base::one_line(config));
      if (problem.severity == config::Severity::error)
        all_.error(where, problem.key, problem.message, problem.hint);
      else all_.warning(where, problem.key, problem.message, problem.hint);
    }
  }

 private:
  config::Diagnostics& all_;
  std::set<std::string> told_;
};

// Returns the shortest end of each key that no other of the keys has: "learning_rate" for
// "optimizer.learning_rate".
std::map<std::string, std::string> short_names(const std::vector<std::string>& keys) {
  std::map<std::string, std::string> names;
  for (const std::string& key : keys) {
    std::string& name = names[key];
    name = key;
    for (std::size_t dot = key.rfind('.'); dot != key.npos && dot > 0;
         dot = key.rfind('.', dot - 1)) {
      const std::string end = key.substr(dot);
      const auto has_end = [&](const std::string& other) { return ("." + other).ends_with(end); };
      if (std::ranges::count_if(keys, has_end) == 1) {
        name = end.substr(1);
        break;
      }
    }
  }
  return names;
}

// Returns the text as a name for files: letters, digits and some marks.
std::string as_file_name(std::string_view text) {
  constexpr std::size_t longest = 100;
  std::string name;
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') ||
                          std::string_view("._=,+-").find(c) != std::string_view::npos;
    name += is_plain ? c : '_';
  }
  if (name.starts_with('.') || name.starts_with('-')) name.insert(0, "_");
  if (name.size() <= longest) return name;
  return name.substr(0, longest) + "-" + base::digest(text).substr(0, 8);
}

// Gives names to runs that say what varies.
class Names {
 public:
  Names(const std::vector<std::string>& configs, const std::vector<std::string>& keys)
      : several_configs_(configs.size() > 1), short_(short_names(keys)) {}

  std::string name_of(const std::string& config, const Point& point) {
    std::vector<std::string> parts;
    if (several_configs_ || point.empty()) parts.push_back(fs::path(config).stem().string());
    for (const Setting& setting : point)
      parts.push_back(short_.at(setting.key) + "=" + setting.value);
    const std::string name = as_file_name(fmt::format("{}", fmt::join(parts, ",")));
    const int number = ++taken_[name];
    return number == 1 ? name : fmt::format("{}-{}", name, number);
  }

 private:
  bool several_configs_;
  std::map<std::string, std::string> short_;
  std::map<std::string, int> taken_;
};

// Earlier batches in the folder that a batch lies in, the newest first.
class Earlier {
 public:
  explicit Earlier(const fs::path& folder) {
    std::error_code error;
    for (fs::directory_iterator entry(folder.parent_path(), error), end; !error && entry != end;
         entry.increment(error)) {
      if (entry->path() == folder || !fs::exists(entry->path() / "batch.json", error)) continue;
      try {
        batches_.push_back(read_batch(entry->path()));
      } catch (const Error&) {
        // A damaged batch has nothing to offer; whoever looks at it is told.
      }
    }
    std::ranges::sort(batches_, [](const Batch& a, const Batch& b) {
      return std::pair(b.created, b.folder) < std::pair(a.created, a.folder);
    });
    for (const Batch& batch : batches_)
      for (const BatchRun& run : batch.runs) {
        by_key_.emplace(run.key.text(), Place{&batch, &run});
        by_name_.emplace(run.name, Place{&batch, &run});
      }
  }

  // Notes in a run where it was done before, or why it is done again.
  void look_up(BatchRun& run) const {
    const auto [first, last] = by_key_.equal_range(run.key.text());
    for (auto found = first; found != last; ++found) {
      const auto& [batch, before] = found->second;
      if (status_of(*batch, *before).state != State::finished) continue;
      run.done_in = folder_of(*batch, *before).string();
      return;
    }
    const auto found = by_name_.find(run.name);
    if (found == by_name_.end()) return;
    const auto& [batch, before] = found->second;
    const std::vector<std::string> changed = differences(before->key, run.key);
    if (!changed.empty())
      run.again =
          fmt::format("{} changed since {}", fmt::join(changed, " and "), batch->folder.string());
  }

 private:
  struct Place {
    const Batch* batch;
    const BatchRun* run;
  };
  std::vector<Batch> batches_;
  std::multimap<std::string, Place> by_key_;
  std::map<std::string, Place> by_name_;
};

std::string words_of(const std::string& config, const Point& point) {
  std::vector<std::string> words = {config};
  for (const Setting& setting : point) words.push_back(argument_of(setting));
  return fmt::format("{}", fmt::join(words, " "));
}

// Freezes one plan after the other.
class Freezer {
 public:
  Freezer(const Request& request, plugin_host::PluginHost& host, config::Diagnostics& diagnostics)
      : request_(request),
        host_(host),
        kernels_(host.instructions()),
        problems_(diagnostics),
        keys_(host),
        earlier_(request.folder) {}

  // Returns the axes that a config says, if all of them could be read. Called before add().
  std::optional<std::vector<Axis>> axes_of(const std::string& config) {
    const auto sweep = file_of(config).take_sweep();
    if (!sweep) return std::vector<Axis>();
    config::Diagnostics of_the_sweep;
    std::vector<Axis> axes = read_sweep_map(sweep->value, of_the_sweep);
    problems_.add(of_the_sweep);
    if (of_the_sweep.empty()) return axes;
    has_problems_ = true;
    return std::nullopt;
  }

  void add(const std::string& config, const Sweep& sweep, const Point& point, Names& names) {
    std::vector<std::string> overrides = sweep.fixed;
    std::vector<config::Location> places(overrides.size());
    for (const Setting& setting : point) {
      overrides.push_back(argument_of(setting));
      places.push_back(setting.where);
    }
    BatchRun run;
    run.name = names.name_of(config, point);
    run.config = config;
    run.point = point;
    config::Diagnostics of_this_plan;
    const auto plan = plan_of_run(config, {overrides, places}, run.name, of_this_plan);
    problems_.add(of_this_plan, request_.configs.size() > 1 ? config : std::string());
    if (!plan) {
      has_problems_ = true;
      return;
    }
    auto [key, files] = keys_.key_of(*plan);
    run.key = std::move(key);
    run.files = std::move(files);
    run.sets_threads = plan->threads.has_value();
    const auto [known, is_new] = by_key_.emplace(run.key.text(), frozen_.batch.runs.size());
    if (!is_new) {
      frozen_.batch.runs[known->second].same.push_back(words_of(config, point));
      return;
    }
    earlier_.look_up(run);
    frozen_.batch.runs.push_back(std::move(run));
    frozen_.plans.push_back(plan->yaml);
  }

  std::optional<Frozen> take() {
    if (has_problems_) return std::nullopt;
    frozen_.batch.files = keys_.files();
    return std::move(frozen_);
  }
  Batch& batch() { return frozen_.batch; }

 private:
  // Makes all that the plan consists of, as `assay check` does.
  std::optional<const plan::Plan> plan_of_run(const std::string& config,
                                              const plan::Settings& settings,
                                              const std::string& name,
                                              config::Diagnostics& diagnostics) {
    auto draft = file_of(config).draft(settings, host_, diagnostics);
    if (!draft) return std::nullopt;
    draft->run_dir = (request_.folder / "runs" / name).string();
    draft->resume = true;
    if (!draft->kernels) draft->kernels = kernels_;
    return run::checked(*std::move(draft), host_, shared_, diagnostics);
  }

  // Returns the config, which is read once for all of its plans.
  plan::ConfigFile& file_of(const std::string& config) {
    return files_.try_emplace(config, config).first->second;
  }

  const Request& request_;
  plugin_host::PluginHost& host_;
  const InstructionSet kernels_;
  Problems problems_;
  std::map<std::string, plan::ConfigFile> files_;
  experiment::SharedParts shared_;
  KeyMaker keys_;
  Earlier earlier_;
  Frozen frozen_;
  std::map<std::string, std::size_t> by_key_;  // places in frozen_.batch.runs
  bool has_problems_ = false;
};

std::string text_of_file(const std::string& path) {
  return base::RegularFile(path).text(config::max_bytes);
}

bool is_same(const Batch& a, const Batch& b) {
  return std::ranges::equal(a.runs, b.runs, [](const BatchRun& x, const BatchRun& y) {
    return x.name == y.name && x.key == y.key;
  });
}

}  // namespace

std::optional<Frozen> freeze(const Request& request, plugin_host::PluginHost& host,
                             config::Diagnostics& diagnostics) {
  const std::vector<Sweep> sweeps = read_sweeps(request.arguments, text_of_file);
  Freezer freezer(request, host, diagnostics);
  Batch& batch = freezer.batch();
  batch.name = request.name;
  batch.created = base::utc_time(std::chrono::system_clock::now());
  batch.arguments = request.configs;
  batch.arguments.insert(batch.arguments.end(), request.arguments.begin(), request.arguments.end());
  batch.folder = request.folder;
  for (const std::string& folder : request.plugin_path)
    batch.plugin_path.push_back(fs::absolute(folder).lexically_normal().string());
  std::map<std::string, std::optional<std::vector<Axis>>> of_configs;
  for (const std::string& config : request.configs)
    if (!of_configs.contains(config)) of_configs.emplace(config, freezer.axes_of(config));
  std::vector<std::pair<const std::string*, Sweep>> parts;  // of the batch, in order
  for (const Sweep& sweep : sweeps)
    for (const std::string& config : request.configs)
      if (const auto& axes = of_configs.at(config))
        parts.emplace_back(&config, with_arguments(*axes, sweep));
  for (const auto& [config, sweep] : parts)
    for (const Axis& axis : sweep.axes)
      for (const std::string& key : axis.keys)
        if (std::ranges::count(batch.keys, key) == 0) batch.keys.push_back(key);
  Names names(request.configs, batch.keys);
  for (const auto& [config, sweep] : parts)
    for (const Point& point : points_of(sweep, request.trials))
      freezer.add(*config, sweep, point, names);
  return freezer.take();
}

Batch write(const Frozen& frozen) {
  const fs::path& path = frozen.batch.folder;
  std::error_code error;
  if (fs::exists(path / "batch.json", error)) {
    Batch there = read_batch(path);
    if (is_same(there, frozen.batch)) return there;
    throw Error(
        fmt::format("{}: this folder has another batch; name another folder, or go on with "
                    "that one: assay batch --resume {}",
                    path.string(), path.string()));
  }
  fs::create_directories(path, error);
  const base::Folder folder(path);
  const base::Folder plans = folder.subfolder("plans");
  for (std::size_t i = 0; i < frozen.plans.size(); ++i)
    base::write_atomically(plans, frozen.batch.runs[i].name + ".yaml", frozen.plans[i],
                           base::Sync::later);
  for (const char* name : {"runs", "logs", "attempts"}) folder.subfolder(name);
  if (::syncfs(folder.descriptor()) != 0) folder.fail("plans", "cannot be written", errno);
  write_batch(folder, frozen.batch);
  return frozen.batch;
}

}  // namespace assay::batch
