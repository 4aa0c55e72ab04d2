// Every file of a run folder is checked, and what is wrong with one is said of that one.
#include "runner/verify/run_files.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <functional>
#include <random>
#include <string>

#include "tests/verify/small_runs.h"

using namespace assay;
using namespace assay::test;
using verify::Condition;
using verify::Finding;
using verify::Findings;

namespace {

namespace fs = std::filesystem;

// Returns how many bits of each file are turned over; `./dev torture` asks for more.
int flips() {
  const char* asked = std::getenv("ASSAY_TEST_FLIPS");
  return asked != nullptr ? std::stoi(asked) : 100;
}

struct RunFolders : SmallRuns {
  fs::path folder = *this / "run";

  RunFolders() { BOOST_REQUIRE(create(folder)->train() == run::Ending::done); }

  Findings found() { return verify::check_run_files(folder, host); }

  std::string events() const {
    for (const auto& entry : fs::directory_iterator(folder))
      if (const std::string name = entry.path().filename(); name.find("tfevents") != name.npos)
        return name;
    return {};
  }

  // Returns the only file that is not whole.
  Finding only_broken() {
    const Findings all = found();
    BOOST_TEST(!all.all_whole());
    std::vector<Finding> broken;
    for (const Finding& file : all.files)
      if (file.condition != Condition::whole) broken.push_back(file);
    BOOST_REQUIRE(broken.size() == 1U);
    return broken.front();
  }

