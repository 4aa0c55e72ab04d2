#include <vector>

#include "runner/plugin_host/library_stamp.h"
#include "tests/plugin_host/plugins.h"

using namespace assay;
using namespace assay::plugin_host;

namespace {

Stamp made_stamp() {
  return {.sdk = "3.5",
          .standard_library = "libstdc++ cxx11",
          .debug_mode = "off",
          .sanitizers = "none",
          .instructions = "generic",
          .plugin = "p",
          .version = "1",
          .licence = "MIT",
          .components = {}};
}

const std::string compile = " && meson compile -C BUILD";
const std::string rebuild_sdk =
    "rebuild the plugin against this assay's include/assay: meson setup --wipe BUILD" + compile;
const std::string newer_assay = "use a newer assay, or " + rebuild_sdk;

}  // namespace

BOOST_AUTO_TEST_SUITE(refusal)

BOOST_AUTO_TEST_CASE(equal_stamps_fit) {
  BOOST_TEST(refusals(made_stamp(), made_stamp(), InstructionSet::generic).empty());
  BOOST_TEST(refusals(host_stamp(), host_stamp(), InstructionSet::avx512).empty());
}

BOOST_AUTO_TEST_CASE(each_field_alone_gives_one_line_with_both_sides_and_the_mend) {
  struct Case {
    std::string Stamp::*field;
    std::string name, theirs, ours, mend;
  };
  const std::vector<Case> cases = {
      {&Stamp::sdk, "sdk", "2.5", "3.5", rebuild_sdk},
      {&Stamp::standard_library, "standard_library", "libc++", "libstdc++ cxx11",
       "rebuild the plugin with g++, or clang++ -stdlib=libstdc++, and without "
       "-D_GLIBCXX_USE_CXX11_ABI=0"},
      {&Stamp::standard_library, "standard_library", "libstdc++ cxx11", "libc++",
       "rebuild the plugin with clang++ -stdlib=libc++"},
      {&Stamp::standard_library, "standard_library", "libstdc++ cxx11", "libstdc++ old",
       "rebuild the plugin with -D_GLIBCXX_USE_CXX11_ABI=0"},
      {&Stamp::debug_mode, "debug_mode", "on", "off",
       "rebuild the plugin without -D_GLIBCXX_DEBUG: "
       "meson configure BUILD -Dcpp_debugstl=false" +
           compile},
      {&Stamp::debug_mode, "debug_mode", "off", "on",
       "rebuild the plugin with -D_GLIBCXX_DEBUG: meson configure BUILD -Dcpp_debugstl=true" +
           compile},
      {&Stamp::sanitizers, "sanitizers", "address", "none",
       "rebuild the plugin without -fsanitize: meson configure BUILD -Db_sanitize=none" + compile},
      {&Stamp::sanitizers, "sanitizers", "none", "thread",
       "rebuild the plugin with -fsanitize=thread: meson configure BUILD -Db_sanitize=thread" +
           compile},
  };
  for (const Case& c : cases) {
    Stamp plugin = made_stamp(), host = made_stamp();
    plugin.*c.field = c.theirs;
    host.*c.field = c.ours;
    BOOST_TEST(refusals(plugin, host, InstructionSet::generic) ==
                   std::vector{c.name + ": the plugin has '" + c.theirs + "', this assay '" +
                               c.ours + "'; " + c.mend},
               boost::test_tools::per_element());
  }
}

// Before SDK 1.0, every minor version may change the interface of plugins.
BOOST_AUTO_TEST_CASE(before_the_first_major_sdk_only_the_same_one_fits) {
  const auto said = [](const std::string& theirs) {
    Stamp plugin = made_stamp(), host = made_stamp();
    plugin.sdk = theirs;
    host.sdk = "0.3";
    const auto lines = refusals(plugin, host, InstructionSet::generic);
    return lines.empty() ? std::string() : lines[0].substr(lines[0].find("; ") + 2);
  };
  BOOST_TEST(said("0.3") == "");
  BOOST_TEST(said("0.2") == rebuild_sdk);
  BOOST_TEST(said("0.4") == newer_assay);
  BOOST_TEST(said("1.0") == newer_assay);
}

// include/assay/version.h says that M.m loads in M.n with n >= m.
BOOST_AUTO_TEST_CASE(an_older_minor_sdk_fits_and_nothing_else) {
  struct Case {
    std::string sdk, mend;
  };
  for (const Case& c : std::vector<Case>{{"3.5", ""},
                                         {"3.4", ""},
                                         {"3.0", ""},
                                         {"3.6", newer_assay},
                                         {"3.10", newer_assay},
                                         {"4.0", newer_assay},
                                         {"10.5", newer_assay},
                                         {"2.5", rebuild_sdk},
                                         {"2.9", rebuild_sdk},
                                         {"0.1", rebuild_sdk},
                                         {"3", rebuild_sdk},
                                         {"3.", rebuild_sdk},
                                         {"3.5x", rebuild_sdk},
                                         {"x", rebuild_sdk},
                                         {"99999999999.1", rebuild_sdk}}) {
    Stamp plugin = made_stamp();
    plugin.sdk = c.sdk;
    const auto lines = refusals(plugin, made_stamp(), InstructionSet::generic);
    BOOST_TEST_CONTEXT(c.sdk) {
      BOOST_REQUIRE(lines.size() == (c.mend.empty() ? 0 : 1));
      if (!c.mend.empty())
        BOOST_TEST(lines[0] == "sdk: the plugin has '" + c.sdk + "', this assay '3.5'; " + c.mend);
    }
  }
}

BOOST_AUTO_TEST_CASE(instructions_beyond_the_cpus_are_refused) {
  const std::vector<std::string> names = {"generic", "avx2", "avx512", "later"};
  for (std::size_t theirs = 0; theirs < names.size(); ++theirs)
    for (std::size_t ours = 0; ours < 3; ++ours) {
      Stamp plugin = made_stamp();
      plugin.instructions = names[theirs];
      const auto lines = refusals(plugin, made_stamp(), static_cast<InstructionSet>(ours));
      BOOST_TEST_CONTEXT(names[theirs] << " on " << names[ours]) {
        BOOST_REQUIRE(lines.size() == (theirs > ours ? 1 : 0));
        if (theirs > ours)
          BOOST_TEST(lines[0] == "instructions: the plugin needs '" + names[theirs] +
                                     "', this CPU has '" + names[ours] +
                                     "'; rebuild the plugin without -march, or with "
                                     "-march=native on this machine");
      }
    }
}

BOOST_AUTO_TEST_CASE(all_that_differs_is_listed) {
  Stamp plugin = made_stamp();
  plugin.sdk = "4.0";
  plugin.standard_library = "libc++";
  plugin.debug_mode = "on";
  plugin.sanitizers = "thread";
  plugin.instructions = "avx512";
  BOOST_TEST(refusals(plugin, made_stamp(), InstructionSet::generic).size() == 5);
}

BOOST_AUTO_TEST_SUITE_END()
