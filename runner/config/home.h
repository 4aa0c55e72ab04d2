// `~/` at the start of a path: the home folder.
#pragma once

#include <string>
#include <string_view>

namespace assay::config {

struct HomePath {
  std::string path;
  std::string problem;  ///< empty: there is none
  std::string hint;     ///< what to do about it; may be empty
};

/// `~` and `~/x` with the folder that the environment variable HOME names in the place of `~`; what
/// does not start with `~` as it is. The homes of others, `~ada`, are not known.
HomePath with_home(std::string_view path);

}  // namespace assay::config
