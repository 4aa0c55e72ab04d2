#include "runner/plan/validator.h"

#include <boost/test/unit_test.hpp>

#include "tests/plan/experiment.h"

namespace assay::test {
namespace {

using enum ParameterType;

// One table with every type.
constexpr Parameter members[] = {{.name = "a", .type = integer, .fallback = "1"},
                                 {.name = "b", .type = text}};
constexpr Parameter table[] = {
    {.name = "boolean", .type = boolean, .fallback = "false"},
    {.name = "integer", .type = integer, .fallback = "1", .minimum = 1, .maximum = 9},
    {.name = "number",
     .type = number,
     .fallback = "0.5",
     .minimum = 0,
     .maximum = 1,
     .exclusive_minimum = true,
     .exclusive_maximum = true},
    {.name = "text", .type = text, .fallback = "x"},
    {.name = "path", .type = path, .fallback = "null"},
    {.name = "choice", .type = choice, .fallback = "red", .choices = "red|green"},
    {.name = "rate", .type = rate, .fallback = "0.1", .minimum = 0},
    {.name = "component", .type = component, .fallback = "cosine", .kind = Kind::metric},
    {.name = "group", .type = group, .fallback = "null", .members = members, .member_count = 2},
    {.name = "integers", .type = integer, .fallback = "[1, 2]", .maximum = 5, .list = true},
    {.name = "texts", .type = text, .fallback = "[]", .list = true},
    {.name = "paths", .type = path, .fallback = "[]", .list = true},
};

struct Checked {
  plan::Values values;
  std::string problems;
};

Checked check(const std::string& config) {
  FakeCatalogue catalogue;
  config::Diagnostics diagnostics;
  const auto source =
      std::make_shared<const config::Source>(config::Source{"a.yaml", "/configs/a.yaml", config});
  const auto node = config::read_value(source, diagnostics);
  Checked checked;
  if (node.has_value()) {
    plan::Validator validator(catalogue, diagnostics);
    validator.unknown_keys(*node, {table}, "m", "unknown key");
    for (const Parameter& p : table)
      if (node->find(p.name) != nullptr)
        checked.values.add(p.name, validator.option(*node, p, "m", node->where));
  }
  checked.problems = diagnostics.text(false);
  return checked;
}

// Returns the first line of the problem, without its place, and the hint.
std::string problem(const std::string& config) {
  const std::string all = check(config).problems;
  if (all.empty()) return "none";
  const std::size_t message = all.find("error: ") + 7;
  const std::size_t end = all.find('\n');
  const std::size_t marks = all.find_first_not_of("^~", all.find('^'));
  std::string hint = all.substr(marks, all.size() - 1 - marks);
  return all.substr(message, end - message) + (hint.empty() ? "" : " |" + hint);
}

template <class T>
T value_of(const std::string& config, const char* name) {
  const Checked checked = check(config);
  BOOST_TEST(checked.problems == "");
  const plan::Value* found = checked.values.find(name);
  BOOST_REQUIRE(found != nullptr);
  BOOST_REQUIRE(std::holds_alternative<T>(found->data));
  return std::get<T>(found->data);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(validator)

BOOST_AUTO_TEST_CASE(typed_values) {
  BOOST_TEST(value_of<bool>("{boolean: true}", "boolean"));
  BOOST_TEST(value_of<std::int64_t>("{integer: 9}", "integer") == 9);
  BOOST_TEST(value_of<double>("{number: 0.25}", "number") == 0.25);
  BOOST_TEST(value_of<std::string>("{text: 010}", "text") == "010");
  BOOST_TEST(value_of<std::string>("{text: yes}", "text") == "yes");
  BOOST_TEST(value_of<std::string>("{text: ''}", "text") == "");
  BOOST_TEST(value_of<std::string>("{choice: green}", "choice") == "green");
  BOOST_TEST(value_of<double>("{rate: 1}", "rate") == 1);
  const auto schedule = value_of<plan::ComponentPlan>("{rate: {type: constant, value: 2}}", "rate");
  BOOST_TEST(schedule.type == "constant");
  BOOST_TEST((schedule.kind == Kind::schedule));
  BOOST_TEST(std::get<double>(schedule.values.find("value")->data) == 2);
  BOOST_TEST(value_of<plan::ComponentPlan>("{component: accuracy}", "component").type ==
             "accuracy");
  const auto group = value_of<plan::Values>("{group: {b: x}}", "group");
  BOOST_TEST(std::get<std::int64_t>(group.find("a")->data) == 1);
  BOOST_TEST(group.find("a")->where.source == nullptr);
  BOOST_TEST(std::get<std::string>(group.find("b")->data) == "x");
  BOOST_TEST(group.find("b")->where.column == 13);
  BOOST_TEST(value_of<plan::List>("{integers: [3, -4]}", "integers").size() == 2U);
  BOOST_TEST(value_of<plan::List>("{texts: []}", "texts").empty());
  value_of<std::monostate>("{group: null}", "group");
  value_of<std::monostate>("{path: null}", "path");
}

BOOST_AUTO_TEST_CASE(paths_start_at_the_file_that_says_them) {
  BOOST_TEST(value_of<std::string>("{path: ../data/x.csv}", "path") == "/data/x.csv");
  BOOST_TEST(value_of<std::string>("{path: /a/./b}", "path") == "/a/b");
  BOOST_TEST(value_of<std::string>("{path: 'assay:x.csv'}", "path") == "assay:x.csv");
  setenv("HOME", "/home/ada", 1);
  BOOST_TEST(value_of<std::string>("{path: ~/x.csv}", "path") == "/home/ada/x.csv");
  BOOST_TEST(value_of<std::string>("{path: ./~x.csv}", "path") ==
             value_of<std::string>("{path: y/../~x.csv}", "path"));
  BOOST_TEST(problem("{path: ~bob/x.csv}") ==
             "m.path: '~' is only known as '~/', your home folder | write a file of that "
             "name as ./~bob/x.csv");
  const auto list = value_of<plan::List>("{paths: [a, /b]}", "paths");
  BOOST_TEST(std::get<std::string>(list[0].data) == "/configs/a");
  BOOST_TEST(std::get<std::string>(list[1].data) == "/b");
}

BOOST_AUTO_TEST_CASE(wrong_values) {
  BOOST_TEST(problem("{boolean: yes}") ==
             "m.boolean: expected true or false, found 'yes' | write true");
  BOOST_TEST(problem("{boolean: null}") ==
             "m.boolean: expected true or false, found null | leave the key out for the default, "
             "false");
  BOOST_TEST(problem("{integer: 0}") == "m.integer: expected an integer from 1 to 9, found '0'");
  BOOST_TEST(problem("{integer: 10}") == "m.integer: expected an integer from 1 to 9, found '10'");
  BOOST_TEST(problem("{integer: 1e0}") ==
             "m.integer: expected an integer from 1 to 9, found '1e0' | write 1");
  BOOST_TEST(problem("{integer: '3'}") ==
             "m.integer: expected an integer from 1 to 9, found the text '3' | "
             "write 3: numbers have no quotes");
  BOOST_TEST(problem("{number: 0}") ==
             "m.number: expected a number above 0 and below 1, found '0'");
  BOOST_TEST(problem("{number: 1}") ==
             "m.number: expected a number above 0 and below 1, found '1'");
  BOOST_TEST(problem("{number: .nan}") ==
             "m.number: expected a number above 0 and below 1, found '.nan' | a number must be "
             "finite");
  BOOST_TEST(problem("{number: [1]}") ==
             "m.number: expected a number above 0 and below 1, found a list");
  BOOST_TEST(problem("{text: null}") ==
             "m.text: expected text, found null | leave the key out for the default, x");
  BOOST_TEST(problem("{text: {a: 1}}") == "m.text: expected text, found a map");
  BOOST_TEST(problem("{path: ''}") == "m.path: expected a path, found the text ''");
  BOOST_TEST(problem("{choice: gren}") ==
             "m.choice: expected one of red, green, found 'gren' | did you mean 'green'?");
  BOOST_TEST(problem("{group: 5}") == "m.group: expected a map, found '5'");
  BOOST_TEST(problem("{group: {a: x, b: y}}") == "m.group.a: expected an integer, found 'x'");
  BOOST_TEST(problem("{group: {}}") == "m.group.b: missing: expected text | add `b: TEXT`");
  BOOST_TEST(problem("{group: {b: x, c: 1}}") == "m.group.c: unknown key | keys: a, b");
  BOOST_TEST(problem("{integers: 5}") ==
             "m.integers: expected a list, each element an integer of at most 5, found '5' | write "
             "[5]");
  BOOST_TEST(problem("{integers: [1, 6]}") ==
             "m.integers.1: expected an integer of at most 5, found '6'");
  BOOST_TEST(problem("{texts: [null]}") == "m.texts.0: expected text, found null");
}

BOOST_AUTO_TEST_CASE(a_name_like_no_other_says_where_was_looked) {
  BOOST_TEST(
      problem("{rate: {type: nothing_like_it}}") ==
      "m.rate.type: no schedule 'nothing_like_it' | schedules: constant, cosine, warmup_cosine; "
      "`assay plugins list schedule`\n      = searched: /usr/lib/assay/plugins");
  BOOST_TEST(problem("{rate: {type: cosin}}").find("searched") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(why_a_library_was_refused_comes_first) {
  const std::string refused = "\n      = refused: /mine/refused.so: it is empty";
  BOOST_TEST(problem("{rate: {type: refused}}").find(refused + "\n      = searched: /usr/lib/") !=
             std::string::npos);
  BOOST_TEST(problem("{rate: refused}").ends_with(refused));
}

BOOST_AUTO_TEST_CASE(rates) {
  BOOST_TEST(problem("{rate: -1}") ==
             "m.rate: expected a number of at least 0 or a schedule, found '-1'");
  BOOST_TEST(problem("{rate: 1_0}") ==
             "m.rate: expected a number of at least 0 or a schedule, found '1_0' | write 10");
  BOOST_TEST(problem("{rate: 1.2.3}") ==
             "m.rate: expected a number of at least 0 or a schedule, found '1.2.3'");
  BOOST_TEST(
      problem("{rate: null}") ==
      "m.rate: expected a number of at least 0 or a schedule, found null | leave the key out "
      "for the default, 0.1");
  BOOST_TEST(problem("{rate: cosin}")
                 .starts_with("m.rate: expected a number of at least 0 or a schedule, found "
                              "'cosin' | did you mean 'cosine'?  (schedules: constant, cosine, "
                              "warmup_cosine; `assay plugins list schedule`)"));
  BOOST_TEST(problem("{rate: {type: cosine, init_value: 1}}") ==
             "m.rate.decay_steps: missing: expected an integer of at least 1 | add `decay_steps: "
             "INTEGER`");
}

BOOST_AUTO_TEST_CASE(components) {
  BOOST_TEST(problem("{component: {type: top_k, n: 3, k: 1}}") ==
             "m.component.n: metric 'top_k' has no such option | keys: k");
  BOOST_TEST(problem("{component: {type: loss, n: 3}}") ==
             "m.component.n: metric 'loss' has no such option | it has no options");
  BOOST_TEST(problem("{component: {k: 3}}") ==
             "m.component: missing: type, the name of a metric | metrics: accuracy, loss, top_k; "
             "`assay plugins list metric`");
  BOOST_TEST(problem("{component: {typ: loss}}").find("did you mean 'type'?") != std::string::npos);
  BOOST_TEST(problem("{component: {type: [loss]}}") ==
             "m.component.type: expected the name of a metric, found a list | metrics: accuracy, "
             "loss, top_k; `assay plugins list metric`");
  BOOST_TEST(problem("{component: 5}").starts_with("m.component: no metric '5' | metrics: "));
  BOOST_TEST(
      problem("{component: null}") ==
      "m.component: expected the name of a metric, or {type: NAME, ...}, found null | metrics: "
      "accuracy, loss, top_k; `assay plugins list metric`");
  BOOST_TEST(
      problem("{component: mlp}").starts_with("m.component: no metric 'mlp': that is a model"));
}

BOOST_AUTO_TEST_CASE(mistakes_of_plugins_are_named) {
  static constexpr Parameter wrong[] = {{.name = "n", .type = integer, .fallback = "many"}};
  static constexpr Parameter endless[] = {
      {.name = "a", .type = component, .fallback = "endless", .kind = Kind::loss},
      {.name = "b", .type = component, .fallback = "endless", .kind = Kind::loss}};
  FakeCatalogue catalogue;
  catalogue.add(Kind::loss, "wrong", wrong);
  catalogue.add(Kind::loss, "endless", endless);
  BOOST_TEST(plan_of(experiment("loss: wrong", "loss"), catalogue).problems ==
             "assay: error: loss.n: expected an integer, found 'many'\n"
             "assay: error: loss.n: its default, many, is not valid\n"
             "      = this is a mistake in the plugin; giving the option a value avoids it\n");
  const std::string problems = plan_of(experiment("loss: endless", "loss"), catalogue).problems;
  BOOST_TEST(problems.find("loss.a: endless defaults: each contains another component") !=
             std::string::npos);
  BOOST_TEST(problems.size() < 2000U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace assay::test
