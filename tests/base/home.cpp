#include "runner/base/home.h"

#include <stdlib.h>

#include <boost/test/unit_test.hpp>

#include "tests/config/files.h"

namespace assay::test {
namespace {

/// Restores HOME at the end.
class Home {
 public:
  explicit Home(const char* folder) {
    if (folder == nullptr) unsetenv("HOME");
    else setenv("HOME", folder, 1);
  }
  Home(const Home&) = delete;
  Home& operator=(const Home&) = delete;
  ~Home() { setenv("HOME", before_.c_str(), 1); }

 private:
  std::string before_ = getenv("HOME") == nullptr ? "" : getenv("HOME");
};

}  // namespace

BOOST_AUTO_TEST_SUITE(home)

BOOST_AUTO_TEST_CASE(paths) {
  const Home home("/home/ada");
  for (const auto& [path, expected] :
       {std::pair{"~", "/home/ada"}, std::pair{"~/", "/home/ada/"},
        std::pair{"~/x/y", "/home/ada/x/y"}, std::pair{"x/~/y", "x/~/y"},
        std::pair{"./~/y", "./~/y"}, std::pair{"", ""}})
    BOOST_TEST(base::with_home(path).path == expected);
  BOOST_TEST(base::with_home("~bob/x").problem == "'~' is only known as '~/', your home folder");
  BOOST_TEST(base::with_home("~bob/x").hint == "write a file of that name as ./~bob/x");
}

BOOST_AUTO_TEST_CASE(without_a_home) {
  for (const char* folder : {static_cast<const char*>(nullptr), "", "relative"}) {
    const Home home(folder);
    BOOST_TEST(base::with_home("~/x").problem ==
               std::string("'~/' is the folder in the environment variable HOME, which ") +
                   (folder == nullptr ? "is not set" : "names none"));
    BOOST_TEST(base::with_home("x").problem.empty());
  }
}

BOOST_AUTO_TEST_CASE(of_bases_and_fragments) {
  const Files files{{"home/base.yaml", "a: 1"},
                    {"home/o/adam.yaml", "type: adam"},
                    {"sub/a.yaml", "extends: ~/base.yaml\no: @~/o/adam.yaml"}};
  {
    const Home home(files.path("home").c_str());
    BOOST_TEST(files.composed("sub/a.yaml", {"p=@~/o/adam.yaml"}) ==
               "{a: 1, o: {type: adam}, p: {type: adam}}");
  }
  const Home home(nullptr);
  const std::string text = files.composed("sub/a.yaml");
  BOOST_TEST(text ==
             "sub/a.yaml:1:10: error: extends: '~/' is the folder in the environment variable "
             "HOME, which is not set\n"
             "    1 | extends: ~/base.yaml\n"
             "      |          ^~~~~~~~~~~ write the path out, or set HOME\n"
             "sub/a.yaml:2:4: error: o: '~/' is the folder in the environment variable HOME, which "
             "is not set\n"
             "    2 | o: @~/o/adam.yaml\n"
             "      |    ^~~~~~~~~~~~~~ write the path out, or set HOME\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace assay::test
