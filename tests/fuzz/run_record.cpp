// A fuzz target. Any bytes in run.json are a record of a run, which is the same when it is written
// and read again, or are refused with a reason.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "assay/error.h"
#include "runner/run/run_record.h"
#include "tests/support/temporary_folder.h"

namespace assay::test {
namespace {

void require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "fuzz: broken: %s\n", what);
  std::abort();
}

std::string text_in(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

void try_record(const TemporaryFolder& home, const std::string& bytes) {
  const auto path = home / "run.json";
  std::ofstream(path, std::ios::binary) << bytes;
  static_cast<void>(run::has_its_checksum(bytes));
  const base::Folder folder(home.path());
  run::RunRecord record;
  try {
    record = run::read_record(folder);
  } catch (const Error& error) {
    return require(std::string(error.what()).starts_with(path.string() + ": "),
                   "a reason names the file");
  }
  require(run::RecordFile(folder).write(record, base::Sync::later), "a record can be written");
  const std::string text = text_in(path);
  require(run::has_its_checksum(text), "a record has its checksum");
  const run::RunRecord again = run::read_record(folder);
  require(again.state == record.state && again.steps == record.steps &&
              again.failures.size() == record.failures.size(),
          "a record is read as it was written");
}

}  // namespace
}  // namespace assay::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const assay::test::TemporaryFolder folder;
  assay::test::try_record(folder, std::string(data, data + size));
  return 0;
}
