#include "runner/scaffold/scaffold.h"

#include <boost/test/unit_test.hpp>

using namespace assay;
using namespace assay::scaffold;

BOOST_AUTO_TEST_SUITE(files)

BOOST_AUTO_TEST_CASE(every_kind_has_all_files_and_no_word_is_left) {
  for (std::size_t k = 0; k < kind_names.size(); ++k) {
    const std::vector<File> files = plugin(static_cast<Kind>(k), "some_thing");
    std::string names;
    for (const File& file : files) {
      names += file.name + " ";
      BOOST_TEST(!file.text.empty());
      BOOST_TEST(file.text.ends_with('\n'), file.name);
      for (const char* word :
           {"plugin_name", "plugin_kind", "plugin_dependencies", "plugin_command", "PluginName"})
        BOOST_TEST(file.text.find(word) == std::string::npos, kind_names[k] << " " << file.name);
    }
    const std::string test = static_cast<Kind>(k) == Kind::optimizer ? "some_thing_test.cpp " : "";
    BOOST_TEST(names == "some_thing.cpp meson.build some_thing.yaml README.md .gitignore " + test);
    BOOST_TEST(files[0].text.find("class SomeThing final") != std::string::npos);
    BOOST_TEST(files[2].text.find("some_thing") != std::string::npos);
    BOOST_TEST(files[3].text.find(kind_names[k]) != std::string::npos);
  }
}

BOOST_AUTO_TEST_SUITE_END()
