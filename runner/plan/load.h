// Loads a config file, the files that it extends and the command-line arguments, and makes a plan.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "runner/config/composition.h"
#include "runner/config/diagnostics.h"
#include "runner/plan/catalogue.h"
#include "runner/plan/draft.h"

namespace assay::plan {

/// Reports all problems, and returns nothing if there is one.
std::optional<const Plan> load(const std::string& config_path,
                               std::span<const std::string> overrides, Catalogue& catalogue,
                               config::Diagnostics& diagnostics);

/// The key under which a config says that it stands for several runs (batch/sweep_map.h).
inline constexpr std::string_view sweep_key = "sweep";

/// Arguments for a config.
struct Settings {
  std::span<const std::string> arguments;
  /// The place in a config that says the argument of the same number; none for one of the command
  /// line.
  std::span<const config::Location> places = {};
};

/// A config file, read once, of which drafts with different arguments are made.
class ConfigFile {
 public:
  /// Reads the file and those that it extends and takes. Problems are told by draft().
  explicit ConfigFile(std::string path);
  ConfigFile(const ConfigFile&) = delete;
  ConfigFile& operator=(const ConfigFile&) = delete;

  /// Takes the config's sweep out of it; without that, a sweep is a problem of every draft. Returns
  /// nothing if there is none, or if the file cannot be read.
  std::optional<config::Node::Entry> take_sweep();

  /// Makes a draft, as load_draft() does.
  std::optional<Draft> draft(const Settings& settings, Catalogue& catalogue,
                             config::Diagnostics& diagnostics);

 private:
  const std::string path_;
  const config::StaysWithPlace stays_;
  config::Diagnostics problems_;  // of reading
  config::Composition composition_;
  std::optional<config::Node> config_;
  bool sweep_taken_ = false;
};

/// Loads a draft, as far as it understands the config (make_draft). Returns nothing if a file
/// cannot be read.
std::optional<Draft> load_draft(const std::string& config_path,
                                std::span<const std::string> overrides, Catalogue& catalogue,
                                config::Diagnostics& diagnostics);

}  // namespace assay::plan
