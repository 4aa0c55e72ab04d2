#include "runner/logging/log.h"

#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <cmath>
#include <latch>
#include <limits>
#include <map>
#include <mutex>
#include <thread>

#include "tests/logging/log_of_a_run.h"
#include "tests/support/bytes.h"
#include "tests/support/component.h"
#include "tests/support/fake_logging.h"
#include "tests/support/temporary_folder.h"

using namespace assay;
using namespace assay::test;
using namespace std::chrono_literals;
using logging::Log;
using logging::Loggers;
using logging::Picture;

BOOST_FIXTURE_TEST_SUITE(log_of_a_run, LogOfARun)

BOOST_AUTO_TEST_CASE(nothing_is_lost_and_training_waits_when_the_queue_is_full) {
  Told told;
  add(told, "slow", [](std::size_t) { std::this_thread::sleep_for(1ms); });
  Log& log = start({.records = 4});
  for (int i = 1; i <= 200; ++i) {
    log.scalar("Loss", i, 0.5 * i);
    if (i % 10 == 0) log.scalar("Accuracy", i, -i);
    if (i % 100 == 0) log.record("Note", i, Text{"at " + std::to_string(i)});
  }
  log.finish(Outcome::finished);
  BOOST_TEST_MESSAGE("training waited for " << log.waited_seconds() << " s");
  BOOST_TEST(log.waited_seconds() > 0);
  auto record = told.records.begin();
  double earlier = 0;
  const auto next = [&](const char* tag, std::uint32_t id, int step) -> const Told::Record& {
    BOOST_REQUIRE(record != told.records.end());
    BOOST_TEST(record->tag == tag);
    BOOST_TEST(record->id == id);
    BOOST_TEST(record->step == step);
    BOOST_TEST(record->wall_time >= earlier);
    earlier = record->wall_time;
    return *record++;
  };
  for (int i = 1; i <= 200; ++i) {
    BOOST_TEST(next("Loss", 0, i).value == 0.5 * i);
    if (i % 10 == 0) BOOST_TEST(next("Accuracy", 1, i).value == -i);
    if (i % 100 == 0) BOOST_TEST(next("Note", 2, i).content == "at " + std::to_string(i));
  }
  BOOST_CHECK(record == told.records.end());
  BOOST_TEST(std::abs(told.records[0].wall_time - static_cast<double>(std::time(nullptr))) < 600);
}

BOOST_AUTO_TEST_CASE(the_smallest_queue_works) {
  for (const std::size_t capacity : {0, 1, 2, 3}) {
    Told told;
    add(told);
    Log& log = start({.records = capacity});
    for (int i = 0; i < 50; ++i) log.scalar("Loss", i, i);
    log.finish(Outcome::finished);
    BOOST_TEST(told.records.size() == 50U);
  }
}

BOOST_AUTO_TEST_CASE(a_roomy_queue_never_makes_training_wait) {
  Told told;
  add(told);
  Log& log = start();
  for (int i = 0; i < 20000; ++i) log.scalar("Loss", i, i);
  log.finish(Outcome::finished);
  BOOST_TEST(log.waited_seconds() == 0.0);
  BOOST_TEST(told.records.size() == 20000U);
}

// Uses large texts and pictures, and a logger that is slower than training.
BOOST_AUTO_TEST_CASE(what_waits_is_bounded_in_bytes) {
  constexpr std::size_t size = 400, limit = 2000, count = 150;
  enum class Sent { text, table, picture };
  for (const Sent sent : {Sent::text, Sent::table, Sent::picture}) {
    std::atomic<std::size_t> given = 0;
    std::size_t most = 0;
    Told told;
    add(told, "slow", [&](std::size_t taken) {
      most = std::max(most, given.load() - std::min(taken, given.load()));
      std::this_thread::sleep_for(200us);
    });
    Log& log = start({.bytes = limit});
    for (std::size_t i = 0; i < count; ++i) {
      if (sent == Sent::text) {
        log.record("Note", 0, Text{std::string(size, 'x')});
      } else if (sent == Sent::table) {
        const std::string half(size / 2, 'x');
        const std::string_view column[] = {"words"};
        const TypedValue cells[] = {TypedValue(half), TypedValue(half)};
        log.record("Table", 0, Table{column, cells});
      } else {
        Picture drawn = picture(0);
        const std::vector<float> numbers(size / sizeof(float));
        const auto columns = static_cast<std::int64_t>(numbers.size());
        drawn.snapshot.set_values({numbers.data(), 1, columns, columns});
        log.picture("Sheet", std::move(drawn));
      }
      ++given;
    }
    log.finish(Outcome::finished);
    BOOST_TEST_MESSAGE("at most " << most << " records of " << size << " bytes waited, "
                                  << log.waited_seconds() << " s");
    BOOST_TEST(told.records.size() == count);
    BOOST_TEST(most <= 2 * limit / size + 2);
    BOOST_TEST(log.waited_seconds() > 0);
  }
}

