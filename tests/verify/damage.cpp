// Files with a checksum that are cut at every length, and in which 10,000 bits are turned over:
// nothing crashes, and no such file is taken for whole.
#include <boost/test/unit_test.hpp>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "assay/error.h"
#include "runner/run/run_record.h"
#include "runner/state/safetensors.h"
#include "runner/verify/event_file.h"
#include "runner/verify/picture_file.h"
#include "tests/support/bytes.h"
#include "tests/support/reference.h"
#include "tests/support/temporary_folder.h"

using namespace assay;
using namespace assay::test;

namespace {

struct Damage : TemporaryFolder {
  std::filesystem::path path = *this / "file";

  // Returns true if the check takes the file with these bytes for whole.
  bool passes(const std::string& bytes, const std::function<bool()>& is_whole) const {
    write_file(path, bytes);
    try {
      return is_whole();
    } catch (const Error&) {
      return false;
    }
  }

  void refuses_damage(const std::string& whole, const std::function<bool()>& is_whole) const {
    BOOST_REQUIRE(passes(whole, is_whole));
    std::size_t passed = 0;
    for (std::size_t size = 0; size < whole.size(); ++size)
      if (passes(whole.substr(0, size), is_whole)) ++passed;
    BOOST_TEST(passed == 0U, "cut: " << passed);
    std::mt19937_64 random(7);
    constexpr int flips = 10'000;
    for (int i = 0; i < flips; ++i) {
      std::string damaged = whole;
      const std::uint64_t bit = random() % (8 * whole.size());
      damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
      if (!passes(damaged, is_whole)) continue;
      ++passed;
      BOOST_TEST(false, "bit " << bit % 8 << " of byte " << bit / 8);
    }
    BOOST_TEST(passed == 0U, "turned over: " << passed);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(damage, Damage)

BOOST_AUTO_TEST_CASE(checkpoints) {
  std::vector<float> kernel(200, 0.25F);
  std::int64_t step = 12;
  state::write_safetensors(base::Folder(TemporaryFolder::path()), "file",
                           std::vector<state::NamedTensor>{
                               state::named_tensor("layer1.kernel", {20, 10}, std::span(kernel)),
                               state::named_tensor("step", {}, std::span(&step, 1))},
                           {{"format", "assay state"}, {"step", "12"}});
  refuses_damage(read_file(path), [this] { return state::StoredTensors(path).verify(); });
}

BOOST_AUTO_TEST_CASE(records_of_runs) {
  run::RunRecord record;
  record.name = "small";
  record.state = "stopped";
  record.steps = 12;
  record.total_steps = 30;
  record.plan_digest = std::string(32, 'a');
  record.final_values = {{"loss", 0.25}};
  record.failures = {"one"};
  BOOST_TEST(
      run::RecordFile(base::Folder(TemporaryFolder::path())).write(record, base::Sync::later));
  const std::string text = read_file(*this / "run.json");
  refuses_damage(text, [this] { return run::has_its_checksum(read_file(path)); });
  // On a disk without room a record is written over in place, padded with blanks.
  std::string padded = text;
  padded.insert(padded.size() - 1, 100, ' ');
  BOOST_TEST(run::has_its_checksum(padded));
  // Damaged ones are read as far as they are records, and refused otherwise.
  for (std::size_t size = 0; size < text.size(); size += 7) {
    write_file(*this / "run.json", text.substr(0, size));
    BOOST_CHECK_THROW(run::read_record(base::Folder(TemporaryFolder::path())), Error);
  }
}

BOOST_AUTO_TEST_CASE(event_files) {
  using namespace std::string_literals;
  std::string record =
      "\x18\0\0\0\0\0\0\0"s
      "\xa3\x7f\x4b\x22"
      "\x09\0\0\x80\x38\x99\xd6\xd7\x41\x1a\x0d"
      "brain.Event:2"
      "\x12\x4b\x36\xab"s;
  std::string whole;
  for (int i = 0; i < 10; ++i) whole += record;
  // A cut between two records leaves a whole file, whose length run.json and checkpoints know.
  refuses_damage(whole, [this, &whole] {
    const base::RegularFile file(path);
    return verify::check_event_file(file).problem.empty() && file.size() == whole.size();
  });
}

BOOST_AUTO_TEST_CASE(pictures) {
  const std::string png =
      "\x89PNG\r\n\x1a\n" +
      std::string("\0\0\0\x0dIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0\x3a\x7e\x9b\x55", 25) +
      std::string("\0\0\0\x0aIDAT\x78\x9c\x63\x60\0\0\0\x02\0\x01\x48\xaf\xa4\x71", 22) +
      std::string("\0\0\0\0IEND\xae\x42\x60\x82", 12);
  refuses_damage(
      png, [this] { return verify::check_picture(base::RegularFile(path), "a.png").text.empty(); });
}

BOOST_AUTO_TEST_SUITE_END()
