#include "runner/base/home.h"

#include <cstdlib>

namespace assay::base {

HomePath with_home(std::string_view path) {
  HomePath result{std::string(path), {}, {}};
  if (!path.starts_with('~')) return result;
  const char* const home = std::getenv("HOME");
  if (path.size() > 1 && path[1] != '/') {
    result.problem = "'~' is only known as '~/', your home folder";
    result.hint = "write a file of that name as ./" + result.path;
  } else if (home == nullptr || *home != '/') {
    result.problem = "'~/' is the folder in the environment variable HOME, which ";
    result.problem += home == nullptr ? "is not set" : "names none";
    result.hint = "write the path out, or set HOME";
  } else {
    result.path = home + result.path.substr(1);
  }
  return result;
}

}  // namespace assay::base
