#define BOOST_TEST_MODULE hooks
#include <boost/test/unit_test.hpp>
