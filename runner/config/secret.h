// ${secret:NAME}: values of the environment that are kept out of files and messages.
//
// A reference to a secret stays in the config as it is written, and so in everything that is made
// of it: plan.yaml, run.json, digests, messages. Only a component is given the value, when it asks
// for the option, and texts that come from components are masked.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runner/config/reference_name.h"

namespace assay::config {

/// Tells whether NAME of `${NAME}` refers to a secret.
bool is_secret(std::string_view name);

/// Tells whether a text refers to a secret.
bool holds_secret(std::string_view text);

/// Returns what keeps `${secret:NAME}` from having a value. A secret is one line of at least four
/// bytes: a shorter one could not be masked without hiding half of every message.
NameProblem problem_with_secret(std::string_view name);

/// The secrets that components were given.
class Secrets {
 public:
  /// Returns what a text says: its secrets filled in, and `${` for `\${`. Throws
  /// std::runtime_error where problem_with_secret() has something to say.
  std::string filled(std::string_view text);

  /// Returns the text with a reference in the place of each value that was filled in.
  std::string masked(std::string text) const;

 private:
  struct Given {
    std::string value, reference;
  };
  std::vector<Given> given_;  // a longer value before a shorter one, which it may hold
};

}  // namespace assay::config
