#define BOOST_TEST_MODULE contact_sheet
#include <boost/test/unit_test.hpp>
