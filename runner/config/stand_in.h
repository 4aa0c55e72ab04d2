// Stand-ins for characters that yaml-cpp rejects where a config means text: '@' at the start of a
// plain text (`optimizer: @adam.yaml`), which YAML reserves, and '?' within a plain text in braces
// or brackets (`{tag: Done?}`).
#pragma once

#include <string>

namespace assay::config {

/// Replaces '@' and every '?' that is text by characters that no config may contain, before
/// yaml-cpp reads them. A text that spells a stand-in as an escape, which is an error, stays as it
/// is.
class StandIns {
 public:
  explicit StandIns(const std::string& text);

  /// Returns the text for yaml-cpp, of the same length.
  std::string hidden(std::string text) const;
  /// Returns a scalar of the hidden text with its original characters restored.
  std::string shown(std::string scalar) const;

 private:
  bool hides_;
};

}  // namespace assay::config
