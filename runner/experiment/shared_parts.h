// The parts that many experiments have in common, for experiments that are checked and not trained.
//
// A batch checks every plan as `assay check` does. Most of its plans say the same of most parts, so
// each part is made, and asked, once for all plans that say the same. A part that problems or
// warnings were told about is made again for each plan, and so is a component with state, whose
// memory belongs to one experiment.
#pragma once

#include <any>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "runner/base/machine_share.h"
#include "runner/plugin_host/process_state.h"
#include "runner/train/thread_team.h"

namespace assay::experiment {

class SharedParts {
 public:
  /// Asks what this process may use, and what it holds, before any part is made.
  SharedParts();

  /// Returns the part that was kept under this name; null if there is none. The name says all that
  /// the part was made of.
  template <class Part>
  const Part* find(const std::string& name) const {
    const auto found = parts_.find(name);
    return found == parts_.end() ? nullptr : std::any_cast<Part>(&found->second);
  }
  template <class Part>
  void keep(std::string name, Part part) {
    parts_.insert_or_assign(std::move(name), std::move(part));
  }
  /// Lets go of all parts if the process holds more than a quarter of the memory that it may hold.
  /// To be called before more data is read.
  void make_room();

  /// Returns the team of so many threads.
  std::shared_ptr<train::ThreadTeam> team(int threads);

  /// Restores the process's state to what it was at construction. Returns what components had
  /// changed, as KeptProcessState::restore() does. To be called after each experiment.
  std::string restore_process() { return process_.restore(); }

  const base::Share& memory() const { return memory_; }
  const base::Share& cores() const { return cores_; }
  /// Returns the bytes that the process held at construction.
  double held() const { return held_; }

 private:
  plugin_host::KeptProcessState process_;
  std::map<std::string, std::any> parts_;
  std::map<int, std::shared_ptr<train::ThreadTeam>> teams_;
  base::Share memory_, cores_;
  double held_;
};

}  // namespace assay::experiment
