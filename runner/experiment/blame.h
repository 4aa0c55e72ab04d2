// Runs functions of components. A failure becomes a problem at its place in the config.
#pragma once

#include <cstddef>
#include <new>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "assay/error.h"
#include "runner/config/diagnostics.h"
#include "runner/plan/draft.h"
#include "runner/plugin_host/component.h"

namespace assay::experiment {

/// A part of the config, by its full key. Errors about an option of its component are reported
/// there.
struct Part {
  std::string key;
  config::Location where;
  const plan::ComponentPlan* component = nullptr;  ///< borrowed

  Part(std::string full_key, const config::Location& place)
      : key(std::move(full_key)), where(place) {}
  Part(std::string full_key, const plan::ComponentPlan& plan)
      : key(std::move(full_key)), where(plan.where), component(&plan) {}
};

class Blame {
 public:
  /// Borrows both.
  Blame(const plan::Draft& draft, config::Diagnostics& diagnostics)
      : draft_(draft), diagnostics_(diagnostics) {}

  /// Returns the result of the function, or `true` if that is void. If it throws ComponentError,
  /// assay::Error or std::bad_alloc, reports that and returns nothing (false).
  template <class Function>
  auto attempt(const Part& part, Function&& function) {
    using Result = std::invoke_result_t<Function>;
    using Answer =
        std::conditional_t<std::is_void_v<Result>, bool, std::optional<std::decay_t<Result>>>;
    try {
      if constexpr (std::is_void_v<Result>) {
        function();
        return true;
      } else {
        return Answer(function());
      }
    } catch (const plugin_host::ComponentError& error) {
      report(part, error);
    } catch (const Error& error) {
      report(part, {}, error.what(), set_by_arguments(part, error.what(), By::host));
    } catch (const std::bad_alloc&) {
      report(part, {}, "there is not enough memory for it");
    }
    return Answer();
  }

  /// Reports a problem at an option ("rate.height" is an option of a nested component), or at the
  /// part. Reports nothing if the component has unknown keys, because the problem may follow from
  /// one of them. A text of the config (a file, a split) is always reported: it is wrong in any
  /// case.
  void report(const Part& part, const std::string& option, const std::string& message,
              const std::string& hint = {}) {
    report(part, option, {}, message, hint);
  }
  /// Does the same, but underlines only `word` of the option's value: "loss" of "test.loss".
  struct Word {
    std::string value, word;
    std::size_t at = 0;  ///< bytes of `value`
  };
  void report(const Part& part, const std::string& option, const std::optional<Word>& word,
              const std::string& message, const std::string& hint = {});
  /// Warns at the same place, under the same condition.
  void warn(const Part& part, const std::string& option, const std::string& message,
            const std::string& hint = {});

 private:
  struct Place {
    config::Location where;
    std::string key;
  };
  /// Returns where the option is; nothing if nothing should be reported.
  std::optional<Place> place_of(const Part& part, const std::string& option) const;

  /// The judge that rejected the component as a whole: the component itself, or the host, because
  /// of its sizes.
  enum class By { component, host };
  /// Lists possible causes that are set on the command line, since the component's own place does
  /// not show them: options that the message names, and also sizes if the host rejected it.
  static std::string set_by_arguments(const Part& part, const std::string& message, By by);

  /// Reports what a component, or one within it, threw. If one within it is refused as a whole, its
  /// options are the cause, so the command line's option is blamed if it is the only one.
  void report(const Part& part, const plugin_host::ComponentError& error);

  const plan::Draft& draft_;
  config::Diagnostics& diagnostics_;
};

}  // namespace assay::experiment
