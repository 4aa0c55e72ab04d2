// Every built-in plugin keeps the promises of its kind, with all kernels.
#include <boost/test/unit_test.hpp>
#include <map>

#include "tests/conformance/run_suite.h"
#include "tests/support/bytes.h"
#include "tests/support/instruction_sets.h"
#include "tests/support/temporary_folder.h"

using namespace assay;
using namespace assay::test;
using conformance::Verdict;

namespace {

// Returns a NumPy file, version 1.0.
std::string npy(const std::string& type, const std::string& shape, const std::string& data) {
  std::string header =
      "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + shape + "), }";
  header.resize(128 - 10 - 1, ' ');
  header += '\n';
  return std::string("\x93NUMPY\x01\x00\x76\x00", 10) + header + data;
}

// Returns the settings that cannot be made up.
std::vector<std::string> settings_for(const std::string& plugin, const TemporaryFolder& folder) {
  if (plugin != "assay_datasets") return {};
  std::string samples, targets;
  for (int row = 0; row < 30; ++row) {
    for (int i = 0; i < 12; ++i) samples += static_cast<char>(row * 7 + i);
    targets += static_cast<char>(row % 3);
  }
  write_file(folder / "samples.npy", npy("|u1", "30, 3, 4", samples));
  write_file(folder / "targets.npy", npy("|u1", "30,", targets));
  return {"digits.file=" + source_folder() + "/data/digits.csv",
          "npy.samples=" + (folder / "samples.npy").string(),
          "npy.targets=" + (folder / "targets.npy").string()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(built_in)

BOOST_AUTO_TEST_CASE(plugins_keep_their_promises) {
  const TemporaryFolder folder;
  std::map<std::string, int> kinds;
  int checks = 0;
  for (const auto& entry : std::filesystem::directory_iterator(build_folder() + "/plugins")) {
    if (entry.path().extension() != ".so") continue;
    const std::string plugin = entry.path().stem();
    BOOST_TEST_CONTEXT(plugin) {
      for (const Result& r : results(entry.path(), settings_for(plugin, folder))) {
        ++kinds[r.subject.substr(0, r.subject.find(' '))];
        ++checks;
        BOOST_TEST((r.outcome.verdict != Verdict::failed),
                   r.subject << ": " << r.check << ": " << r.outcome.text);
        const bool unable = r.outcome.verdict == Verdict::not_run &&
                            (r.outcome.text.find("cannot be made") != std::string::npos ||
                             r.outcome.text.find("made up") != std::string::npos);
        BOOST_TEST(!unable, r.outcome.text);
        if (!r.check.starts_with("with ") && !r.outcome.text.empty())
          BOOST_TEST_MESSAGE(r.subject << ": " << r.check << ": " << r.outcome.text);
      }
    }
  }
  BOOST_TEST(kinds.size() == kind_names.size());
  BOOST_TEST_MESSAGE(checks << " checks");
}

BOOST_AUTO_TEST_CASE(kernels_of_every_instruction_set_do) {
  for (const InstructionSet set : instruction_sets()) {
    for (const char* plugin : {"assay_model_mlp", "assay_losses"})
      for (const Result& r : results(build_folder() + "/plugins/" + plugin + ".so", {}, set))
        BOOST_TEST((r.outcome.verdict != Verdict::failed),
                   name_of(set) << ": " << r.check << ": " << r.outcome.text);
    // Threads share the blocks of a wide network only.
    for (const Result& r : results(build_folder() + "/plugins/assay_model_mlp.so",
                                   {"hidden=[600,500]", "activation=gelu"}, set))
      if (!r.check.starts_with("with "))
        BOOST_TEST((r.outcome.verdict == Verdict::passed),
                   name_of(set) << ": " << r.check << ": " << r.outcome.text);
  }
}

BOOST_AUTO_TEST_SUITE_END()
