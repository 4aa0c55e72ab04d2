// The problems of a config, collected so that all are reported in one go.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

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
  /// Of a value that a reference brought from `original`: dropped when there is an error as well.
  void error_of_copy(Location original, Location where, std::string key, std::string message,
                     std::string hint = {});
  /// What is no error, but probably not meant.
  void warning(Location where, std::string key, std::string message, std::string hint = {});
  /// Of errors; warnings do not count.
  bool empty() const { return errors_ == 0; }
  std::size_t size() const { return errors_; }
  /// Files first, then arguments, in order of place. Of several problems of one key at one place
  /// only the first is kept: the others follow from it. So it is with what is said of one place
  /// under several keys, to which references or aliases brought it.
  std::vector<Diagnostic> sorted() const;
  /// As a compiler prints them:
  ///   digits.yaml:14:10: error: optimizer.type: no optimizer 'sdg'
  ///      14 |   type: sdg
  ///         |         ^~~ did you mean 'sgd'?
  /// Further lines of a hint follow as notes; after a hundred problems the others are only counted.
  std::string text(bool colours) const;

 private:
  std::vector<Diagnostic> list_;
  std::size_t errors_ = 0;
};

}  // namespace assay::config
