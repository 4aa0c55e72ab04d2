// Returns the message of a call's exception.
#pragma once

#include <string>

#include "assay/error.h"

namespace assay::test {

template <class Function>
std::string error_of(Function&& function) {
  try {
    function();
  } catch (const assay::Error& error) {
    return error.what();
  }
  return "nothing thrown";
}

}  // namespace assay::test
