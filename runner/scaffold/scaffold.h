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

/// `name` must be one (name.h). NAME.cpp comes first, then meson.build, a config that runs it,
/// README.md and .gitignore; an optimizer has a test besides (assay/closed_form.h).
std::vector<File> plugin(Kind kind, std::string_view name);

}  // namespace assay::scaffold