// The queue holds a copy: the hook's memory is its own again when the call returns.
BOOST_AUTO_TEST_CASE(what_waits_is_a_copy) {
  std::latch overwritten(1);
  std::vector<double> logged;
  std::string axis;
  class Reads final : public Logger {
   public:
    Reads(std::latch& latch, std::vector<double>& out, std::string& label)
        : latch_(latch), out_(out), label_(label) {}
    void open(LoggerContext&) override { latch_.wait(); }
    void record(const Record& record) override {
      const auto* curve = record.as<Curve>();
      if (curve == nullptr) return;
      out_.assign(curve->lines[0].y.begin(), curve->lines[0].y.end());
      label_ = curve->x_label;
    }

   private:
    std::latch& latch_;
    std::vector<double>& out_;
    std::string& label_;
  };
  named.push_back(
      {"reads", handle<Logger>(std::make_unique<Reads>(overwritten, logged, axis), "reads")});
  Log& log = start();
  std::vector<double> values = {1, 2, 3};
  std::string label = "recall";
  const Curve::Line lines[] = {{"a", values, values}};
  log.record("Curve", 1, Curve{label, "", lines});
  values.assign(3, -1);
  label = "------";
  overwritten.count_down();
  log.finish(Outcome::finished);
  BOOST_TEST(logged == (std::vector{1.0, 2.0, 3.0}), boost::test_tools::per_element());
  BOOST_TEST(axis == "recall");
}

BOOST_AUTO_TEST_CASE(a_content_that_breaks_a_rule_is_not_queued) {
  Told told;
  add(told);
  Log& log = start();
  BOOST_CHECK_THROW(log.record("Weights", 1, Histogram{}), Error);
  log.finish(Outcome::finished);
  BOOST_TEST(told.records.empty());
}

BOOST_AUTO_TEST_CASE(a_record_larger_than_the_limit_passes) {
  Told told;
  add(told);
  Log& log = start({.bytes = 10});
  for (int i = 0; i < 5; ++i) log.record("Note", i, Text{std::string(100, 'x')});
  log.finish(Outcome::finished);
  BOOST_TEST(told.records.size() == 5U);
}

BOOST_AUTO_TEST_CASE(ten_thousand_tags_keep_their_numbers_and_last_values) {
  Told told;
  add(told);
  Log& log = start();
  for (int round = 0; round < 3; ++round)
    for (int i = 0; i < 10000; ++i) log.scalar("tag " + std::to_string(i), round, i + round);
  log.finish(Outcome::finished);
  BOOST_REQUIRE(told.records.size() == 30000U);
  std::int64_t wrong = 0;
  for (std::size_t i = 0; i < told.records.size(); ++i)
    wrong += told.records[i].id != i % 10000 ||
             told.records[i].tag != "tag " + std::to_string(i % 10000);
  BOOST_TEST(wrong == 0);
  BOOST_TEST(log.last_values().size() == 10000U);
  BOOST_TEST(log.last_values().at("tag 777") == 779.0);
}

