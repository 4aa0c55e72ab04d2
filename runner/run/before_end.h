// The state of a run from before the hooks for its end ran. Only a run that is made longer needs
// it: in the longer run these hooks would not have fired there.
//
// It is a part of the last checkpoint, under names that begin with before_end/ (state/registry.h).
// It has everything that the registry keeps itself, the lengths of the log files, and the rest only
// as far as the hooks have changed it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "runner/state/registry.h"
#include "runner/state/safetensors.h"

namespace assay::run {

class StateBeforeEnd {
 public:
  /// Copies the state. Weights, and state for each weight, are copied only if `whole`: only a hook
  /// that acts can change them.
  void take(const state::Registry& state, bool whole);
  /// Sets the lengths of the log files at that moment, and the names in images/.
  void set_files(const std::map<std::string, std::int64_t>& positions,
                 const std::set<std::string>& images);
  /// Copies such a state from the checkpoint of a finished run. `pictures` are the names that the
  /// checkpoint gives.
  void read(const state::StoredTensors& file, const std::vector<std::string>& pictures);

  /// Returns true for a file that has such a state.
  static bool is_in(const state::StoredTensors& file);

  /// Returns what the last checkpoint stores of it besides `now`, the state at the end. They are
  /// views.
  std::vector<state::NamedTensor> tensors(std::span<const state::NamedTensor> now) const;
  /// Returns the names in images/ that the hooks for the end have added.
  std::vector<std::string> pictures_since(const std::set<std::string>& images) const;

 private:
  struct Copy {
    DType type = DType::float32;
    Shape shape;
    std::vector<std::byte> bytes;
  };

  std::map<std::string, Copy> copies_;  ///< by their names in a file, without the prefix
  std::set<std::string> images_;        ///< that were there
  std::vector<std::string> pictures_;   ///< that an earlier life of the run added at its end
};

}  // namespace assay::run
