#define BOOST_TEST_MODULE plugin_host
#include <boost/test/unit_test.hpp>
