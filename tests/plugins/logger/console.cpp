// Tests the output of the logger `console`, character by character.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>

#include "tests/plugins/logger/fake_host.h"
#include "tests/support/component.h"
#include "tests/support/give_record.h"

namespace {

using assay::test::FakeHost;

constexpr assay::Progress midway = {
    .step = 1860, .total_steps = 3000, .epoch = 1860, .seconds = 4.5, .steps_per_second = 412.4};
constexpr assay::Progress done = {
    .step = 3000, .total_steps = 3000, .epoch = 3000, .seconds = 7.3, .steps_per_second = 410};

std::unique_ptr<assay::Logger> open(FakeHost& host, std::string_view options = "{}") {
  auto out = assay::test::make<assay::Logger>("console", options);
  out->open(host);
  return out;
}

void log_values(assay::Logger& out) {
  assay::test::give(out, {0, "learning_rate"}, 1, 1.5, assay::Scalar{1.2e-5});
  assay::test::give(out, {1, "Loss"}, 1, 1.5, assay::Scalar{20.18});
  assay::test::give(out, {2, "Accuracy"}, 1, 1.5, assay::Scalar{0.1});
  assay::test::give(out, {1, "Loss"}, 1860, 1.5, assay::Scalar{0.11384});
  assay::test::give(out, {2, "Accuracy"}, 1860, 1.5, assay::Scalar{0.96888});
}

std::string status(int columns, const assay::Progress& progress = midway) {
  FakeHost host;
  host.screen.width = columns;
  const auto out = open(host);
  log_values(*out);
  out->progress(progress);
  BOOST_REQUIRE_EQUAL(host.screen.shown.size(), 1U);
  return host.screen.shown[0];
}

}  // namespace

BOOST_AUTO_TEST_SUITE(console)

BOOST_AUTO_TEST_CASE(the_status_line_fits_the_terminal) {
  for (int columns = 1; columns <= 200; ++columns) {
    std::size_t characters = 0;
    for (const char c : status(columns)) characters += (c & 0xc0) != 0x80;
    BOOST_REQUIRE_LT(characters, static_cast<std::size_t>(columns));
  }
  BOOST_TEST(status(120) ==
             "━━━━━━━━━━━━━━━╸─────────  62%  1860/3000  412 steps/s  ETA 0:03  Loss 0.1138  "
             "Accuracy 0.9689  learning_rate 1.200e-05");
  BOOST_TEST(status(100) ==
             "━━━━━━━━━━━━━━━━━━╸───────────  62%  1860/3000  412 steps/s  ETA 0:03  Loss 0.1138  "
             "Accuracy 0.9689");
  BOOST_TEST(status(80) ==
             "━━━━━━────  62%  1860/3000  412 steps/s  ETA 0:03  Loss 0.1138  Accuracy 0.9689");
  BOOST_TEST(status(60) == "━━━━━━━─────  1860/3000  412 steps/s  ETA 0:03  Loss 0.1138");
  BOOST_TEST(status(40) == "62%  1860/3000  ETA 0:03  Loss 0.1138");
  BOOST_TEST(status(20) == "1860/3000  ETA 0:03");
  BOOST_TEST(status(5) == "62%");
}

BOOST_AUTO_TEST_CASE(the_ends_of_a_run) {
  BOOST_TEST(status(80, {.step = 0, .total_steps = 3000}) ==
             "────────────  0%  0/3000  Loss 0.1138  Accuracy 0.9689  learning_rate 1.200e-05");
  BOOST_TEST(status(80, done) ==
             "━━━━━━━━━━━━━━━━━━━  100%  3000/3000  410 steps/s  Loss 0.1138  Accuracy 0.9689");
}

BOOST_AUTO_TEST_CASE(rates_and_times_keep_short) {
  const auto at = [](std::int64_t step, std::int64_t total, double rate) {
    return status(60, {.step = step, .total_steps = total, .seconds = 9, .steps_per_second = rate});
  };
  BOOST_TEST(at(1, 1000000, 12345) ==
             "──────────  1/1000000  12.3k steps/s  ETA 1:21  Loss 0.1138");
  BOOST_TEST(at(1, 1000000, 3.21) == "──────────────  0%  1/1000000  ETA 3d 14:32:06  Loss 0.1138");
  BOOST_TEST(at(1, 1000, 0.4) == "──────────  1/1000  ETA 41:38  Loss 0.1138  Accuracy 0.9689");
  BOOST_TEST(at(1, 1000, 0.1) == "──────────  0%  1/1000  10 s/step  ETA 2:46:30  Loss 0.1138");
}

