// Checks of one component: what each says, and how it ends.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace assay::conformance {

/// The component does not do what its kind promises; the text says what was seen and expected.
class Failed : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A check that cannot be made here; the text says why.
class NotRun : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct Check {
  std::string name;  ///< what is true when it passes: "forward is repeatable"
  /// Gives what was measured, for those who want to know. Throws Failed, NotRun, or what the
  /// component throws (plugin_host::ComponentError): then it failed.
  std::function<std::string()> run;
};

/// Each check makes a component of its own, so that any of them can be run alone, in any order.
using Suite = std::vector<Check>;

/// Throws Failed with the text unless `holds`.
template <class... Arguments>
void require(bool holds, fmt::format_string<Arguments...> text, Arguments&&... arguments) {
  if (!holds) throw Failed(fmt::format(text, std::forward<Arguments>(arguments)...));
}

}  // namespace assay::conformance
