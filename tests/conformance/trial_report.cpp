// Tests the report between a process that tests a plugin and the one that waits for it.
#include "runner/conformance/trial_report.h"

#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include <array>
#include <sstream>

#include "runner/conformance/configured.h"

using namespace assay;
using namespace assay::conformance;

namespace {

// A pipe, with access to the text that was written to it.
class Pipe {
 public:
  Pipe() { BOOST_REQUIRE(pipe(ends_.data()) == 0); }
  ~Pipe() { close(ends_[0]); }
  int writer() const { return ends_[1]; }
  std::string text() const {
    std::array<char, 1 << 16> buffer;
    const ssize_t count = read(ends_[0], buffer.data(), buffer.size());
    return {buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0))};
  }

 private:
  std::array<int, 2> ends_{};
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(trial_report)

BOOST_AUTO_TEST_CASE(what_is_written_is_read) {
  const Pipe pipe;
  const ReportWriter writer(pipe.writer());
  writer.write(Begun{7, "optimizer \"sgd\"", "descends\n\xff"});
  writer.write(conformance::StepOutcome{Verdict::not_run, std::string(1 << 20, 'x'), 0.25, 123});
  config::Diagnostics problems;
  problems.error({source_of("momentum=7"), 1, 10, 1}, "momentum", "too much", "less");
  writer.write(problems);
  const std::vector<std::string> lines = lines_of(pipe.text());
  BOOST_REQUIRE(lines.size() == 4U);
  ReportReader reader;
  BOOST_TEST(reader.begins(lines[0]));

  const auto begun = std::get<Begun>(reader.read(lines[1]).value());
  BOOST_TEST(begun.number == 7U);
  BOOST_TEST(begun.subject == "optimizer \"sgd\"");
  BOOST_TEST(begun.name == "descends\n\uFFFD");
  const auto outcome = std::get<conformance::StepOutcome>(reader.read(lines[2]).value());
  BOOST_TEST((outcome.verdict == Verdict::not_run));
  BOOST_TEST(outcome.text.size() == 4096U);
  BOOST_TEST(outcome.seconds == 0.25);
  BOOST_TEST(outcome.kilobytes == 123);
  BOOST_TEST(std::get<config::Diagnostics>(reader.read(lines[3]).value()).text(false) ==
             "--set: error: momentum: too much\n      | momentum=7\n      |          ^ less\n");
}

BOOST_AUTO_TEST_CASE(nothing_else_is_read) {
  ReportReader reader;
  for (const char* line : {"", "noise", "0123456789abcdef0123456789abcdeg", "0123"})
    BOOST_TEST(!reader.begins(line), line);
  const std::string word = "0123456789abcdef0123456789abcdef";
  BOOST_TEST(reader.begins(word));
  const std::string good = R"({"step":1,"subject":"library","name":"opens"})";
  BOOST_TEST(reader.read(word + " " + good).has_value());
  for (const std::string& line : {
           std::string(),
           good,
           word,
           word + good,
           "noise" + word + " " + good,
           "f123456789abcdef0123456789abcdef " + good,
           word + " " + good + good,
           word + " [" + good + "]",
           word + " {",
           word + " {}",
           word + " 7",
           word + R"( {"step":"1","subject":"library","name":"opens"})",
           word + R"( {"step":1,"subject":["library"],"name":"opens"})",
           word + R"( {"step":1,"subject":"library"})",
           word + R"( {"verdict":3,"text":"","seconds":0,"kilobytes":0})",
           word + R"( {"verdict":-1,"text":"","seconds":0,"kilobytes":0})",
           word + R"( {"verdict":true,"text":"","seconds":0,"kilobytes":0})",
           word + R"( {"verdict":0,"text":null,"seconds":0,"kilobytes":0})",
           word + R"( {"verdict":0,"text":"","seconds":"0","kilobytes":0})",
           word + R"( {"problems":7})",
           word + R"( {"problems":[7]})",
           word + R"( {"problems":[{"setting":"a=1"}]})",
           word + " " + std::string(100000, '['),
       })
    BOOST_TEST(!reader.read(line).has_value(), line.substr(0, 200));
}

BOOST_AUTO_TEST_CASE(it_is_out_of_the_way) {
  const Pipe pipe;
  const int low = pipe.writer();
  const ReportWriter writer(low);
  BOOST_TEST(pipe.text().size() == 33U);
  BOOST_TEST(write(low, "noise", 5) == -1);  // nothing is there any more
}

BOOST_AUTO_TEST_CASE(a_copy_of_the_process_says_nothing) {
  const Pipe pipe;
  const ReportWriter writer(pipe.writer());
  BOOST_TEST(pipe.text().size() == 33U);
  const pid_t copy = fork();
  if (copy == 0) {
    writer.write(Begun{});
    _exit(1);
  }
  int status = 0;
  BOOST_TEST(waitpid(copy, &status, 0) == copy);
  BOOST_TEST(status == 0);
  writer.write(Begun{5, {}, {}});
  BOOST_TEST(lines_of(pipe.text()).size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
