// Checks that every error of yaml-cpp's scanner and parser gets a message of our own.
#include "runner/config/mistakes/syntax_error.h"

#include <fmt/format.h>
#include <yaml-cpp/exceptions.h>

#include <boost/test/unit_test.hpp>

#include "runner/config/reader.h"
#include "tests/config/show.h"

namespace assay::test {
namespace {

namespace Said = YAML::ErrorMsg;

// All errors that yaml-cpp 0.7.0 throws in src/scan*.cpp, src/exp.cpp and src/single*.cpp. Those
// about directives never occur, because config/directive.h checks directives first.
const std::vector<std::string> all = {
    Said::ALIAS_NOT_FOUND,    Said::ANCHOR_NOT_FOUND,
    Said::BAD_FILE,           Said::BLOCK_ENTRY,
    Said::CHAR_IN_ALIAS,      Said::CHAR_IN_ANCHOR,
    Said::CHAR_IN_BLOCK,      Said::CHAR_IN_TAG_HANDLE,
    Said::DOC_IN_SCALAR,      Said::END_OF_MAP,
    Said::END_OF_MAP_FLOW,    Said::END_OF_SEQ,
    Said::END_OF_SEQ_FLOW,    Said::END_OF_VERBATIM_TAG,
    Said::EOF_IN_SCALAR,      Said::FLOW_END,
    Said::INVALID_ESCAPE,     Said::INVALID_HEX,
    Said::INVALID_UNICODE,    Said::MAP_KEY,
    Said::MAP_VALUE,          Said::MULTIPLE_ANCHORS,
    Said::MULTIPLE_TAGS,      Said::TAB_IN_INDENTATION,
    Said::TAG_WITH_NO_SUFFIX, Said::UNKNOWN_ANCHOR,
    Said::UNKNOWN_TOKEN,      Said::ZERO_INDENT_IN_BLOCK,
};

}  // namespace

BOOST_AUTO_TEST_SUITE(syntax_error)

BOOST_AUTO_TEST_CASE(all_are_translated) {
  const auto source = std::make_shared<const config::Source>(
      config::Source{"a.yaml", "/a.yaml", "a: {b: [c]}\nd: 'e'\n"});
  for (const std::string& message : all)
    for (int at = 0; at <= static_cast<int>(source->text.size()); ++at) {
      config::Diagnostics diagnostics;
      config::NodeBuilder builder(source, diagnostics);
      YAML::Mark mark;
      mark.pos = at;
      config::report(YAML::ParserException(mark, message), source->text, builder, diagnostics);
      BOOST_REQUIRE(diagnostics.size() == 1U);
      const config::Diagnostic problem = diagnostics.sorted().front();
      const std::string text = problem.message + problem.hint;
      BOOST_TEST(text.find(message) == std::string::npos, message << ": " << text);
      BOOST_TEST(text.find("not YAML") == std::string::npos, message << ": " << text);
    }
}

// A newer yaml-cpp may have further messages.
BOOST_AUTO_TEST_CASE(what_is_unknown_is_passed_on) {
  const auto source =
      std::make_shared<const config::Source>(config::Source{"a.yaml", "/a.yaml", "a: b"});
  config::Diagnostics diagnostics;
  config::NodeBuilder builder(source, diagnostics);
  config::report(YAML::ParserException(YAML::Mark(), "news"), source->text, builder, diagnostics);
  BOOST_TEST(diagnostics.text(false) ==
             "a.yaml:1:1: error: this is not YAML\n"
             "    1 | a: b\n"
             "      | ^ the parser says: news\n");
}

// Wherever the parser fails, the error is reported at the first line without its ':'.
BOOST_AUTO_TEST_CASE(a_key_without_colon_is_found_in_every_line) {
  const std::vector<std::string> lines = {"a: 1",   "b: {c: [d, 'e']}", "f:",    "  g: \"h\"",
                                          "  i: |", "    j: {",         "  k: l"};
  const std::vector<std::string> keys = {"a", "b", "f", "g", "i", {}, "k"};
  for (const char* comment : {"", " # x", " # y: z"})
    for (std::size_t without = 0; without < lines.size(); ++without) {
      if (keys[without].empty()) continue;
      std::string text;
      for (std::size_t i = 0; i < lines.size(); ++i) {
        std::string line = lines[i];
        if (i == without) line.erase(line.find(':'), 1) += comment;
        text += line + "\n";
      }
      const std::string said = read(text);
      const std::string expected =
          fmt::format("a.yaml:{}:{}: error: expected ':' and a value after the key '{}'\n",
                      without + 1, lines[without].find_first_not_of(' ') + 1, keys[without]);
      BOOST_TEST(said.starts_with(expected), text << said);
    }
}

BOOST_AUTO_TEST_CASE(keys_have_a_longest_length) {
  for (const auto& [before, after] :
       {std::pair{"", ": 1"}, std::pair{"'", "': 1"}, std::pair{"a: {b: c, ", ": 1}"},
        std::pair{"{'", "': 1}"}, std::pair{"a: [", ": 1]"}, std::pair{"a:\n  - ", ": 1"},
        std::pair{"a: 1\n", " : 1"}}) {
    const std::string text = before;
    const std::size_t marks = std::string(after).find(':') + (text.ends_with('\'') ? 1 : 0);
    const auto said = [&](std::size_t length) {
      return read(before + std::string(length - marks, 'k') + after);
    };
    BOOST_TEST(said(1024).find("error") == std::string::npos, before << said(1024));
    BOOST_TEST(said(1025).find("error: a key longer than 1,024 bytes") != std::string::npos,
               before << said(1025));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace assay::test
