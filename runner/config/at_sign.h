// Plain texts that start with '@', `optimizer: @adam.yaml`, which YAML reserves and yaml-cpp
// refuses.
#pragma once

#include <string>

namespace assay::config {

/// Puts a character that no config may hold in the place of every '@' that yaml-cpp reads. Where
/// the text spells that character as an escape, which is an error, '@' stays as it is.
class AtSigns {
 public:
  explicit AtSigns(const std::string& text);

  std::string hidden(std::string text) const;
  /// A scalar of the hidden text with its '@' again.
  std::string shown(std::string scalar) const;

 private:
  bool hides_;
};

}  // namespace assay::config
