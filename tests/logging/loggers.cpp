#include "runner/logging/loggers.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/bytes.h"
#include "tests/support/fake_logging.h"
#include "tests/support/temporary_folder.h"

using namespace assay;
using namespace assay::test;
using logging::Loggers;

namespace {

/// Writes a line to its file at every call.
class Writer final : public Logger {
 public:
  explicit Writer(std::string name) : name_(std::move(name)) {}
  void open(LoggerContext& context) override {
    told = std::string(context.run_name()) + " " + std::string(context.run_folder()) + " " +
           std::to_string(context.first_step()) + " " + std::to_string(context.total_steps());
    file_ = &context.create(name_);
    write("open\n");
  }
  void flush() override { write("flush\n"); }
  void close(Outcome) override { write("close\n"); }

  std::string told;

 private:
  void write(std::string_view text) { file_->append(std::as_bytes(std::span(text))); }
  std::string name_;
  LogFile* file_ = nullptr;
};

struct Run {
  template <class T>
  void add(std::unique_ptr<T> logger) {
    named.push_back(
        {"writer", handle<Logger>(std::unique_ptr<Logger>(std::move(logger)), "writer")});
  }
  Loggers loggers() {
    return {std::move(named), info, terminal,
            [this](const std::string& message) { reports.push_back(message); }};
  }
  TemporaryFolder folder;
  base::Folder run_folder{folder.path()};
  logging::RunInfo info{"digits", &run_folder, 5, 3000, 1.5};
  SilentTerminal terminal;
  std::vector<Loggers::Named> named;
  std::vector<std::string> reports;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(loggers, Run)

BOOST_AUTO_TEST_CASE(each_is_told_of_the_run_and_lent_its_files) {
  auto writer = std::make_unique<Writer>("a.txt");
  const Writer& first = *writer;
  add(std::move(writer));
  add(std::make_unique<Writer>("b.txt"));
  Loggers moved = loggers();
  Loggers loggers = std::move(moved);
  loggers.open();
  loggers.each([](Logger& logger) { logger.flush(); });
  loggers.close(Outcome::finished);
  BOOST_TEST(first.told == "digits " + folder.path().string() + " 5 3000");
  BOOST_TEST(read_file(folder / "a.txt") == "open\nflush\nclose\n");
  BOOST_TEST(read_file(folder / "b.txt") == "open\nflush\nclose\n");
  BOOST_TEST(reports.empty());
}

BOOST_AUTO_TEST_CASE(a_file_exists_once_and_lies_in_the_run_folder) {
  write_file(folder / "a.txt", "old");
  for (const char* name : {"a.txt", "../b.txt", "/x", "", ".", "..", "a\nb", "x//y", "x/", "x/../y",
                           "x/./y", "images", "images/y", "run.json/y"})
    add(std::make_unique<Writer>(name));
  std::string deep = "a";
  for (int i = 0; i < 17; ++i) deep += "/a";
  add(std::make_unique<Writer>(deep));
  Loggers loggers = this->loggers();
  loggers.open();
  BOOST_REQUIRE(reports.size() == 15U);
  BOOST_TEST(reports[0] == "logger writer: " + (folder / "a.txt").string() +
                               ": cannot be created: File exists; it gets no more records, "
                               "training goes on");
  BOOST_TEST(reports[1] ==
             "logger writer: '../b.txt' is not a name for a file in the run folder; it "
             "gets no more records, training goes on");
  BOOST_TEST(reports[6] ==
             "logger writer: the name of a file in the run folder must be one line of text; it "
             "gets no more records, training goes on");
  for (const std::size_t i : {2, 3, 4, 5, 7, 8, 9, 10})
    BOOST_TEST(reports[i].find("is not a name for a file in the run folder") != std::string::npos,
               reports[i]);
  BOOST_TEST(reports[11].find("'images' is a folder of the run itself") != std::string::npos);
  BOOST_TEST(reports[12].find("'images' is a folder of the run itself") != std::string::npos);
  BOOST_TEST(reports[13].find("'run.json' is a file of the run itself") != std::string::npos);
  BOOST_TEST(reports[14].find("lies in more than 16 folders") != std::string::npos);
  BOOST_TEST(read_file(folder / "a.txt") == "old");
  BOOST_TEST(!std::filesystem::exists(folder / "x"));
}

BOOST_AUTO_TEST_CASE(a_file_may_lie_in_subfolders) {
  add(std::make_unique<Writer>("plugins/x/a.txt"));
  add(std::make_unique<Writer>("plugins/x/b.txt"));
  std::filesystem::create_directory(folder / "real");
  std::filesystem::create_directory_symlink(folder / "real", folder / "link");
  add(std::make_unique<Writer>("link/a.txt"));
  Loggers loggers = this->loggers();
  loggers.open();
  loggers.close(Outcome::finished);
  BOOST_TEST(read_file(folder / "plugins/x/a.txt") == "open\nclose\n");
  BOOST_TEST(read_file(folder / "plugins/x/b.txt") == "open\nclose\n");
  BOOST_TEST(loggers.positions().at("plugins/x/a.txt") == 11);
  BOOST_REQUIRE(reports.size() == 1U);
  BOOST_TEST(reports[0].find("link: cannot be opened as a folder") != std::string::npos);
  BOOST_TEST(!std::filesystem::exists(folder / "real/a.txt"));
}

// Those that a logger opens again go on behind their positions; the others are cut back.
BOOST_AUTO_TEST_CASE(files_in_subfolders_are_cut_back_when_a_run_goes_on) {
  std::filesystem::create_directories(folder / "plugins/x");
  write_file(folder / "plugins/x/a.txt", "before\nlate\n");
  write_file(folder / "plugins/x/left.txt", "kept late");
  write_file(folder / "plugins/x/new.txt", "late");
  info.goes_on = true;
  info.positions = {{"plugins/x/a.txt", 7}, {"plugins/x/left.txt", 4}, {"plugins/gone/b.txt", 3}};
  add(std::make_unique<Writer>("plugins/x/a.txt"));
  add(std::make_unique<Writer>("plugins/x/new.txt"));
  Loggers loggers = this->loggers();
  loggers.open();
  loggers.close(Outcome::finished);
  BOOST_TEST(read_file(folder / "plugins/x/a.txt") == "before\nopen\nclose\n");
  BOOST_TEST(read_file(folder / "plugins/x/left.txt") == "kept");
  BOOST_TEST(read_file(folder / "plugins/x/new.txt") == "open\nclose\n");
  BOOST_REQUIRE(reports.size() == 1U);
  BOOST_TEST(reports[0] == (folder / "plugins/gone").string() +
                               ": cannot be opened as a folder: No such file or directory");
  BOOST_TEST(!std::filesystem::exists(folder / "plugins/gone"));
}

BOOST_AUTO_TEST_CASE(one_that_throws_is_reported_once_and_left_out) {
  Told told;
  named.push_back(fake_logger(told, "bad", [](std::size_t) { throw Error("full"); }));
  named.push_back(fake_logger(told, "good"));
  Loggers loggers = this->loggers();
  loggers.open();
  for (int i = 0; i < 3; ++i) loggers.each([](Logger& logger) { logger.record({}); });
  loggers.close(Outcome::stopped);
  const std::string message = "logger bad: full; it gets no more records, training goes on";
  BOOST_TEST(reports == std::vector{message}, boost::test_tools::per_element());
  BOOST_TEST(loggers.failures() == std::vector{message}, boost::test_tools::per_element());
  BOOST_TEST(told.records.size() == 3U);
  const std::vector<std::string> calls = {"open", "open", "close stopped"};
  BOOST_TEST(told.calls == calls, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
