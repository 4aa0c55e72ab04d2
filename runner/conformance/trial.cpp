#include "runner/conformance/trial.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <memory>
#include <set>
#include <utility>

#include "runner/conformance/configured.h"
#include "runner/conformance/left_threads.h"
#include "runner/conformance/refusal.h"
#include "runner/conformance/settings.h"
#include "runner/conformance/suites.h"
#include "runner/plugin_host/library.h"
#include "runner/plugin_host/process_state.h"

namespace assay::conformance {
namespace {

namespace fs = std::filesystem;

// Returns the peak memory use since the last reset, in KiB; 0 if the system does not report it.
std::int64_t high_water() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::stoll(line.substr(6));
  return 0;
}

void reset_high_water() { std::ofstream("/proc/self/clear_refs") << "5"; }

std::string opens(const fs::path& library, plugin_host::PluginHost& host) {
  const LeftThreads threads;
  const Manifest& manifest = host.open(library);
  for (const std::string& warning : host.warnings()) require(false, "{}", warning);
  threads.require_none("opening it");
  const plugin_host::Stamp stamp = plugin_host::read_stamp(library);
  std::set<std::pair<Kind, std::string>> promised, offered;
  for (const auto& c : stamp.components) promised.emplace(c.kind, c.name);
  for (const Component* c : plugin_host::components(manifest)) offered.emplace(c->kind, c->name);
  require(promised == offered,
          "its stamp lists other components than its manifest; ASSAY_PLUGIN "
          "writes both");
  require(stamp.plugin == manifest.name && stamp.version == manifest.version,
          "its stamp says {} {}, its manifest {} {}", stamp.plugin, stamp.version, manifest.name,
          manifest.version);
  return fmt::format("{} {}, {}", manifest.name, manifest.version, manifest.licence);
}

void collect_undocumented(std::span<const Parameter> table, const std::string& key,
                          std::vector<std::string>& names) {
  for (const Parameter& p : table) {
    if (*p.doc == '\0') names.push_back(key + p.name);
    if (p.type == ParameterType::group) collect_undocumented(p.group(), key + p.name + ".", names);
  }
}

std::string documented(const Component& component) {
  require(*component.doc != '\0', "it has no documentation (About::doc)");
  std::vector<std::string> names;
  const auto table = plugin_host::parameters(component);
  collect_undocumented(table, {}, names);
  require(names.empty(), "options without documentation: {}", fmt::join(names, ", "));
  return fmt::format("{} options", table.size());
}

constexpr const char* cannot_be_made = "it cannot be made";

// Remembers the failures of a component, so that one failure is not reported many times.
struct Known {
  bool cannot_be_made = false;
  bool leaves_threads = false;
};

// Creates a component and destroys it. Returns the complaint about threads that outlive it.
std::string make_and_destroy(plugin_host::PluginHost& host, const plan::ComponentPlan& plan,
                             Known& known) {
  const LeftThreads threads;
  auto object = host.create(plan);
  plugin_host::begin_schedules(*object, Subject::usual_steps);
  const std::vector<pid_t> by_constructor = threads.started();
  object.reset();
  const std::vector<pid_t> left = threads.left();
  if (left.empty() || std::exchange(known.leaves_threads, true)) return {};
  const bool constructor = std::ranges::includes(by_constructor, left);
  return threads.complaint(left, constructor ? "its constructor" : "its destructor");
}

std::string lacking(const Configured& how) {
  return fmt::format("nothing can be made up for {}; give --set {}=VALUE",
                     fmt::join(how.missing, ", "), how.missing.front());
}

// Returns true if the component blames a made-up value: any other refusal is its own fault.
bool is_to_blame(const Configured& how, const plugin_host::ComponentError& error) {
  const std::string option = error.option().substr(0, error.option().find('.'));
  return std::ranges::find(how.made_up, option) != how.made_up.end();
}

// Creates a component or accepts its refusal. Values that the table allows may still not fit
// together, but then there must be an error message.
std::string create_or_refuse(plugin_host::PluginHost& host, const plan::ComponentPlan& plan,
                             Known& known) {
  try {
    const std::string complaint = make_and_destroy(host, plan, known);
    require(complaint.empty(), "{}", complaint);
    return "made";
  } catch (const plugin_host::ComponentError& error) {
    require_refusal(error);
    require(!error.message().empty(), "it is refused without a word");
    return "refused: " + error.message();
  }
}

class Steps {
 public:
  Steps(plugin_host::PluginHost& host, const Settings& settings,
        const std::vector<fs::path>& private_libraries)
      : host_(host), settings_(settings), private_libraries_(private_libraries) {}

  void add(std::string subject, std::string name, std::function<std::string()> run) {
    steps.push_back({std::move(subject), {std::move(name), attentive(std::move(run))}});
  }

