#define BOOST_TEST_MODULE logging
#include <boost/test/unit_test.hpp>
