#define BOOST_TEST_MODULE logger_plugins
#include <boost/test/unit_test.hpp>
