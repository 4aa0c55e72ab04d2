// A folder of config files, and the result of composing them.
#pragma once

#include <fstream>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "runner/config/composition.h"
#include "runner/config/overrides.h"
#include "tests/config/show.h"
#include "tests/support/temporary_folder.h"

namespace assay::test {

class Files {
 public:
  Files(std::initializer_list<std::pair<std::string, std::string>> files) {
    for (const auto& [name, text] : files) write(name, text);
  }

  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
  }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  /// Returns the config, or the problems, without FOLDER/. In `hooks.NAME`, `every` stays with the
  /// place.
  std::string composed(const std::string& name,
                       const std::vector<std::string>& arguments = {}) const {
    config::Diagnostics diagnostics;
    const config::StaysWithPlace stays = [](std::span<const std::string> at,
                                            std::string_view option) {
      return at.size() == 2 && at[0] == "hooks" && option == "every";
    };
    config::Composition composition(stays, diagnostics);
    auto node = composition.file(path(name));
    if (node)
      config::apply_overrides(*node, arguments, composition, config::Defaults(), diagnostics);
    return shortened(node && diagnostics.empty() ? show(*node) : diagnostics.text(false));
  }

 private:
  std::string shortened(std::string text) const {
    const std::string prefix = folder_.path().string() + "/";
    for (std::size_t at = 0; (at = text.find(prefix, at)) != std::string::npos;)
      text.erase(at, prefix.size());
    return text;
  }

  TemporaryFolder folder_;
};

}  // namespace assay::test
