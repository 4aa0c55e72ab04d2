#include "runner/run/run_log.h"

#include <boost/test/unit_test.hpp>
#include <regex>

#include "tests/base/file_size_limit.h"
#include "tests/support/bytes.h"
#include "tests/support/temporary_folder.h"

using assay::base::Folder;
using assay::run::RunLog;
using namespace assay::test;

BOOST_FIXTURE_TEST_SUITE(run_log, TemporaryFolder)

BOOST_AUTO_TEST_CASE(it_has_a_time_with_every_line_and_tells_once_what_it_lacks) {
  RunLog log{Folder(path())};
  BOOST_TEST(!log.write("first"));
  BOOST_TEST(!log.write("second"));
  {
    const FileSizeLimit limit(10);
    BOOST_TEST(log.write("lost").value_or("") ==
               (*this / "log.txt").string() + ": cannot be written: File too large");
    BOOST_TEST(!log.write("lost, too"));
  }
  BOOST_TEST(!log.write("third"));
  BOOST_TEST(!log.finish());
  BOOST_TEST(!log.write("too late"));
  const std::string time = "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d";
  const std::string text = read_file(*this / "log.txt");
  BOOST_TEST(std::regex_match(
                 text, std::regex(time + " first\n" + time + " second\n" + time + " third\n")),
             text);
}

BOOST_AUTO_TEST_SUITE_END()
