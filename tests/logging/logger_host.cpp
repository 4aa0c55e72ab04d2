#include "runner/logging/logger_host.h"

#include <boost/test/unit_test.hpp>

#include "tests/base/error_of.h"

using namespace assay;
using namespace assay::test;
using logging::LoggerHost;

BOOST_AUTO_TEST_SUITE(logger_host)

// As in a folder on a disk: a name is a file's or a folder's, and a file is made once.
BOOST_AUTO_TEST_CASE(files_may_lie_in_subfolders) {
  LoggerHost host({});
  for (const char* name : {"a.txt", "plugins/x/a.bin", "plugins/x/b.bin", "plugins/y", "plugins2"})
    BOOST_TEST(host.create(name).path() == std::string("/run/") + name);
  for (const char* name : {"a.txt", "a.txt/b", "plugins", "plugins/x", "plugins/x/a.bin"})
    BOOST_TEST(error_of([&] { host.create(name); }) ==
               std::string("/run/") + name + ": cannot be made");
  for (const char* name : {"../a", "/a", "a//b", "images/a.png"})
    BOOST_TEST(error_of([&] { host.create(name); }) != "nothing thrown", name);
  BOOST_TEST(host.files.size() == 5U);
}

BOOST_AUTO_TEST_SUITE_END()
