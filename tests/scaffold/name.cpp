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
    BOOST_TEST(problem.starts_with("'" + std::string(name) + "' is not a name for a plugin"),
               problem);
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
  for (const char* name : {"null", "true", "false"})
    BOOST_TEST(problem_with(name).find("a config does not read it as text") != std::string::npos);
  BOOST_TEST(problem_with("Test").find("did you mean") == std::string::npos);
  BOOST_TEST(problem_with(std::string(65, 'a')).find("too long") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(classes) {
  const auto metric = [](const char* name) { return class_name(assay::Kind::metric, name); };
  BOOST_TEST(metric("momentum") == "Momentum");
  BOOST_TEST(metric("top_k") == "TopK");
  BOOST_TEST(metric("k_means") == "KMeans");
  BOOST_TEST(metric("top_5_of") == "Top5Of");
  BOOST_TEST(metric("top_1024_x") == "Top1024X");
}

BOOST_AUTO_TEST_CASE(no_class_is_a_macro_of_the_standard_library) {
  const auto metric = [](const char* name) { return class_name(assay::Kind::metric, name); };
  BOOST_TEST(metric("e_o_f") == "EOFMetric");
  BOOST_TEST(metric("n_a_n") == "NANMetric");
  BOOST_TEST(metric("i") == "IMetric");
  BOOST_TEST(metric("e2_b_i_g") == "E2BIGMetric");
  BOOST_TEST(metric("p_r_id64") == "PRId64Metric");
  BOOST_TEST(class_name(assay::Kind::optimizer, "f_i_l_e") == "FILEOptimizer");
}

BOOST_AUTO_TEST_SUITE_END()
