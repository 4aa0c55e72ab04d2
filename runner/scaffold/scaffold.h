// The files of a new plugin: a working component of each kind to start from.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "assay/kind.h"

namespace assay::scaffold {

struct File {
  std::string name;
  std::string text;
};

/// Returns the files. `name` must be valid (name.h). NAME.cpp comes first, then meson.build, a
/// config that runs it, README.md and .gitignore; an optimizer also has a test
/// (assay/closed_form.h).
std::vector<File> plugin(Kind kind, std::string_view name);

/// Returns the command that tries the plugin of this name, as its README has it.
std::string command_to_try(Kind kind, std::string_view name);

}  // namespace assay::scaffold
