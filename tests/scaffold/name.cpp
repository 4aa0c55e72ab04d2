#include "runner/scaffold/name.h"

#include <boost/test/unit_test.hpp>

using namespace assay::scaffold;

BOOST_AUTO_TEST_SUITE(name)

BOOST_AUTO_TEST_CASE(names) {
  for (const char* name : {"a", "momentum", "top_k", "top_5", "a1b2_c3", "optimizer", "int"})
    BOOST_TEST(problem_with(name) == "", name);
  BOOST_TEST(problem_with(std::string(64, 'a')) == "");
}

BOOST_AUTO_TEST_CASE(what_is_none_and_what_was_meant) {
  const auto check = [](const char* name, const std::string& meant) {
    const std::string problem = problem_with(name);
    BOOST_TEST(problem.starts_with("'" + std::string(name) + "' is no name for a plugin"), problem);
    const std::string hint = "did you mean '" + meant + "'?";
    BOOST_TEST((problem.find("did you mean") == std::string::npos) == meant.empty(), problem);
    BOOST_TEST((meant.empty() || problem.ends_with(hint)), problem);
  };
  check("Momentum", "momentum");
  check("TopK", "top_k");
  check("top-k", "top_k");
  check("my plugin", "my_plugin");
  check("a__b", "a_b");
  check("a_", "a");
  check("_a", "a");
  check("1a", "a");
  check("../a", "a");
  check("a/b", "a_b");
  check("a.b", "a_b");
  check("", "");
  check("..", "");
  check("12", "");
  check("größe", "gr_e");
}

BOOST_AUTO_TEST_CASE(names_that_something_else_has) {
  BOOST_TEST(problem_with("test").find("Meson has a target of this name") != std::string::npos);
  BOOST_TEST(problem_with("Test").find("did you mean") == std::string::npos);
  BOOST_TEST(problem_with(std::string(65, 'a')).find("too long") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(classes) {
  BOOST_TEST(class_name("momentum") == "Momentum");
  BOOST_TEST(class_name("top_k") == "TopK");
  BOOST_TEST(class_name("top_5_of") == "Top5Of");
}

BOOST_AUTO_TEST_SUITE_END()
