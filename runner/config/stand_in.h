// Stand-ins for characters that yaml-cpp does not take as text where a config means text: '@' at
// the start of a plain text (`optimizer: @adam.yaml`), which YAML reserves, and '?' within one in
// braces or brackets (`{tag: Done?}`).
#pragma once

#include <string>

namespace assay::config {

/// Puts characters that no config may hold in the place of '@' and of every '?' that is text,
/// before yaml-cpp reads them. A text that spells a stand-in as an escape, which is an error, stays
/// as it is.
class StandIns {
 public:
  explicit StandIns(const std::string& text);

  /// Returns the text for yaml-cpp, of the same length.
  std::string hidden(std::string text) const;
  /// Returns a scalar of the hidden text with its own characters again.
  std::string shown(std::string scalar) const;

 private:
  bool hides_;
};

}  // namespace assay::config
