#include "runner/base/start_failure.h"

#include <boost/test/unit_test.hpp>
#include <cerrno>

#include "assay/stamp.h"
#include "tests/base/address_space_limit.h"

using namespace assay::test;
using assay::base::start_failure;

BOOST_AUTO_TEST_SUITE(starting)

BOOST_AUTO_TEST_CASE(the_machine_is_blamed_where_nothing_can_be_started) {
  BOOST_TEST(start_failure("git", EAGAIN) ==
             "git could not be started: the machine's limit on processes and threads is reached "
             "(see `ulimit -u`, and pids.max of a container)");
  BOOST_TEST(start_failure("git", ENOMEM) == "git could not be started: Cannot allocate memory");
}

BOOST_AUTO_TEST_CASE(a_thread_without_room_for_its_stack_is_no_matter_of_that_limit) {
  if (assay::stamp::sanitizers != "none") return;  // they have mapped more than any limit
  const AddressSpaceLimit limit(1 << 20);
  const std::string said = start_failure("it", EAGAIN);
  BOOST_TEST(said.starts_with("it could not be started: memory ran out: `ulimit -v` allows "),
             said);
  BOOST_TEST(said.ends_with(" MB of a thread's stack are left"), said);
}

BOOST_AUTO_TEST_SUITE_END()
