#include "runner/run/run_folder.h"

#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <regex>
#include <set>
#include <thread>
#include <vector>

#include "assay/error.h"
#include "runner/base/atomic_file.h"
#include "tests/support/bytes.h"
#include "tests/support/temporary_folder.h"

using namespace assay::test;
using assay::run::last_checkpoint;
using assay::run::Lock;
using assay::run::lock_of;
using assay::run::RunFolder;
namespace fs = std::filesystem;

namespace {

fs::path path_of(const RunFolder::File& file) { return file.folder.path() / file.name; }

const auto start = std::chrono::system_clock::now();

std::string check(const std::string& name_template) {
  try {
    RunFolder::check(name_template, start);
  } catch (const assay::Error& error) {
    return error.what();
  }
  return "nothing thrown";
}

// Returns the error. check() must have predicted the same.
std::string error_of(const std::string& name_template) {
  const std::string foretold = check(name_template);
  try {
    RunFolder::create(name_template, start);
  } catch (const assay::Error& error) {
    BOOST_TEST(foretold == error.what());
    return error.what();
  }
  BOOST_TEST(foretold == "nothing thrown");
  return "nothing thrown";
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(run_folder, TemporaryFolder)

BOOST_AUTO_TEST_CASE(a_fixed_name_is_made_once) {
  const std::string name = *this / "runs/a/b";
  {
    const auto folder = RunFolder::create(name, start);
    BOOST_TEST(folder.path() == name);
    BOOST_TEST(fs::is_directory(name));
  }
  BOOST_TEST(error_of(name) ==
             name +
                 " exists already; name another one, or put ${now:%Y%m%d-%H%M%S} in "
                 "run_dir for a new folder each time");
  BOOST_TEST(error_of(name + "/").starts_with(name + " exists already"));
}

BOOST_AUTO_TEST_CASE(a_check_makes_nothing) {
  BOOST_TEST(check(*this / "runs/a") == "nothing thrown");
  BOOST_TEST(check((*this / "r").string() + "-${now:%Y}") == "nothing thrown");
  BOOST_TEST(fs::is_empty(path()));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_made_is_known_before) {
  for (const char* name : {"/proc/nope", "/proc/nope/${now:%Y}", "/sys/a"})
    BOOST_TEST(error_of(name).ends_with(" is the kernel's own, not a place for files"), name);
  const std::string name = *this / "a" / std::string(256, 'b') / "c";
  BOOST_TEST(error_of(name) == name + " cannot be created: File name too long");
  BOOST_TEST(fs::is_empty(path()));
}

BOOST_AUTO_TEST_CASE(a_slash_at_the_end_changes_nothing) {
  BOOST_TEST(RunFolder::create(*this / "a/", start).path() == (*this / "a"));
  BOOST_TEST(RunFolder::create((*this / "x/../b/./").string(), start).path() == (*this / "b"));
}

BOOST_AUTO_TEST_CASE(a_relative_name_is_under_the_working_folder) {
  const fs::path before = fs::current_path();
  fs::current_path(path());
  const fs::path made = RunFolder::create("runs/r", start).path();
  fs::current_path(before);
  BOOST_TEST(made.is_absolute());
  BOOST_TEST(fs::equivalent(made, *this / "runs/r"));
}

BOOST_AUTO_TEST_CASE(a_generated_name_gets_a_suffix) {
  const std::string name = (*this / "r").string() + "-${now:%Y}";
  const auto first = RunFolder::create(name, start);
  BOOST_TEST(std::regex_match(first.path().filename().string(), std::regex("r-2\\d\\d\\d")));
  const auto second = RunFolder::create(name, start);
  const auto third = RunFolder::create(name, start);
  BOOST_TEST(second.path() == first.path().string() + "-2");
  BOOST_TEST(third.path() == first.path().string() + "-3");
}

BOOST_AUTO_TEST_CASE(two_creates_never_share_a_folder) {
  constexpr std::size_t threads = 4, each = 25;
  std::vector<std::vector<fs::path>> made(threads);
  std::vector<std::thread> team;
  for (auto& mine : made)
    team.emplace_back([&] {
      for (std::size_t i = 0; i < each; ++i)
        mine.push_back(RunFolder::create((*this / "runs/r").string() + "${now:%Y}", start).path());
    });
  for (auto& thread : team) thread.join();
  std::set<fs::path> all;
  for (const auto& mine : made) all.insert(mine.begin(), mine.end());
  BOOST_TEST(all.size() == threads * each);
}

BOOST_AUTO_TEST_CASE(a_folder_that_cannot_be_made_says_why) {
  write_file(*this / "file", "");
  BOOST_TEST(error_of(*this / "file/runs/a") ==
             fmt::format("{} cannot be created: {} is not a folder",
                         (*this / "file/runs/a").string(), (*this / "file").string()));
  BOOST_TEST(error_of("/dev/null/a") == "/dev/null/a cannot be created: /dev/null is not a folder");
  const std::string longest(300, 'x');
  BOOST_TEST(error_of(*this / longest) ==
             (*this / longest).string() + " cannot be created: File name too long");
}

BOOST_AUTO_TEST_CASE(it_is_locked_while_the_run_writes) {
  {
    RunFolder made = RunFolder::create(*this / "a", start);
    const RunFolder folder = std::move(made);
    BOOST_TEST(folder.locked());
    BOOST_CHECK(lock_of(*this / "a") == Lock::held);
  }
  BOOST_CHECK(lock_of(*this / "a") == Lock::free);
  BOOST_CHECK(lock_of(*this / "none") == Lock::unknown);
}

BOOST_AUTO_TEST_CASE(files_for_pictures_stay_in_their_folder) {
  auto folder = RunFolder::create(*this / "a", start);
  const fs::path images = *this / "a/images";
  BOOST_TEST(path_of(folder.image("1 Step 1 Accuracy Testsheet.png")) ==
             images / "1_Step_1_Accuracy_Testsheet.png");
  BOOST_TEST(path_of(folder.image("../../x/y.png")) == images / ".._.._x_y.png");
  BOOST_TEST(path_of(folder.image(std::string_view("a\0b", 3))) == images / "a_b");
  BOOST_TEST(path_of(folder.image("Größe 10 %.png")) == images / "Größe_10_%.png");
  BOOST_TEST(fs::is_directory(images));
}

BOOST_AUTO_TEST_CASE(pictures_do_not_overwrite_each_other) {
  auto folder = RunFolder::create(*this / "a", start);
  const fs::path images = *this / "a/images";
  write_file(path_of(folder.image("3 a/b.png")), "");
  write_file(path_of(folder.image("3 a_b.png")), "");
  BOOST_TEST(path_of(folder.image("3 a_b.png")) == images / "3_a_b-3.png");
  BOOST_TEST(fs::exists(images / "3_a_b-2.png"));
  BOOST_TEST(path_of(folder.image("3 a_b.svg")) == images / "3_a_b.svg");
}

BOOST_AUTO_TEST_CASE(a_run_that_goes_on_draws_over_what_was_drawn_before) {
  {
    auto folder = RunFolder::create(*this / "a", start);
    write_file(path_of(folder.image("3 a_b.png")), "");
  }
  auto folder = RunFolder::open(*this / "a");
  const fs::path images = *this / "a/images";
  BOOST_TEST(path_of(folder.image("3 a_b.png")) == images / "3_a_b.png");
  BOOST_TEST(path_of(folder.image("3 a/b.png")) == images / "3_a_b-2.png");
}

BOOST_AUTO_TEST_CASE(the_name_of_a_picture_is_cut_between_characters) {
  auto folder = RunFolder::create(*this / "a", start);
  BOOST_TEST(folder.image(std::string(400, 'x') + ".png").name == std::string(200, 'x') + ".png");
  std::string wide = "x";
  for (int i = 0; i < 200; ++i) wide += "ß";
  BOOST_TEST(folder.image(wide + ".png").name.size() == 199 + 4);
  write_file(path_of(folder.image(wide + ".png")), "");
}

BOOST_AUTO_TEST_CASE(a_folder_within_that_cannot_be_made_is_an_error) {
  auto folder = RunFolder::create(*this / "a", start);
  write_file(*this / "a/images", "");
  write_file(*this / "a/checkpoints", "");
  BOOST_CHECK_THROW(folder.image("x.png"), assay::Error);
  BOOST_CHECK_THROW(folder.checkpoint(1), assay::Error);
}

BOOST_AUTO_TEST_CASE(the_last_checkpoint_is_that_of_the_highest_step) {
  const auto folder = RunFolder::create(*this / "a", start);
  BOOST_CHECK(!last_checkpoint(folder.path()));
  write_file(path_of(folder.checkpoint(9)), "");
  BOOST_CHECK(last_checkpoint(folder.path()) == *this / "a/checkpoints/step_9.safetensors");
  write_file(path_of(folder.checkpoint(1000)), "");
  write_file(path_of(folder.checkpoint(200)), "");
  for (const char* name :
       {"step_5000.safetensors.part", "step_6000.json", "step_7000x.safetensors",
        "step_.safetensors", "other_8000.safetensors", "step_99999999999999999999.safetensors"})
    write_file(*this / "a/checkpoints" / name, "");
  BOOST_CHECK(last_checkpoint(folder.path()) == *this / "a/checkpoints/step_1000.safetensors");
  BOOST_CHECK(!last_checkpoint(*this / "none"));
}

BOOST_AUTO_TEST_CASE(files_go_where_the_folder_is) {
  auto folder = RunFolder::create(*this / "a", start);
  fs::rename(*this / "a", *this / "b");
  fs::create_directory(*this / "a");  // another run takes the name
  const auto image = folder.image("x.png");
  assay::base::write_atomically(image.folder, image.name, "mine");
  BOOST_TEST(read_file(*this / "b/images/x.png") == "mine");
  BOOST_TEST(fs::is_empty(*this / "a"));
}

BOOST_AUTO_TEST_CASE(only_the_folder_that_was_made_is_removed) {
  auto folder = RunFolder::create(*this / "above/a", start);
  fs::rename(*this / "above/a", *this / "above/b");
  fs::create_directory(*this / "above/a");
  folder.remove();
  BOOST_TEST(fs::exists(*this / "above/a"));
  BOOST_TEST(!fs::exists(*this / "above/b"));
}

BOOST_AUTO_TEST_SUITE_END()
