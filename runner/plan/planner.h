// Checks the sections of a config against their tables, one after the other, and drafts a plan.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runner/config/diagnostics.h"
#include "runner/config/node.h"
#include "runner/plan/catalogue.h"
#include "runner/plan/draft.h"
#include "runner/plan/members.h"
#include "runner/plan/validator.h"

namespace assay::plan {

class Planner {
 public:
  /// Borrows all arguments. The config's references must be filled in.
  Planner(const config::Node& config, Catalogue& catalogue, config::Diagnostics& diagnostics);

  /// Makes the draft and reports all problems; the caller sets has_problems. To be called once.
  Draft draft();

 private:
  Value option(const char* name);
  void note(const std::string& key, const config::Location& where);
  void note(const std::string& owner, const Values& values);
  config::Location place_of(const char* key) const;
  void check_name(const std::string& name);
  std::string run_dir();
  std::optional<InstructionSet> kernels();
  bool reported(const char* key) const;
  void doubt(const std::string& key) { draft_.doubtful.insert(key); }
  /// Notes how sound a component is that was read as "hooks.0", under the key that it has in the
  /// draft.
  void note_soundness(const std::string& read_as, const std::string& key);
  Validator::Placed component(const char* key, Kind kind, std::span<const Parameter> common = {});

  std::optional<SplitPlan> split(const Validator::Placed& dataset);
  TrainPlan train();
  bool resume(const std::string& run_dir);
  CheckpointPlan checkpoints();
  std::optional<InitFromPlan> init_from(const Values& model);
  void tuning(const Values& optimizer);
  void no_length_of_training();
  config::Location second_of_epochs_and_steps() const;

  std::vector<NamedComponent> metrics();
  /// Reads a section of components of one kind, a map by name or a list.
  std::vector<NamedComponent> components(const char* section, Kind kind);
  std::vector<HookPlan> hooks();
  /// Returns the members of a misspelt section, so that they can be checked for problems.
  std::vector<Member> misspelt_members(const char* section);
  HookPlan hook(const config::Node& given, const Member& member, ListNames& names);

  const config::Node& config_;
  Catalogue& catalogue_;
  config::Diagnostics& diagnostics_;
  config::Location end_;  // the end of the config
  Validator validator_;
  Draft draft_;
};

}  // namespace assay::plan
