#include "runner/base/file_descriptor.h"

#include <fcntl.h>

#include <boost/test/unit_test.hpp>

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

BOOST_AUTO_TEST_SUITE_END()

}  // namespace assay::test
