#include "runner/conformance/trial.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <memory>
#include <set>

#include "runner/config/suggest.h"
#include "runner/config/utf8.h"
#include "runner/config/wording.h"
#include "runner/conformance/options.h"
#include "runner/conformance/process_state.h"
#include "runner/conformance/suites.h"
#include "runner/plugin_host/library.h"

namespace assay::conformance {
namespace {

namespace fs = std::filesystem;

// The most memory that was in use since the last reset, in KiB; 0 where the system does not say.
std::int64_t high_water() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::stoll(line.substr(6));
  return 0;
}

void reset_high_water() { std::ofstream("/proc/self/clear_refs") << "5"; }

std::string opens(const fs::path& library, plugin_host::PluginHost& host) {
  const Manifest& manifest = host.open(library);
  for (const std::string& warning : host.warnings()) require(false, "{}", warning);
  const plugin_host::Stamp stamp = plugin_host::read_stamp(library);
  std::set<std::pair<Kind, std::string>> promised, offered;
  for (const auto& c : stamp.components) promised.emplace(c.kind, c.name);
  for (const Component& c : plugin_host::components(manifest)) offered.emplace(c.kind, c.name);
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

// What is known of a component's making, so that one failure is not told as many.
struct Made {
  bool failed = false;
};

std::string lacking(const Configured& how) {
  return fmt::format("nothing can be made up for {}; give --set {}=VALUE",
                     fmt::join(how.missing, ", "), how.missing.front());
}

// The key up to the first dot.
std::string option_of(const std::string& setting) {
  return setting.substr(0, setting.find_first_of("=."));
}

// Whether the component blames a value that was made up: any other refusal is its own fault.
bool is_to_blame(const Configured& how, const plugin_host::ComponentError& error) {
  return std::ranges::find(how.made_up, option_of(error.option())) != how.made_up.end();
}

// Values that the table allows may still not fit together; then an error in words is asked for.
std::string create_or_refuse(plugin_host::PluginHost& host, const plan::ComponentPlan& plan) {
  try {
    plugin_host::begin_schedules(*host.create(plan), Subject::usual_steps);
    return "made";
  } catch (const plugin_host::ComponentError& error) {
    require(!error.message().empty(), "it is refused without a word");
    return "refused: " + error.message();
  }
}

class Steps {
 public:
  Steps(plugin_host::PluginHost& host, const std::vector<std::string>& settings,
        const std::vector<fs::path>& private_libraries)
      : host_(host), settings_(settings), private_libraries_(private_libraries) {}

  void add(std::string subject, std::string name, std::function<std::string()> run) {
    steps.push_back({std::move(subject), {std::move(name), std::move(run)}});
  }

  void add(const Component& component) {
    const Kind kind = component.kind;
    const std::string name = component.name;
    const std::string who = fmt::format("{} {}", name_of(kind), name);
    add(who, "options are documented", [&component] { return documented(component); });

    const Configured how = configured(host_, kind, name, settings_for(component));
    const auto made = std::make_shared<Made>();
    add(who, making_step, [&host = host_, kind, how, made] {
      if (!how.missing.empty()) throw NotRun(lacking(how));
      made->failed = true;
      try {
        plugin_host::begin_schedules(*host.create(planned(host, kind, how.node)),
                                     Subject::usual_steps);
      } catch (const plugin_host::ComponentError& error) {
        if (how.made_up.empty()) throw;
        require(is_to_blame(how, error),
                "{} (values were made up for {}; one that will not do is to be refused by an "
                "assay::OptionError, which names the option)",
                error.message(), fmt::join(how.made_up, ", "));
        throw NotRun(fmt::format("{} (values were made up for {}: give some with --set)",
                                 error.message(), fmt::join(how.made_up, ", ")));
      }
      made->failed = false;
      return std::string();
    });
    for (const Variation& variation : variations(host_, kind, name, how.node))
      add(who, "with " + variation.name, [&host = host_, kind, variation] {
        return create_or_refuse(host, planned(host, kind, variation.node));
      });
    if (!how.missing.empty()) {
      add(who, fmt::format("conformance of a {}", name_of(kind)),
          [how]() -> std::string { throw NotRun(lacking(how)); });
      return;
    }
    // Suites only keep the plan: nothing of the component runs here.
    const Suite suite =
        suite_of(Subject(host_, planned(host_, kind, how.node), private_libraries_));
    for (const Check& check : suite)
      add(who, check.name, [made, check] {
        if (made->failed) throw NotRun(cannot_be_made);
        return check.run();
      });
  }

  /// Throws for settings that no component has taken.
  void throw_unused(const fs::path& library) const {
    config::Diagnostics problems;
    for (const std::string& setting : settings_) {
      if (used_.contains(setting)) continue;
      const std::string option = option_of(setting);
      const auto length = static_cast<std::int64_t>(config::characters(option));
      problems.error({source_of(setting), 1, 1, length}, option,
                     fmt::format("no component of {} has this option", library.filename().string()),
                     config::hint_of(config::suggest(option, options_),
                                     "options: " + config::listed(options_)));
    }
    if (!problems.empty()) throw WrongSettings(std::move(problems));
  }

  std::vector<Step> steps;

 private:
  std::vector<std::string> settings_for(const Component& component) {
    std::vector<std::string> chosen;
    for (const Parameter& p : plugin_host::parameters(component))
      if (std::ranges::find(options_, p.name) == options_.end()) options_.emplace_back(p.name);
    for (const std::string& setting : settings_) {
      const std::string option = option_of(setting);
      if (std::ranges::none_of(plugin_host::parameters(component),
                               [&](const Parameter& p) { return p.name == option; }))
        continue;
      chosen.push_back(setting);
      used_.insert(setting);
    }
    return chosen;
  }

  plugin_host::PluginHost& host_;
  const std::vector<std::string>& settings_;
  std::set<std::string> used_;
  std::vector<std::string> options_;  // of all components
  const std::vector<fs::path>& private_libraries_;
};

}  // namespace

Outcome attempt(const Check& check) {
  using Clock = std::chrono::steady_clock;
  Outcome outcome;
  reset_high_water();
  const std::int64_t before = high_water();
  const auto start = Clock::now();
  const ProcessState state;
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
  Steps all(host, settings, private_libraries);
  for (const Component& component : plugin_host::components(host.open(library))) all.add(component);
  all.throw_unused(library);
  return std::move(all.steps);
}

}  // namespace assay::conformance
