// ${secret:NAME}: environment variables whose values are kept out of files and messages.
//
// A reference to a secret stays in the config as written, and so in everything that is made from
// it: plan.yaml, run.json, digests, messages. Only a component receives the value, when it asks for
// the option. Texts that come from components are masked.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runner/config/reference.h"

namespace assay::config {

/// Returns true if NAME of `${NAME}` refers to a secret.
bool is_secret(std::string_view name);

/// Returns true if a text refers to a secret.
bool holds_secret(std::string_view text);

/// Returns the problem that keeps `${secret:NAME}` from having a value. A secret is one line of at
/// least four bytes: masking a shorter one would hide half of every message.
NameProblem problem_with_secret(std::string_view name);

/// The secrets that components have received.
class Secrets {
 public:
  /// Returns the text with its secrets filled in and with `${` for `\${`. Throws std::runtime_error
  /// if problem_with_secret() reports a problem.
  std::string filled(std::string_view text);

  /// Returns the text with each filled-in value replaced by its reference.
  std::string masked(std::string text) const;

 private:
  struct Given {
    std::string value, reference;
  };
  std::vector<Given> given_;  // longer values first, since one may contain a shorter one
};

}  // namespace assay::config
