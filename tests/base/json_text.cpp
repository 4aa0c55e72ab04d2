// JSON as text, compared with what nlohmann/json writes and reads.
#include "runner/base/json_text.h"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

using assay::base::JsonText;
using Tree = nlohmann::ordered_json;

BOOST_AUTO_TEST_SUITE(json_text)

namespace {

const std::vector<std::string> texts = {"a\"b\\", "\n\x01", "\xe2\x82\xac"};

std::string written(JsonText::Layout layout) {
  JsonText json(layout);
  json.begin_object();
  json.field("texts", texts);
  json.field("none", std::vector<std::string>());
  json.key("numbers");
  json.begin_array();
  for (const double number : {0.1, 5.0, -1e300, 5e-324}) json.value(number);
  json.value(std::numeric_limits<std::uint64_t>::max());
  json.value(std::numeric_limits<std::int64_t>::min());
  json.value(true);
  json.end_array();
  json.key("empty");
  json.begin_object();
  json.end_object();
  json.key("deep");
  json.begin_array();
  json.begin_object();
  json.field("key \"in\" quotes", "x");
  json.end_object();
  json.end_array();
  json.end_object();
  return json.text();
}

}  // namespace

BOOST_AUTO_TEST_CASE(it_is_what_a_tree_would_be_written_as) {
  const Tree tree = {{"texts", texts},
                     {"none", Tree::array()},
                     {"numbers",
                      {0.1, 5.0, -1e300, 5e-324, std::numeric_limits<std::uint64_t>::max(),
                       std::numeric_limits<std::int64_t>::min(), true}},
                     {"empty", Tree::object()},
                     {"deep", Tree::array({Tree::object({{"key \"in\" quotes", "x"}})})}};
  BOOST_TEST(written(JsonText::Layout::lines) == tree.dump(2));
  BOOST_TEST(written(JsonText::Layout::compact) == tree.dump());
}

BOOST_AUTO_TEST_CASE(what_json_lacks_is_text) {
  JsonText json;
  json.begin_array();
  for (const double number : {std::nan(""), HUGE_VAL, -HUGE_VAL}) json.value(number);
  json.value("\xff");
  json.end_array();
  const Tree read = Tree::parse(json.text());
  BOOST_TEST((read == Tree({"NaN", "Infinity", "-Infinity", "\xef\xbf\xbd"})));
}

BOOST_AUTO_TEST_SUITE_END()
