#define BOOST_TEST_MODULE run_folder
#include <boost/test/unit_test.hpp>
