// The message of what a call throws.
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
