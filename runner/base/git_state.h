// The git commit of the working folder, so that a run says which code and configs it came from.
#pragma once

#include <optional>
#include <string>

namespace assay::base {

struct GitState {
  std::string commit;
  bool dirty = false;  ///< tracked files differ from the commit
};

/// Asks the installed git, which takes a few milliseconds in a small repository. Nothing where
/// there is no git, or the working folder is in no repository.
std::optional<GitState> git_state();

}  // namespace assay::base
