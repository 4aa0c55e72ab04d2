// A batch as a person sees it, on terminals of any width.
#include "runner/batch/live.h"

#include <fcntl.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include "runner/base/utf8.h"
#include "tests/support/temporary_folder.h"

namespace batch = assay::batch;
namespace fs = std::filesystem;
using assay::test::TemporaryFolder;
using batch::Progress;
using batch::View;

namespace {

using Lines = std::vector<std::string>;

View some_runs() {
  View view;
  view.running = {{"learning_rate=0.05,seed=0", Progress{1200, 3000, 100, 0.12345678}},
                  {"learning_rate=0.1,seed=11", std::nullopt},
                  {"learning_rate=0.1,seed=2", Progress{7, 3000, 0, std::nan("")}}};
  view.runs = 1040;
  view.finished = 12;
  view.failed = 1;
  view.seconds_left = 3723;
  return view;
}

// A batch of three runs with its files, as workers write them.
struct Files : TemporaryFolder {
  Files() {
    made.folder = path();
    for (const char* name : {"a", "b", "c"}) {
      batch::BatchRun run;
      run.name = name;
      made.runs.push_back(run);
    }
    for (const char* folder : {"plans", "runs", "attempts", "progress"})
      fs::create_directory(*this / folder);
    for (const auto& run : made.runs) std::ofstream(batch::plan_of(made, run)) << "plan\n";
  }

  // Writes what a run leaves.
  void end(const batch::BatchRun& run, bool failed) {
    fs::create_directory(*this / "runs" / run.name);
    std::ofstream(*this / "runs" / run.name / "run.json")
        << R"({"state": ")" << (failed ? "running" : "finished") << R"(", "steps": 3})";
    batch::write_attempt(made, run, {1, failed, failed ? "killed by SIGSEGV" : "", "here", 1});
  }
  void write_progress(const batch::BatchRun& run, const Progress& progress) {
    const fs::path file = batch::progress_of(made, run);
    std::ofstream(file).close();
    const std::string entry = batch::progress_entry(file);
    const std::size_t sign = entry.find('=');
    ::setenv(entry.substr(0, sign).c_str(), entry.substr(sign + 1).c_str(), 1);
    batch::ProgressFile().write(progress);
  }
  // Returns "a killed by SIGSEGV", ... of those that have ended.
  Lines ends(batch::Watch& watch) {
    Lines lines;
    for (const auto& [run, status] : watch.look())
      lines.push_back(run->name + " " + std::string(name_of(status.state)) + " " + status.reason);
    return lines;
  }

