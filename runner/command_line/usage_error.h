// An error that the caller can fix: exit code 2, while other errors give 1.
#pragma once

#include <exception>

#include "assay/error.h"
#include "runner/command_line/exit_code.h"

namespace assay::command_line {

class UsageError : public Error {
 public:
  using Error::Error;
};

inline int exit_code_of(const std::exception& error) {
  return dynamic_cast<const UsageError*>(&error) != nullptr ? usage_error : run_failed;
}

}  // namespace assay::command_line
