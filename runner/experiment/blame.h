// Runs what components do. What goes wrong becomes a problem at its place in the config.
#pragma once

#include <cstddef>
#include <new>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "assay/error.h"
#include "runner/config/diagnostics.h"
#include "runner/plan/values.h"
#include "runner/plugin_host/component.h"

namespace assay::experiment {

/// A part of the config, by its full key. Errors that name an option of a component stand there.
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
  /// Borrowed.
  explicit Blame(config::Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  /// What the function returns, or `true` where that is void; nothing (false) where it throws
  /// ComponentError, assay::Error or std::bad_alloc, which is reported.
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
      const bool whole = error.option().empty();
      report(part, error.option(), error.message(),
             whole ? set_by_arguments(part, error.message(), By::component) : "");
    } catch (const Error& error) {
      report(part, {}, error.what(), set_by_arguments(part, error.what(), By::host));
    } catch (const std::bad_alloc&) {
      report(part, {}, "there is not enough memory for it");
    }
    return Answer();
  }

  /// At an option ("rate.height" is one of a nested component), or where the part is. Says nothing
  /// where the component has keys that are reported and this may follow from one of them: only a
  /// text of the config (a file, a split) is wrong whatever else is.
  void report(const Part& part, const std::string& option, const std::string& message,
              const std::string& hint = {}) {
    report(part, option, {}, message, hint);
  }
  /// The same; of the option's value, only `word` is underlined: "loss" of "test.loss".
  struct Word {
    std::string value, word;
    std::size_t at = 0;  ///< bytes of `value`
  };
  void report(const Part& part, const std::string& option, const std::optional<Word>& word,
              const std::string& message, const std::string& hint = {});

 private:
  /// Who judged the component as a whole: it, by what only it knows, or the host, by its sizes.
  enum class By { component, host };
  /// Tells which options that may be the cause are set on the command line, where the component's
  /// own place does not show it: those that the message names, and sizes where the host judged.
  static std::string set_by_arguments(const Part& part, const std::string& message, By by);

  config::Diagnostics& diagnostics_;
};

}  // namespace assay::experiment
