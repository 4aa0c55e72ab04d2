// Distinguishes a component's refusal of its arguments from a failure of the component.
#pragma once

#include "runner/conformance/check.h"
#include "runner/plugin_host/component.h"

namespace assay::conformance {

/// Throws Failed for an error that is not a refusal: a std::logic_error is a bug in the component,
/// and a std::bad_alloc comes too late.
inline void require_refusal(const plugin_host::ComponentError& error) {
  require(
      error.cause() != plugin_host::Cause::mistake,
      "{} (a std::logic_error, which is a mistake in the code; a value that will not do is to be "
      "refused by an assay::OptionError, other data by an assay::Error)",
      error.message());
  require(error.cause() != plugin_host::Cause::memory,
          "{} (it asks for memory that there is not; a value that is too large is to be refused by "
          "an assay::OptionError beforehand)",
          error.message());
}

}  // namespace assay::conformance
