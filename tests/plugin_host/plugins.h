// The libraries for these tests.
#pragma once

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "tests/support/component.h"

namespace assay::test {

inline std::filesystem::path built_in(const std::string& name) {
  return std::filesystem::path(build_folder()) / "plugins" / (name + ".so");
}
inline std::filesystem::path fixture(const std::string& name) {
  return std::filesystem::path(build_folder()) / "tests/plugin_host/fixtures" / (name + ".so");
}

/// Returns the message of the function's exception; empty if it throws none.
template <class Function>
std::string message_of(Function&& function) {
  try {
    function();
  } catch (const std::exception& error) {
    return error.what();
  }
  return {};
}

inline void check_contains(const std::string& text, const std::string& part) {
  BOOST_TEST(text.find(part) != std::string::npos, "'" << part << "' is not in '" << text << "'");
}

}  // namespace assay::test