BOOST_AUTO_TEST_CASE(records_are_flushed_while_the_run_goes_on) {
  Told told;
  std::latch flushed(1);
  class Flushed final : public Logger {
   public:
    explicit Flushed(std::latch& latch) : latch_(latch) {}
    void open(LoggerContext&) override {}
    void record(const Record&) override { has_record_ = true; }
    void flush() override {
      if (std::exchange(has_record_, false)) latch_.count_down();
    }

   private:
    std::latch& latch_;
    bool has_record_ = false;
  };
  named.push_back({"flushed", handle<Logger>(std::make_unique<Flushed>(flushed), "flushed")});
  add(told);
  Log& log = start();
  log.scalar("Loss", 1, 1);
  log.progress(7, 2, 0.5);
  flushed.wait();  // hangs if nobody flushes
  log.progress(8, 3, 0.25);
  log.finish(Outcome::finished);
  BOOST_TEST(noticed.front().first <= 7);
  BOOST_CHECK((noticed.back() == std::pair(std::int64_t{8}, 0.25)));
  BOOST_TEST(told.calls.front() == "open");
  BOOST_TEST(told.calls.back() == "close finished");
  BOOST_TEST(std::ranges::count(told.calls, "flush") >= 1);
  BOOST_TEST(told.progress.back().step == 8);
  BOOST_TEST(told.progress.back().epoch == 3);
  BOOST_TEST(told.progress.back().total_steps == 1000);
  BOOST_TEST(told.progress.back().steps_per_second >= 0);
}

// No record follows the value, but its bytes still reach TensorBoard's file.
BOOST_AUTO_TEST_CASE(a_lonely_value_reaches_the_file) {
  named.push_back({"tensorboard", handle(make<Logger>("tensorboard"), "tensorboard")});
  const base::Folder run_folder(folder.path());
  logging::RunInfo info;
  info.folder = &run_folder;
  Log log(Loggers(std::move(named), info, terminal, [](const std::string&) {}), {}, {});
  log.scalar("lonely", 1, 1);
  const auto holds_it = [&] {
    for (const auto& file : std::filesystem::directory_iterator(folder.path()))
      if (read_file(file.path()).find("lonely") != std::string::npos) return true;
    return false;
  };
  // This takes less than a second by design; a minute is for busy machines.
  for (int i = 0; i < 600 && !holds_it(); ++i) std::this_thread::sleep_for(100ms);
  BOOST_TEST(holds_it());
}

BOOST_AUTO_TEST_CASE(how_far_the_run_is_is_told_while_it_lives) {
  Told told;
  add(told, "slow", [](std::size_t number) {
    if (number == 3) throw Error("disk full");
  });
  std::mutex mutex;
  std::vector<logging::State> states;
  beat = {[&](const logging::State& state) {
            const std::lock_guard lock(mutex);
            states.push_back(state);
          },
          0s, 0s};
  Log& log = start();
  const auto wait_for = [&](const std::function<bool(const logging::State&)>& right) {
    for (int i = 0; i < 6000; ++i) {
      {
        const std::lock_guard lock(mutex);
        if (!states.empty() && right(states.back())) return true;
      }
      std::this_thread::sleep_for(10ms);
    }
    return false;
  };
  log.progress(7, 1);
  log.scalar("Loss", 6, 0.5);
  log.scalar("Loss", 7, 0.25);
  log.record("Note", 7, Text{"no value"});
  const std::map<std::string, double> values = {{"Loss", 0.25}};
  BOOST_TEST(wait_for([&](const logging::State& s) {
    return s.step == 7 && s.last_values == values && s.failures.empty();
  }));
  log.progress(8, 1);
  log.scalar("Loss", 8, 0.125);
  BOOST_TEST(wait_for([&](const logging::State& s) {
    return s.step == 8 && s.last_values.at("Loss") == 0.125 && s.failures.size() == 1 &&
           s.extremes.at("Loss") == logging::Extremes{0.125, 0.5, 8, 6};
  }));
  BOOST_CHECK((log.extremes().at("Loss") == logging::Extremes{0.125, 0.5, 8, 6}));
  log.finish(Outcome::finished);
}

// There are more pictures than a second has time for: loggers get progress and flushes in between.
BOOST_AUTO_TEST_CASE(a_long_queue_delays_no_flush) {
  Told told;
  add(told, "slow", [](std::size_t) { std::this_thread::sleep_for(30ms); });
  Log& log = start();
  for (int i = 0; i < 60; ++i) log.scalar("Loss", i, i);
  log.finish(Outcome::finished);
  BOOST_TEST(std::ranges::count(told.calls, "flush") >= 1);
  BOOST_TEST(told.progress.size() >= 5U);
}

