#include "runner/logging/logger_terminal.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "tests/support/fake_logging.h"
#include "tests/support/handle.h"

using namespace assay;

namespace {

class Silent final : public Logger {
 public:
  void open(LoggerContext& /*context*/) override {}
};

plugin_host::Handle<Logger> silent() {
  return test::handle<Logger>(std::make_unique<Silent>(), "silent");
}

class FakeTerminal final : public Terminal {
 public:
  explicit FakeTerminal(bool colours) : colours_(colours) {}
  bool interactive() const override { return colours_; }
  bool colours() const override { return colours_; }
  int columns() const override { return 77; }
  void print(std::string_view line) override { shown.append("print ").append(line); }
  void status(std::string_view line) override { shown.append("status ").append(line); }
  std::string shown;

 private:
  bool colours_;
};

class Clearing final : public Logger {
 public:
  void open(LoggerContext& context) override { context.terminal().print("\x1b[2J"); }
};

std::string printed(std::string_view line, bool colours = true) {
  FakeTerminal terminal(colours);
  logging::LoggerTerminal(terminal, silent()).print(line);
  return terminal.shown;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(logger_terminal)

BOOST_AUTO_TEST_CASE(text_passes) {
  BOOST_TEST(printed("loss 0.5 \u2501\ttwo\nlines") == "print loss 0.5 \u2501\ttwo\nlines");
  BOOST_TEST(printed("") == "print ");
}

BOOST_AUTO_TEST_CASE(colours_pass_where_they_are_shown_and_end) {
  BOOST_TEST(printed("a\x1b[1;31mb\x1b[0mc") == "print a\x1b[1;31mb\x1b[0mc");
  BOOST_TEST(printed("\x1b[90mb\x1b[m") == "print \x1b[90mb\x1b[m");
  BOOST_TEST(printed("\x1b[31mb") == "print \x1b[31mb\x1b[0m");
  BOOST_TEST(printed("\x1b[31mb", false) == "print \uFFFD[31mb");
}

BOOST_AUTO_TEST_CASE(nothing_else_acts_on_the_terminal) {
  BOOST_TEST(printed("\x1b[2J") == "print \uFFFD[2J");
  BOOST_TEST(printed("a\x1b]0;title\a") == "print a\uFFFD]0;title\uFFFD");
  BOOST_TEST(printed("\x1b") == "print \uFFFD");
  BOOST_TEST(printed("\x1b[31") == "print \uFFFD[31");
  BOOST_TEST(printed("\x1b\x1b[31mx") == "print \uFFFD\x1b[31mx\x1b[0m");
  BOOST_TEST(printed("a\rb\xff\x7f") == "print a b\uFFFD\uFFFD");
}

BOOST_AUTO_TEST_CASE(it_is_what_loggers_are_given) {
  FakeTerminal terminal(true);
  std::vector<logging::Loggers::Named> named;
  named.push_back(
      {"clearing",
       test::handle<Logger>(std::unique_ptr<Logger>(std::make_unique<Clearing>()), "clearing")});
  logging::Loggers loggers(std::move(named), {"digits", nullptr, 0, 1, 1.5}, terminal,
                           [](const std::string& message) { BOOST_ERROR(message); });
  loggers.open();
  BOOST_TEST(terminal.shown == "print \uFFFD[2J");
}

BOOST_AUTO_TEST_CASE(the_status_is_one_line) {
  FakeTerminal terminal(true);
  logging::LoggerTerminal of_a_logger(terminal, silent());
  of_a_logger.status("a\nb\x1b[2K");
  BOOST_TEST(terminal.shown == "status a b\uFFFD[2K");
  BOOST_TEST(of_a_logger.columns() == 77);
  BOOST_TEST(of_a_logger.interactive());
}

BOOST_AUTO_TEST_SUITE_END()
