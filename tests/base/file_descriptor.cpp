#include "runner/base/file_descriptor.h"

#include <fcntl.h>

#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <string>

namespace assay::test {

using base::FileDescriptor;

BOOST_AUTO_TEST_SUITE(file_descriptor)

BOOST_AUTO_TEST_CASE(is_closed_once) {
  const auto open_now = [](int number) { return fcntl(number, F_GETFD) >= 0; };
  int first = 0, second = 0;
  {
    FileDescriptor a(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    FileDescriptor b(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    first = a.get();
    second = b.get();
    a = std::move(b);
    BOOST_TEST(a.get() == second);
    const FileDescriptor c(std::move(a));
    BOOST_TEST(a.get() == -1);
    BOOST_TEST(open_now(second));
  }
  BOOST_TEST(!open_now(first));
  BOOST_TEST(!open_now(second));
}

BOOST_AUTO_TEST_CASE(errors_are_numbers) {
  const std::string text = "x";
  const auto bytes = std::as_bytes(std::span(text));
  FileDescriptor full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  BOOST_TEST(full.write(bytes) == ENOSPC);
  BOOST_TEST(full.close() == 0);
  BOOST_TEST(full.get() == -1);
  BOOST_TEST(full.close() == 0);
  BOOST_TEST(full.write(bytes) == EBADF);
  FileDescriptor stolen(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  BOOST_TEST(stolen.write(bytes) == 0);
  ::close(stolen.get());
  BOOST_TEST(stolen.close() == EBADF);
}

// A plugin has closed standard input, so the next file that is opened would get its number.
BOOST_AUTO_TEST_CASE(a_file_gets_no_number_of_a_standard_descriptor) {
  const int kept = dup(STDIN_FILENO);
  BOOST_REQUIRE(kept >= 0);
  close(STDIN_FILENO);
  {
    const FileDescriptor file(::open("/dev/zero", O_RDONLY | O_CLOEXEC));
    BOOST_TEST(file.get() > STDERR_FILENO);
    BOOST_TEST(fcntl(file.get(), F_GETFD) == FD_CLOEXEC);
    BOOST_TEST(fcntl(STDIN_FILENO, F_GETFD) == -1);
  }
  dup2(kept, STDIN_FILENO);
  close(kept);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace assay::test