BOOST_AUTO_TEST_CASE(a_logger_that_throws_is_reported_once_and_the_others_get_everything) {
  Told bad, good;
  add(bad, "bad", [](std::size_t number) {
    if (number == 2) throw Error("disk full");
  });
  add(good, "good");
  Log& log = start({.records = 4});
  for (int i = 0; i < 30; ++i) log.scalar("Loss", i, i);
  log.picture("Sheet", picture(30));
  log.finish(Outcome::finished);
  const std::string message = "logger bad: disk full; it gets no more records, training goes on";
  BOOST_TEST(reports == std::vector{message}, boost::test_tools::per_element());
  BOOST_TEST(log.failures() == std::vector{message}, boost::test_tools::per_element());
  BOOST_TEST(bad.records.size() == 2U);
  BOOST_TEST(bad.calls.back() != "close finished");
  BOOST_TEST(good.records.size() == 31U);
  BOOST_TEST(good.calls.back() == "close finished");
}

BOOST_AUTO_TEST_CASE(pictures_are_painted_logged_and_kept_as_files) {
  Told told;
  add(told);
  Log& log = start();
  log.picture("Sheet", picture(5, {PictureFormat::svg, PictureFormat::png, PictureFormat::pdf}));
  log.picture("Sheet", picture(6));
  log.finish(Outcome::finished);
  BOOST_REQUIRE(told.records.size() == 2U);
  BOOST_TEST(told.records[0].tag == "Sheet");
  BOOST_TEST(told.records[0].step == 5);
  BOOST_TEST(told.records[0].width == 4);
  BOOST_TEST(told.records[0].height == 7);
  BOOST_TEST(told.records[0].content == bytes(PictureFormat::png, 5));
  BOOST_TEST(told.records[1].content == bytes(PictureFormat::png, 6));
  BOOST_TEST(read_file(folder / "5 Sheet.png") == bytes(PictureFormat::png, 5));
  BOOST_TEST(read_file(folder / "5 Sheet.svg") == bytes(PictureFormat::svg, 5));
  BOOST_TEST(read_file(folder / "5 Sheet.pdf") == bytes(PictureFormat::pdf, 5));
  BOOST_TEST(!std::filesystem::exists(folder / "6 Sheet.png"));
  BOOST_TEST(reports.empty());
}

BOOST_AUTO_TEST_CASE(a_picture_that_fails_is_reported_and_the_rest_goes_on) {
  Told told;
  add(told);
  Log& log = start();
  log.picture("Sheet", picture(13, {PictureFormat::png}));
  log.picture("a/b", picture(14, {PictureFormat::svg}));  // its file cannot be made
  log.scalar("Loss", 15, 0.5);
  log.finish(Outcome::finished);
  BOOST_REQUIRE(log.failures().size() == 2U);
  BOOST_TEST(log.failures()[0] == "picture 'Sheet' at step 13: no ink");
  BOOST_TEST(log.failures()[1].starts_with("picture 'a/b' at step 14: "));
  BOOST_REQUIRE(told.records.size() == 2U);
  BOOST_TEST(told.records[0].tag == "a/b");
  BOOST_TEST(told.records[1].value == 0.5);
}

BOOST_AUTO_TEST_CASE(finish_counts_once) {
  Told told;
  add(told);
  Log& log = start();
  log.scalar("Loss", 1, 1);
  log.finish(Outcome::stopped);
  log.finish(Outcome::finished);
  started.reset();
  BOOST_TEST(told.calls.back() == "close stopped");
  BOOST_TEST(std::ranges::count_if(told.calls, [](auto& c) { return c.starts_with("close"); }) ==
             1);
}

BOOST_AUTO_TEST_CASE(a_run_that_ends_without_finish_has_failed) {
  Told told;
  add(told);
  start().scalar("Loss", 1, 1);
  started.reset();
  BOOST_TEST(told.records.size() == 1U);
  BOOST_TEST(told.calls.back() == "close failed");
}

BOOST_AUTO_TEST_CASE(the_last_value_of_every_scalar_is_kept) {
  Log& log = start();
  log.picture("Training Data", picture(0));
  log.record("Note", 0, Text{"text"});
  log.scalar("Loss", 1, 3);
  log.scalar("Accuracy", 1, 0.5);
  log.scalar("Loss", 2, std::numeric_limits<double>::quiet_NaN());
  log.finish(Outcome::finished);
  const auto values = log.last_values();
  BOOST_REQUIRE(values.size() == 2U);
  BOOST_TEST(std::isnan(values.at("Loss")));
  BOOST_TEST(values.at("Accuracy") == 0.5);
}

BOOST_AUTO_TEST_SUITE_END()
