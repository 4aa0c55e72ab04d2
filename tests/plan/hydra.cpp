// Compares command-line arguments with how Hydra 1.3.8 reads them
// (tests/reference/hydra_arguments.json).
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "runner/base/wording.h"
#include "runner/config/argument.h"
#include "runner/plan/scalar.h"
#include "tests/support/reference.h"

namespace assay::test {
namespace {

using config::Node;
using Json = nlohmann::json;

// The arguments that Assay reads differently, and why.
const std::map<std::string, std::string> differences = {
    {"=1", "a key needs a name; to Hydra this is the whole config"},
    {"a=", "no value is no text: it is asked for"},
    {"a=1_000", "numbers have no underscores"},
    {"a=1e400", "a number is finite"},
    {"a=True", "booleans are true and false"},
    {"a=~", "null, as in YAML"},
    {"a=x=y", "nothing but a text"},
    {"a=it's", "nothing but a text"},
    {"a=x'y'", "nothing but a text"},
    {"a={'a': 1}", "a key may be in quotes"},
    {"a=x#y", "any character may be in a text"},
    {"a=x;y", "any character may be in a text"},
    {"a=&x", "any character may be in a text"},
    {"a=!x", "any character may be in a text"},
    {"a=x<y", "any character may be in a text"},
    {"a b=1", "the experiment does not know such a key"},
    {"a=[a=b]", "nothing but a text"},
};

std::string action(config::Action action) {
  switch (action) {
    case config::Action::set: return "CHANGE";
    case config::Action::add: return "ADD";
    case config::Action::set_or_add: return "FORCE_ADD";
    case config::Action::remove: return "DEL";
  }
  return {};
}

// Converts a node, with each scalar's type as an option of any type would read it.
Json typed(const Node& node) {
  Json json;
  switch (node.kind) {
    case Node::Kind::null: return nullptr;
    case Node::Kind::list:
      json = Json::array();
      for (const Node& element : node.list) json.push_back(typed(element));
      return json;
    case Node::Kind::map:
      json = Json::object();
      for (const Node::Entry& entry : node.map) json[entry.key] = typed(entry.value);
      return json;
    case Node::Kind::scalar: break;
  }
  if (const auto value = plan::boolean(node).value) return *value;
  if (const auto value = plan::integer(node).value) return *value;
  if (const auto value = plan::number(node).value) return *value;
  return node.scalar;
}

Json parsed(const std::string& text) {
  config::Diagnostics diagnostics;
  std::size_t values_left = 1000;
  const auto source =
      std::make_shared<const config::Source>(config::Source{"argument 1", {}, text});
  const auto argument = config::read_argument(source, values_left, diagnostics);
  BOOST_TEST(argument.has_value() == diagnostics.empty());
  if (!argument) return nullptr;
  std::string key;
  for (const std::string& part : argument->path) key = base::joined(key, part);
  return {{"action", action(argument->action)},
          {"key", key},
          {"value", argument->value ? typed(*argument->value) : Json(nullptr)}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hydra)

BOOST_AUTO_TEST_CASE(arguments) {
  std::ifstream file(reference_file("hydra_arguments.json"));
  std::size_t same = 0, different = 0;
  for (Json theirs : Json::parse(file)) {
    const std::string argument = theirs.at("argument");
    theirs.erase("argument");
    const Json ours = parsed(argument);
    // A sweep means several runs, which is an error here.
    const bool agrees =
        theirs.contains("error") || theirs.contains("sweep") ? ours.is_null() : ours == theirs;
    const std::string trimmed = argument.substr(0, argument.find_last_not_of(' ') + 1);
    const auto difference = differences.find(trimmed);
    if (difference == differences.end()) {
      BOOST_TEST(agrees, argument << ": Hydra " << theirs.dump() << ", here " << ours.dump());
      ++same;
    } else {
      BOOST_TEST(!agrees, argument << " does not differ: " << ours.dump());
      BOOST_TEST_MESSAGE(argument << ": " << difference->second);
      ++different;
    }
  }
  BOOST_TEST_MESSAGE(same << " arguments as in Hydra, " << different << " not");
  BOOST_TEST(different == differences.size());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace assay::test