  void add(const Component& component) {
    const Kind kind = component.kind;
    const std::string name = component.name;
    const std::string who = fmt::format("{} {}", name_of(kind), name);
    add(who, "options are documented", [&component] { return documented(component); });

    const Configured how = configured(component);
    const auto known = std::make_shared<Known>();
    add(who, making_step, [&host = host_, kind, how, known] {
      if (!how.missing.empty()) throw NotRun(lacking(how));
      known->cannot_be_made = true;
      std::string complaint;
      try {
        complaint = make_and_destroy(host, planned(host, kind, how.node), *known);
      } catch (const plugin_host::ComponentError& error) {
        if (how.made_up.empty()) throw;
        require_refusal(error);
        require(is_to_blame(how, error),
                "{} (values were made up for {}; one that will not do is to be refused by an "
                "assay::OptionError, which names the option)",
                error.message(), fmt::join(how.made_up, ", "));
        throw NotRun(fmt::format("{} (values were made up for {}: give some with --set)",
                                 error.message(), fmt::join(how.made_up, ", ")));
      }
      known->cannot_be_made = false;
      require(complaint.empty(), "{}", complaint);
      return std::string();
    });
    for (const Variation& variation : variations(host_, kind, name, how.node))
      add(who, "with " + variation.name, [&host = host_, kind, variation, known] {
        return create_or_refuse(host, planned(host, kind, variation.node), *known);
      });
    if (!how.missing.empty()) {
      add(who, fmt::format("conformance of a {}", name_of(kind)),
          [how]() -> std::string { throw NotRun(lacking(how)); });
      return;
    }
    // Suites only store the plan: no code of the component runs here.
    const Suite suite =
        suite_of(Subject(host_, planned(host_, kind, how.node), private_libraries_));
    for (const Check& check : suite)
      add(who, check.name, [known, check] {
        if (known->cannot_be_made) throw NotRun(cannot_be_made);
        const LeftThreads threads;
        std::string found = check.run();
        const std::vector<pid_t> left = threads.left();
        if (!left.empty() && !std::exchange(known->leaves_threads, true))
          throw Failed(threads.complaint(left, "what is called here"));
        return found;
      });
  }

  std::vector<Step> steps;

 private:
  Configured configured(const Component& component) {
    try {
      return conformance::configured(host_, component.kind, component.name,
                                     settings_.of(component.kind, component.name));
    } catch (const WrongSettings& wrong) {
      throw WrongSettings(settings_.as_written(wrong.problems()));
    }
  }

  // Makes a step fail if the host warns during it.
  std::function<std::string()> attentive(std::function<std::string()> run) const {
    return [&host = host_, run = std::move(run)] {
      const std::size_t before = host.warnings().size();
      std::string found = run();
      if (host.warnings().size() > before) throw Failed(host.warnings().back());
      return found;
    };
  }

  plugin_host::PluginHost& host_;
  const Settings& settings_;
  const std::vector<fs::path>& private_libraries_;
};

}  // namespace

StepOutcome attempt(const Check& check) {
  using Clock = std::chrono::steady_clock;
  StepOutcome outcome;
  reset_high_water();
  const std::int64_t before = high_water();
  const auto start = Clock::now();
  const plugin_host::ProcessState state;
  try {
    outcome.text = check.run();
  } catch (const NotRun& reason) {
    outcome.verdict = Verdict::not_run;
    outcome.text = reason.what();
  } catch (const plugin_host::ComponentError& error) {
    outcome.verdict = Verdict::failed;
    outcome.text = error.message();
  } catch (const std::exception& error) {
    outcome.verdict = Verdict::failed;
    outcome.text = error.what();
  }
  if (const std::string changes = state.changes(); !changes.empty()) {
    if (outcome.verdict != Verdict::failed) outcome.text.clear();
    outcome.verdict = Verdict::failed;
    outcome.text +=
        fmt::format("{}it changes for the whole process: {}; expected to be left as it was",
                    outcome.text.empty() ? "" : "; ", changes);
    state.restore();
  }
  outcome.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  outcome.kilobytes = std::max<std::int64_t>(high_water() - before, 0);
  return outcome;
}

Step opening(const fs::path& library, plugin_host::PluginHost& host) {
  return {"library",
          {"opens, and its manifest is sound", [library, &host] { return opens(library, host); }}};
}

Step skipped(const Step& step) {
  return {step.subject, {step.check.name, []() -> std::string { throw NotRun(cannot_be_made); }}};
}

std::vector<Step> steps(const fs::path& library, plugin_host::PluginHost& host,
                        const std::vector<std::string>& settings,
                        const std::vector<fs::path>& private_libraries) {
  const auto components = plugin_host::components(host.open(library));
  const Settings understood(settings, components, library.filename().string());
  Steps all(host, understood, private_libraries);
  for (const Component* component : components) all.add(*component);
  return std::move(all.steps);
}

}  // namespace assay::conformance