BOOST_AUTO_TEST_CASE(colours_take_no_columns) {
  FakeHost host;
  host.screen.width = 50;
  host.screen.has_colours = true;
  const auto out = open(host);
  assay::test::give(*out, {0, "Loss"}, 1, 1.5, assay::Scalar{0.5});
  out->progress(midway);
  BOOST_TEST(host.screen.shown.at(0) ==
             "\033[36m━━━━━━\033[0m\033[90m────\033[0m  62%  1860/3000  ETA 0:03  Loss "
             "\033[1m0.5000\033[0m");
}

BOOST_AUTO_TEST_CASE(tags_may_be_wide_or_strange) {
  FakeHost host;
  host.screen.width = 72;
  const auto out = open(host);
  assay::test::give(*out, {0, "損失"}, 1, 1.5,
                    assay::Scalar{-std::numeric_limits<double>::quiet_NaN()});
  assay::test::give(*out, {1, "e\u0301\n"}, 1, 1.5,
                    assay::Scalar{-std::numeric_limits<double>::infinity()});
  out->progress(midway);
  BOOST_TEST(host.screen.shown.at(0) ==
             "━━━━━━━━─────  62%  1860/3000  412 steps/s  ETA 0:03  損失 nan  é? -inf");
}

BOOST_AUTO_TEST_CASE(what_comes_later_may_come_first) {
  FakeHost host;
  const auto out = open(host);
  assay::test::give(*out, {0, "rate"}, 1, 1.5, assay::Scalar{2});
  out->progress(done);
  assay::test::give(*out, {1, "other"}, 2, 1.5, assay::Scalar{3});
  assay::test::give(*out, {2, "a/Loss"}, 2, 1.5, assay::Scalar{4});
  assay::test::give(*out, {0, "rate"}, 2, 1.5, assay::Scalar{5});
  out->progress(done);
  BOOST_TEST(host.screen.shown.back().ends_with("a/Loss 4.000  rate 5.000  other 3.000"),
             host.screen.shown.back());
}

BOOST_AUTO_TEST_CASE(a_terminal_is_left_clean_at_the_end) {
  FakeHost host;
  const auto out = open(host);
  log_values(*out);
  out->progress(midway);
  out->progress(done);
  BOOST_TEST(host.screen.printed.empty());
  out->close(assay::Outcome::finished);
  BOOST_TEST(host.screen.shown.back() == "");
  BOOST_TEST(host.screen.printed.empty());
}

BOOST_AUTO_TEST_CASE(elsewhere_a_line_every_few_seconds) {
  FakeHost host;
  host.screen.is_interactive = false;
  const auto out = open(host, "{interval: 2}");
  log_values(*out);
  for (std::int64_t step = 0; step <= 3000; step += 100)
    out->progress({.step = step,
                   .total_steps = 3000,
                   .seconds = static_cast<double>(step) / 500,
                   .steps_per_second = 500});
  out->close(assay::Outcome::stopped);
  BOOST_TEST(host.screen.shown.empty());
  const std::vector<std::string> expected = {
      "step 1,000/3,000 (33%)  500 steps/s  ETA 0:04  Loss 0.1138  Accuracy 0.9689  learning_rate "
      "1.200e-05",
      "step 2,000/3,000 (66%)  500 steps/s  ETA 0:02  Loss 0.1138  Accuracy 0.9689  learning_rate "
      "1.200e-05",
      "step 3,000/3,000 (100%)  500 steps/s  Loss 0.1138  Accuracy 0.9689  learning_rate "
      "1.200e-05"};
  BOOST_TEST(host.screen.printed == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(elsewhere_a_step_is_shown_once) {
  FakeHost host;
  host.screen.is_interactive = false;
  const auto out = open(host, "{interval: 0}");
  out->progress(midway);
  out->progress(midway);
  BOOST_TEST(host.screen.printed.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
