// The problems of a config, collected so that all are reported together.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "runner/base/fitted.h"
#include "runner/config/source.h"

namespace assay::config {

enum class Severity { error, warning };

std::string_view name_of(Severity severity);

struct Diagnostic {
  Severity severity = Severity::error;
  Location where;
  std::string key;      ///< full key, "optimizer.type"; may be empty
  std::string message;  ///< what is wrong and what was expected
  std::string hint;     ///< beside the caret: "did you mean 'sgd'?"; may be empty
  Location original;    ///< see error_of_copy(); else nowhere
};

class Diagnostics {
 public:
  void error(Location where, std::string key, std::string message, std::string hint = {});
  /// Adds an error about a value that a reference copied from `original`. It is dropped if there is
  /// an error at `original` as well.
  void error_of_copy(Location original, Location where, std::string key, std::string message,
                     std::string hint = {});
  /// Adds a warning about something that is valid but probably not intended.
  void warning(Location where, std::string key, std::string message, std::string hint = {});
  /// Returns true if there are no errors; warnings do not count.
  bool empty() const { return errors_ == 0; }
  std::size_t size() const { return errors_; }
  /// Returns the diagnostics in order of place: files first, then arguments. Of several problems
  /// with one key at one place it keeps only the first, because the others follow from it. It also
  /// drops a message that repeats another one at the same place, to which references or aliases
  /// brought it.
  std::vector<Diagnostic> sorted() const;
  /// Returns the text in the form of compiler messages:
  ///   digits.yaml:14:10: error: optimizer.type: no optimizer 'sdg'
  ///      14 |   type: sdg
  ///         |         ^~~ did you mean 'sgd'?
  /// Further lines of a hint follow as notes. After a hundred problems the rest are only counted.
  std::string text(bool colours, base::Columns columns = {}) const;

 private:
  std::vector<Diagnostic> list_;
  std::size_t errors_ = 0;
};

}  // namespace assay::config
