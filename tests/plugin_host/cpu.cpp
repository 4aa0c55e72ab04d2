#include "runner/plugin_host/cpu.h"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

using namespace assay;
using namespace assay::plugin_host;

BOOST_AUTO_TEST_SUITE(cpu)

#if defined(__x86_64__)

// The kernel's names (arch/x86/include/asm/cpufeatures.h) where they differ from ours.
const std::map<std::string, std::string> of_the_kernel = {
    {"sha", "sha_ni"},
    {"pclmul", "pclmulqdq"},
    {"avxvnni", "avx_vnni"},
    {"avx512vbmi2", "avx512_vbmi2"},
    {"avx512vnni", "avx512_vnni"},
    {"avx512bitalg", "avx512_bitalg"},
    {"avx512vpopcntdq", "avx512_vpopcntdq"},
    {"avx512vp2intersect", "avx512_vp2intersect"},
    {"avx512bf16", "avx512_bf16"},
    {"avx512fp16", "avx512_fp16"},
};

// The kernel lists the extensions of the CPU that it lets programs use.
BOOST_AUTO_TEST_CASE(extensions_are_those_that_the_kernel_lists) {
  std::ifstream file("/proc/cpuinfo");
  std::string line;
  while (std::getline(file, line) && !line.starts_with("flags")) {
  }
  std::istringstream words(line);
  const std::set<std::string> flags{std::istream_iterator<std::string>(words), {}};
  BOOST_TEST_REQUIRE(flags.contains("sse2"));
  for (const char* name : {"sha",
                           "aes",
                           "pclmul",
                           "gfni",
                           "vaes",
                           "vpclmulqdq",
                           "adx",
                           "sse4a",
                           "fma4",
                           "xop",
                           "tbm",
                           "avxvnni",
                           "avx512ifma",
                           "avx512vbmi",
                           "avx512vbmi2",
                           "avx512vnni",
                           "avx512bitalg",
                           "avx512vpopcntdq",
                           "avx512vp2intersect",
                           "avx512bf16",
                           "avx512fp16",
                           "amx_tile",
                           "amx_int8",
                           "amx_bf16"}) {
    const auto other = of_the_kernel.find(name);
    const std::string flag = other == of_the_kernel.end() ? name : other->second;
    BOOST_TEST(cpu_has(name) == flags.contains(flag), name);
  }
}

#endif

BOOST_AUTO_TEST_CASE(what_is_not_known_is_lacking) {
  BOOST_TEST(!cpu_has("quantum"));
  BOOST_TEST(!cpu_has(""));
}

BOOST_AUTO_TEST_CASE(what_a_stamp_asks_for_and_the_cpu_lacks) {
  using Words = std::vector<std::string>;
  BOOST_TEST(lacking("generic", InstructionSet::generic).empty());
  BOOST_TEST(lacking("avx2", InstructionSet::avx512).empty());
  BOOST_TEST(lacking("avx512", InstructionSet::avx2) == Words{"avx512"},
             boost::test_tools::per_element());
  BOOST_TEST(
      (lacking("avx512 quantum warp", InstructionSet::avx2) == Words{"avx512", "quantum", "warp"}));
  BOOST_TEST((lacking("generic ", InstructionSet::generic) == Words{""}));
  BOOST_TEST((lacking("", InstructionSet::avx512) == Words{"''"}));
}

BOOST_AUTO_TEST_SUITE_END()