  // Changes the bytes of a file, looks at what is found, and puts them back.
  Finding broken_by(const std::string& file,
                    const std::function<std::string(std::string)>& change) {
    const std::string bytes = read_file(folder / file);
    write_file(folder / file, change(bytes));
    const Finding finding = only_broken();
    write_file(folder / file, bytes);
    BOOST_TEST(finding.file == file);
    BOOST_TEST(found().all_whole());
    return finding;
  }
};

// Turns a bit over.
std::function<std::string(std::string)> flip(std::size_t at) {
  return [at](std::string bytes) {
    bytes[at] = static_cast<char>(bytes[at] ^ 4);
    return bytes;
  };
}

std::function<std::string(std::string)> cut(std::size_t bytes) {
  return [bytes](const std::string& text) { return text.substr(0, text.size() - bytes); };
}

const Finding& file_of(const Findings& found, const std::string& name) {
  const auto file = std::ranges::find(found.files, name, &Finding::file);
  BOOST_REQUIRE_MESSAGE(file != found.files.end(), name);
  return *file;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(run_files, RunFolders)

BOOST_AUTO_TEST_CASE(a_finished_run_is_whole) {
  const Findings all = found();
  for (const Finding& file : all.files)
    BOOST_TEST((file.condition == Condition::whole), file.file << ": " << file.about);
  BOOST_TEST(all.all_whole());
  BOOST_TEST(all.is_finished);
  BOOST_TEST(!all.can_go_on);
  BOOST_TEST((all.newest == 30));
  BOOST_TEST(file_of(all, "run.json").about == "finished after step 30 of 30");
  BOOST_TEST(file_of(all, "metrics.jsonl").about == "35 records");
  BOOST_TEST(file_of(all, "checkpoints/step_30.safetensors").about ==
             "the state, and its weights match the digest in run.json");
  for (const char* file :
       {"plan.yaml", "config.yaml", "log.txt", "checkpoints/step_20.safetensors"})
    file_of(all, file);
  file_of(all, events());
}

BOOST_AUTO_TEST_CASE(each_damage_is_found_in_its_file) {
  BOOST_TEST(broken_by("config.yaml", [](const std::string& text) {
               return text + "]";
             }).about.starts_with("line "));
  BOOST_TEST(broken_by("log.txt", [](const std::string& text) {
               return text + std::string(3, '\0');
             }).about.find("ends within a line") != std::string::npos);

  Finding checkpoint = broken_by("checkpoints/step_20.safetensors", flip(500));
  BOOST_TEST((checkpoint.condition == Condition::damaged));
  BOOST_TEST(checkpoint.about.starts_with("not a whole safetensors file"));

  const std::size_t size = read_file(folder / events()).size();
  const Finding in_middle = broken_by(events(), flip(size / 2));
  BOOST_TEST((in_middle.condition == Condition::damaged));
  BOOST_REQUIRE(in_middle.whole_to.has_value());
  BOOST_TEST(*in_middle.whole_to > 0U);
  BOOST_TEST(*in_middle.whole_to < size / 2);
  BOOST_TEST(in_middle.about.find("whole up to byte") != std::string::npos);
  BOOST_TEST(broken_by(events(), cut(3)).about.find("ends within a record") != std::string::npos);

  const Finding torn = broken_by("metrics.jsonl", cut(3));
  BOOST_TEST(torn.about.starts_with("34 records whole up to byte "));
}

// Only run.json knows what lies behind the last checkpoint.
BOOST_AUTO_TEST_CASE(a_log_that_lacks_whole_records_is_too_short) {
  const std::string lines = read_file(folder / "metrics.jsonl");
  const std::size_t last = lines.rfind('\n', lines.size() - 2) + 1;
  const Finding shorter = broken_by("metrics.jsonl", cut(lines.size() - last));
  BOOST_TEST((shorter.condition == Condition::damaged));
  BOOST_TEST(shorter.about.ends_with(": 34 records"));
  fs::rename(folder / "metrics.jsonl", *this / "kept");
  BOOST_TEST((only_broken().condition == Condition::missing));
}

// Records that can still be read, and keys that no result depends on, are known by their digests.
BOOST_AUTO_TEST_CASE(a_bit_turned_over_anywhere_is_found) {
  std::mt19937_64 random(7);
  int passed = 0;
  for (const std::string& name :
       {std::string("plan.yaml"), std::string("config.yaml"), std::string("data.json"),
        std::string("metrics.jsonl"), events()}) {
    const std::string bytes = read_file(folder / name);
    for (int i = 0; i < flips(); ++i) {
      const std::uint64_t bit = random() % (8 * bytes.size());
      std::string damaged = bytes;
      damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
      write_file(folder / name, damaged);
      const Findings all = found();
      if (!all.all_whole() && file_of(all, name).condition != Condition::whole) continue;
      ++passed;
      BOOST_TEST(false, name << ": bit " << bit % 8 << " of byte " << bit / 8);
    }
    write_file(folder / name, bytes);
  }
  BOOST_TEST(passed == 0);
  BOOST_TEST(found().all_whole());
  const std::string lines = read_file(folder / "metrics.jsonl");
  const std::size_t digit = lines.find("\"wall_time\":") + 14;
  const Finding later = broken_by("metrics.jsonl", [&](std::string text) {
    text[digit] = text[digit] == '9' ? '8' : '9';
    return text;
  });
  BOOST_TEST(later.about.starts_with("its records can be read, but its first "));
}

// A run that was killed has digests in its checkpoints.
BOOST_AUTO_TEST_CASE(logs_of_a_run_that_was_killed_are_known_up_to_its_checkpoint) {
  run::RunRecord record = run::read_record(base::Folder(folder));
  BOOST_TEST(record.log_digests.size() == 2U);
  record.state = "running";
  record.weights_digest.clear();
  record.log_bytes.clear();
  record.log_digests.clear();
  record.end.reset();
  BOOST_TEST(run::RecordFile(base::Folder(folder)).write(record, base::Sync::later));
  fs::remove(folder / "checkpoints/step_30.safetensors");
  BOOST_TEST(found().all_whole());
  std::string lines = read_file(folder / "metrics.jsonl");
  const std::size_t digit = lines.find("\"wall_time\":") + 14;
  lines[digit] = lines[digit] == '9' ? '8' : '9';
  write_file(folder / "metrics.jsonl", lines);
  const Finding changed = only_broken();
  BOOST_TEST(changed.file == "metrics.jsonl");
  BOOST_TEST(changed.about.find(", and the checkpoint of step 20 has ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_damaged_record) {
  write_file(folder / "run.json", flip(40)(read_file(folder / "run.json")));
  const Findings all = found();
  BOOST_TEST((file_of(all, "run.json").condition == Condition::damaged));
  // Nobody knows what they should be.
  for (const char* file : {"plan.yaml", "checkpoints/step_30.safetensors"})
    BOOST_TEST((file_of(all, file).condition == Condition::unchecked));
  for (const std::string& file : {std::string("metrics.jsonl"), events()})
    BOOST_TEST((file_of(all, file).condition == Condition::whole));
  BOOST_TEST(!all.can_go_on);
}

BOOST_AUTO_TEST_CASE(a_plan_of_another_run) {
  std::string text = read_file(folder / "plan.yaml");
  const std::string plan = text;
  write_file(folder / "plan.yaml", text.replace(text.find("seed: 0"), 7, "seed: 1"));
  const Finding other = file_of(found(), "plan.yaml");
  BOOST_TEST((other.condition == Condition::damaged));
  BOOST_TEST(other.about.starts_with("it is not the plan that the run began with"));
  // Keys that change no result may be changed, but they are not what the run wrote.
  text = plan;
  write_file(folder / "plan.yaml", text.replace(text.find("threads: 1"), 10, "threads: 2"));
  const Finding edited = only_broken();
  BOOST_TEST(edited.file == "plan.yaml");
  BOOST_TEST(
      edited.about.starts_with("the plan that the run began with, but its text is not the "
                               "one that the run wrote: its digest is "));
  // Without a plan nobody knows the order of the weights.
  fs::remove(folder / "plan.yaml");
  const Findings without = found();
  BOOST_TEST((file_of(without, "plan.yaml").condition == Condition::missing));
  BOOST_TEST(
      (file_of(without, "checkpoints/step_30.safetensors").condition == Condition::unchecked));
  BOOST_TEST((file_of(without, "checkpoints/step_20.safetensors").condition == Condition::whole));
}

BOOST_AUTO_TEST_CASE(weights_of_another_run) {
  BOOST_REQUIRE(create(*this / "other", {"seed=1"})->train() == run::Ending::done);
  // A checkpoint of another plan.
  fs::copy_file(*this / "other/checkpoints/step_20.safetensors",
                folder / "checkpoints/step_20.safetensors", fs::copy_options::overwrite_existing);
  BOOST_TEST(only_broken().about == "it belongs to another plan than run.json");
  fs::remove(folder / "checkpoints/step_20.safetensors");
  // One of this plan with other weights, whose checksum is right.
  const auto path = folder / "checkpoints/step_30.safetensors";
  {
    const state::StoredTensors stored(path);
    std::vector<std::vector<std::byte>> values;
    std::vector<state::NamedTensor> tensors;
    for (const auto& [name, tensor] : stored.header().tensors) {
      stored.read(tensor, values.emplace_back(tensor.end - tensor.begin));
      if (name == "layer1.kernel") values.back()[5] ^= std::byte{1};
      tensors.push_back({name, tensor.type, tensor.shape, {}});
    }
    for (std::size_t i = 0; i < tensors.size(); ++i) tensors[i].bytes = values[i];
    auto metadata = stored.header().metadata;
    metadata.erase("checksum");
    state::write_safetensors(base::Folder(folder / "checkpoints"), "step_30.safetensors", tensors,
                             metadata);
  }
  BOOST_TEST(only_broken().about == "its weights do not match the digest in run.json");
}

BOOST_AUTO_TEST_CASE(a_run_that_was_killed_can_go_on) {
  // As if it had been killed after step 25: its record and its last checkpoint are those of a run
  // that runs.
  run::RunRecord record = run::read_record(base::Folder(folder));
  record.state = "running";
  record.steps = 25;
  record.weights_digest.clear();
  record.log_bytes.clear();
  record.end.reset();
  BOOST_TEST(run::RecordFile(base::Folder(folder)).write(record, base::Sync::later));
  fs::remove(folder / "checkpoints/step_30.safetensors");
  write_file(folder / "checkpoints/step_30.safetensors.0123456789abcdef.part", "half");
  write_file(folder / "notes.txt", "mine");
  fs::create_symlink("nowhere", folder / "link");
  const Findings all = found();
  BOOST_TEST(all.all_whole());
  BOOST_TEST(all.can_go_on);
  BOOST_TEST((all.newest == 20));
  BOOST_TEST(file_of(all, "run.json").about == "ended without a word after step 25 of 30");
  BOOST_TEST((file_of(all, "checkpoints/step_30.safetensors.0123456789abcdef.part").condition ==
              Condition::left_over));
  BOOST_TEST((file_of(all, "notes.txt").condition == Condition::foreign));
  BOOST_TEST((file_of(all, "link").condition == Condition::foreign));

  // A line that was being written is damage now, but not while the run holds its lock.
  const std::string lines = read_file(folder / "metrics.jsonl");
  write_file(folder / "metrics.jsonl", lines + "{\"step\"");
  BOOST_TEST((file_of(found(), "metrics.jsonl").condition == Condition::damaged));
  {
    const run::RunFolder held = run::RunFolder::open(folder);
    const Findings running = found();
    BOOST_TEST(running.is_running);
    BOOST_TEST((file_of(running, "metrics.jsonl").condition == Condition::growing));
    BOOST_TEST(running.all_whole());
    BOOST_TEST(!running.can_go_on);
  }

  // The checkpoint needs more of a log than there is.
  write_file(folder / "metrics.jsonl", lines.substr(0, lines.find('\n') + 1));
  const Finding shorter = file_of(found(), "metrics.jsonl");
  BOOST_TEST((shorter.condition == Condition::damaged));
  BOOST_TEST(shorter.about.find("the checkpoint of step 20 says") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
