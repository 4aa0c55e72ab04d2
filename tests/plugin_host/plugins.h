// The libraries for these tests.
#pragma once

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "assay/optimizer.h"
#include "runner/plugin_host/component.h"
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

/// Returns the rate that the fixture `follower` follows after `count` updates.
inline double rate_of(const plugin_host::Handle<Optimizer>& optimizer, std::int64_t count) {
  float rate = 0;
  optimizer.call([&](Optimizer& o) {
    o.begin_step(count);
    UpdateSlice slice;
    slice.values = std::span(&rate, 1);
    o.update(slice);
  });
  return double{rate};
}

inline void check_contains(const std::string& text, const std::string& part) {
  BOOST_TEST(text.find(part) != std::string::npos, "'" << part << "' is not in '" << text << "'");
}

}  // namespace assay::test