  batch::Batch made;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(live_view)

BOOST_AUTO_TEST_CASE(a_wide_terminal_has_room_for_all) {
  const Lines lines = {
      "learning_rate=0.05,seed=0  1,200/3,000  40%  loss 0.1235  0:18 left",
      "learning_rate=0.1,seed=11               ...",
      "learning_rate=0.1,seed=2       7/3,000   0%",
      "13/1,040 runs  1 failed  1:02:03 left  3 running",
  };
  BOOST_TEST(batch::lines_of(some_runs(), 80, 24) == lines, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_narrow_one_keeps_what_matters) {
  const Lines narrow = {
      "...ing_rate=0.05,seed=0  40%  0:18 left",
      "...ing_rate=0.1,seed=11  ...",
      "...ning_rate=0.1,seed=2   0%",
      "13/1,040 runs  1 failed  1:02:03 left",
  };
  BOOST_TEST(batch::lines_of(some_runs(), 40, 24) == narrow, boost::test_tools::per_element());
  const Lines smallest = {
      "...e=0.05,seed=0  40%",
      "...e=0.1,seed=11  ...",
      "...te=0.1,seed=2   0%",
      "13/1,040 runs",
  };
  BOOST_TEST(batch::lines_of(some_runs(), 22, 24) == smallest, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(no_line_is_ever_too_long) {
  View view = some_runs();
  view.running.push_back(
      {"Größe=損失損失損失損失損失損失損失損失損失損失\x1b[31m\n", std::nullopt});
  view.running.push_back({"", Progress{std::numeric_limits<std::int64_t>::max(),
                                       std::numeric_limits<std::int64_t>::max(), 1e-300, 1e300}});
  view.running.push_back({std::string(500, 'x'), Progress{-5, 0, -1, -1e-300}});
  for (int columns = 1; columns <= 200; ++columns) {
    const Lines lines = batch::lines_of(view, columns, 24);
    BOOST_REQUIRE(lines.size() == view.running.size() + 1);
    for (const std::string& line : lines) {
      BOOST_TEST(assay::base::width(line) <= static_cast<std::size_t>(std::max(columns - 1, 1)));
      BOOST_TEST(line.find_first_of("\x1b\n") == line.npos);
    }
    BOOST_TEST(assay::base::width(lines.back()) <=
               static_cast<std::size_t>(std::max(columns - 3, 1)));
  }
}

BOOST_AUTO_TEST_CASE(a_low_terminal_shows_some_runs_and_counts_the_others) {
  View view;
  for (int i = 0; i < 50; ++i) view.running.push_back({"run" + std::to_string(i), std::nullopt});
  view.runs = 50;
  for (int rows = 1; rows < 60; ++rows)
    BOOST_TEST(batch::lines_of(view, 80, rows).size() <=
               static_cast<std::size_t>(std::max(rows - 1, 1)));
  const Lines lines = batch::lines_of(view, 80, 6);
  BOOST_REQUIRE(lines.size() == 5U);
  BOOST_TEST(lines[2] == "run2  ...");
  BOOST_TEST(lines[3] == "and 47 more");
}

BOOST_FIXTURE_TEST_CASE(what_ends_is_told_once, Files) {
  batch::Watch watch(made, batch::statuses_of(made));
  BOOST_TEST(ends(watch).empty());
  end(made.runs[0], false);
  end(made.runs[2], true);
  Lines told = ends(watch);
  std::ranges::sort(told);
  BOOST_TEST((told == Lines{"a finished ", "c failed killed by SIGSEGV"}));
  BOOST_TEST(ends(watch).empty());
  BOOST_TEST(watch.view().finished == 1U);
  BOOST_TEST(watch.view().failed == 1U);
  BOOST_TEST(watch.view().runs == 3U);
  // Another batch process sees them as old.
  batch::Watch later(made, batch::statuses_of(made));
  BOOST_TEST(ends(later).empty());
  BOOST_TEST(later.view().failed == 1U);
}

BOOST_FIXTURE_TEST_CASE(the_progress_of_what_runs_is_seen, Files) {
  batch::Watch watch(made, batch::statuses_of(made));
  write_progress(made.runs[0], {1, 2, 3, 4});  // of a worker that was killed
  write_progress(made.runs[1], {12, 40, 2.5, 0.25});
  const auto claim = batch::Claim::take(made, made.runs[1]);
  BOOST_REQUIRE(claim.has_value());
  watch.look();
  BOOST_REQUIRE(watch.view().running.size() == 1U);
  const View::Running& running = watch.view().running[0];
  BOOST_TEST(running.name == "b");
  BOOST_REQUIRE(running.progress.has_value());
  BOOST_TEST(running.progress->step == 12);
  BOOST_TEST(running.progress->total_steps == 40);
  BOOST_TEST(running.progress->steps_per_second == 2.5);
  BOOST_TEST(running.progress->loss == 0.25);
  // A file that is not written yet, or damaged, is that of a run that starts.
  for (const char* text : {"", "nonsense"}) {
    std::ofstream(batch::progress_of(made, made.runs[1])) << text;
    watch.look();
    BOOST_REQUIRE(watch.view().running.size() == 1U);
    BOOST_TEST(!watch.view().running[0].progress.has_value());
  }
  fs::remove(batch::progress_of(made, made.runs[1]));
  watch.look();
  BOOST_TEST(watch.view().running.empty());
}

BOOST_FIXTURE_TEST_CASE(a_shorter_line_leaves_nothing_of_a_longer_one, Files) {
  write_progress(made.runs[0], {1'000'000'000'000, 2'000'000'000'000, 1234.5, 1e-300});
  const int folder = ::open((*this / "progress").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const assay::base::FileDescriptor held(folder);
  BOOST_TEST(batch::read_progress(folder, "a")->loss == 1e-300);
  const fs::path file = batch::progress_of(made, made.runs[0]);
  ::setenv("ASSAY_PROGRESS", file.c_str(), 1);
  batch::ProgressFile again;
  BOOST_TEST(std::getenv("ASSAY_PROGRESS") == nullptr);
  again.write({1, 2, 3, 4});
  BOOST_TEST(batch::read_progress(folder, "a")->loss == 4);
  BOOST_TEST(fs::file_size(file) == 128U);
}

BOOST_AUTO_TEST_SUITE_END()
