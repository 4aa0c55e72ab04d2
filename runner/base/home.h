// `~/` at the start of a path: the home folder.
#pragma once

#include <string>
#include <string_view>

namespace assay::base {

struct HomePath {
  std::string path;
  std::string problem;  ///< empty: there is none
  std::string hint;     ///< what to do about it; may be empty
};

/// Replaces `~` in `~` and `~/x` by the folder that the environment variable HOME names. Returns
/// any other path unchanged. It does not know the home folders of other users, `~ada`.
HomePath with_home(std::string_view path);

}  // namespace assay::base
