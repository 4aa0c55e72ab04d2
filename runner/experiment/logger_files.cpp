#include "runner/experiment/logger_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runner/base/wording.h"
#include "runner/logging/logger_host.h"
#include "runner/state/component_state.h"

namespace assay::experiment {
namespace {

/// Returns the names of the files that a logger creates when it is opened. Returns nothing if it
/// cannot be created or opened: another check reports that.
std::optional<std::vector<std::string>> files_of(const plan::Draft& draft,
                                                 const plan::ComponentPlan& component,
                                                 plugin_host::PluginHost& host) {
  try {
    logging::Circumstances how;
    how.run_name = draft.name;
    logging::LoggerHost lent(how);
    state::ComponentState state;
    const auto logger = host.create<Logger>(component);
    state.declare(logger.object(), "state");
    logger.call([&](Logger& l) { l.open(lent); });
    std::vector<std::string> names;
    for (const logging::MemoryFile& file : lent.files) names.push_back(logger.masked(file.name));
    return names;
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

void check_type(const std::vector<const plan::NamedComponent*>& loggers, const plan::Draft& draft,
                plugin_host::PluginHost& host, config::Diagnostics& diagnostics) {
  std::map<std::string, const plan::NamedComponent*> writers;  // by file
  bool silent = false;                                         // one of them writes no file
  for (const plan::NamedComponent* logger : loggers) {
    const plan::ComponentPlan& component = logger->component;
    const auto files = files_of(draft, component, host);
    if (!files) continue;
    if (files->empty() && std::exchange(silent, true))
      diagnostics.warning(component.where, "loggers",
                          fmt::format("the logger '{}' occurs twice", component.type),
                          "remove one: both would do the same");
    for (const std::string& file : *files) {
      const auto [writer, is_new] = writers.emplace(file, logger);
      if (is_new) continue;
      diagnostics.error(component.where, "loggers",
                        fmt::format("the logger {} would write {}, as loggers.{} does",
                                    logger->name, base::quoted(file), writer->second->name),
                        "remove one of them, or let them write different files");
      break;
    }
  }
}

}  // namespace

void check_logger_files(const plan::Draft& draft, plugin_host::PluginHost& host,
                        config::Diagnostics& diagnostics) {
  std::map<std::string, std::vector<const plan::NamedComponent*>> by_type;
  for (const plan::NamedComponent& logger : draft.loggers)
    if (draft.soundness("loggers." + logger.name) != plan::Soundness::broken)
      by_type[logger.component.type].push_back(&logger);
  for (const auto& [type, loggers] : by_type)
    if (loggers.size() > 1) check_type(loggers, draft, host, diagnostics);
}

}  // namespace assay::experiment
