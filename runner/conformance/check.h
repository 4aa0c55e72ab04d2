// Checks of one component: their names and how they end.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace assay::conformance {

/// The component violates a promise of its kind; the text says what was seen and expected.
class Failed : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The check cannot be made here; the text says why.
class NotRun : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct Check {
  std::string name;  ///< the statement that is true if it passes: "forward is repeatable"
  /// Returns the measurements, as additional information. Throws Failed, NotRun, or what the
  /// component throws (plugin_host::ComponentError), which counts as failed.
  std::function<std::string()> run;
};

/// Each check creates its own component, so that any of them can run alone, in any order.
using Suite = std::vector<Check>;

/// Throws Failed with the text unless `holds`.
template <class... Arguments>
void require(bool holds, fmt::format_string<Arguments...> text, Arguments&&... arguments) {
  if (!holds) throw Failed(fmt::format(text, std::forward<Arguments>(arguments)...));
}

}  // namespace assay::conformance
