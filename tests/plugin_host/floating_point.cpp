#include "runner/plugin_host/floating_point.h"

#include <cfenv>
#include <filesystem>

#include "runner/plugin_host/library.h"
#include "runner/plugin_host/plugin_host.h"
#include "tests/plugin_host/plugins.h"

using namespace assay;
using namespace assay::plugin_host;
using namespace assay::test;

namespace {

std::filesystem::path fast_math() {
  return std::filesystem::path(build_folder()) / "tests/zoo/fast_math.so";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(floating_point)

BOOST_AUTO_TEST_CASE(a_mode_is_kept) {
  BOOST_TEST(computes_by_default_rules());
  {
    const KeptFloatingPointMode mode;
    std::fesetround(FE_UPWARD);
    BOOST_TEST(!computes_by_default_rules());
  }
  BOOST_TEST(computes_by_default_rules());
#if defined(__x86_64__)
  for (const unsigned bit : {0x8000U, 0x0040U}) {  // FTZ, DAZ
    const KeptFloatingPointMode mode;
    __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | bit);
    BOOST_TEST(!computes_by_default_rules());
  }
  BOOST_TEST(computes_by_default_rules());
#endif
}

BOOST_AUTO_TEST_CASE(a_plugin_built_with_fast_math_changes_nothing_and_is_named) {
  PluginHost host({fast_math()}, InstructionSet::generic);
  BOOST_TEST(host.warnings().empty());
  BOOST_TEST(host.parameters(Kind::schedule, "fast_math").empty());  // opened
  BOOST_TEST(computes_by_default_rules());
  BOOST_REQUIRE(host.warnings().size() == 1U);
  check_contains(host.warnings()[0],
                 fast_math().string() + ": opening it changed the floating-point mode");
  host.create({Kind::schedule, "fast_math", {}, {}});  // its constructor changes the mode, too
  BOOST_TEST(computes_by_default_rules());
}

BOOST_AUTO_TEST_CASE(other_plugins_are_not_named) {
  PluginHost host({built_in("assay_schedules")}, InstructionSet::generic);
  host.parameters(Kind::schedule, "constant");
  BOOST_TEST(host.warnings().empty());
}

BOOST_AUTO_TEST_SUITE_END()
