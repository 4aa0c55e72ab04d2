#include <boost/test/unit_test.hpp>

#include "runner/base/suggest.h"
#include "runner/base/utf8.h"
#include "runner/base/wording.h"

namespace assay::test {

BOOST_AUTO_TEST_SUITE(words)

BOOST_AUTO_TEST_CASE(utf8) {
  const auto code = [](std::string_view text) {
    const auto character = base::character_at(text, 0);
    return character ? static_cast<long>(character->code) : -1L;
  };
  BOOST_TEST(code("a") == 'a');
  BOOST_TEST(code("é") == 0xE9);
  BOOST_TEST(code("漢") == 0x6F22);
  BOOST_TEST(code("😀") == 0x1F600);
  // Overlong, a surrogate, beyond Unicode, a lone continuation, cut off (RFC 3629).
  for (const char* bad :
       {"\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\x80", "\xE6\xBC", "\xFF"})
    BOOST_TEST(code(bad) == -1);
  BOOST_TEST(base::characters("aé漢😀") == 4U);
  BOOST_TEST(base::width("ae\u0301漢😀") == 6U);
  BOOST_TEST(base::width("a\xFF") == 2U);
}

BOOST_AUTO_TEST_CASE(distances) {
  BOOST_TEST(base::edit_distance("", "abc") == 3U);
  BOOST_TEST(base::edit_distance("kitten", "sitting") == 3U);
  BOOST_TEST(base::edit_distance("sdg", "sgd") == 1U);
  BOOST_TEST(base::edit_distance("ca", "abc") == 3U);  // the unrestricted distance would be 2
}

BOOST_AUTO_TEST_CASE(suggestions) {
  const std::vector<std::string> names = {"adam", "sgd", "learning_rate", "seed"};
  const auto suggest = [&names](const char* word) { return base::suggest(word, names); };
  BOOST_TEST(suggest("sdg") == "sgd");
  BOOST_TEST(suggest("Adam") == "adam");
  BOOST_TEST(suggest("learningrate") == "learning_rate");
  BOOST_TEST(suggest("sed") == "seed");
  BOOST_TEST(suggest("xyz") == "");
  BOOST_TEST(suggest("momentum") == "");
  BOOST_TEST(suggest("") == "");
  BOOST_TEST(base::suggest("a", std::vector<std::string>{"b"}) == "");
  const auto among = [](const char* word, std::vector<std::string> others) {
    return base::suggest(word, others);
  };
  // In short words, similarity by chance gives no suggestion.
  BOOST_TEST(among("nope", {"name", "seed", "model"}) == "");
  BOOST_TEST(among("xml", {"mlp"}) == "");
  BOOST_TEST(among("cnn", {"mlp"}) == "");
  BOOST_TEST(among("lose", {"loss", "model"}) == "loss");
  BOOST_TEST(among("loger", {"loss", "loggers"}) == "loggers");
  BOOST_TEST(among("moedl", {"mode", "model"}) == "model");
  BOOST_TEST(among("adma", {"adam", "adamax"}) == "adam");
  // Beginnings and last parts.
  BOOST_TEST(among("opt", {"hooks", "optimizer"}) == "optimizer");
  BOOST_TEST(among("batch", {"batch_size", "block_rows"}) == "batch_size");
  BOOST_TEST(among("num_epochs", {"epochs", "steps"}) == "epochs");
  BOOST_TEST(among("max_steps", {"epochs", "steps"}) == "steps");
  BOOST_TEST(among("hidden_sizes", {"hidden", "init"}) == "hidden");
  // Abbreviations and other programs' names.
  BOOST_TEST(among("lr", {"learning_rate", "momentum"}) == "learning_rate");
  BOOST_TEST(among("LR", {"learning_rate", "momentum"}) == "learning_rate");
  BOOST_TEST(among("lr", {"momentum"}) == "");
  BOOST_TEST(among("bs", {"b1", "batch_size"}) == "batch_size");
  BOOST_TEST(among("wd", {"weight_decay"}) == "weight_decay");
  BOOST_TEST(among("defaults", {"extends"}) == "extends");
}

BOOST_AUTO_TEST_CASE(misspellings) {
  for (const auto& [word, meant] :
       {std::pair("sdg", "sgd"), std::pair("trian", "train"), std::pair("hoks", "hooks"),
        std::pair("tpye", "type"), std::pair("lerning_rat", "learning_rate")})
    BOOST_TEST(base::is_misspelling(word, meant), word << " for " << meant);
  for (const auto& [word, meant] :
       {std::pair("sgd", "sgd"), std::pair("tep", "type"), std::pair("opt", "optimizer"),
        std::pair("lr", "learning_rate"), std::pair("", "a"), std::pair("loss", "hooks")})
    BOOST_TEST(!base::is_misspelling(word, meant), word << " for " << meant);
}

BOOST_AUTO_TEST_CASE(quotes) {
  BOOST_TEST(base::quoted("a\nb") == "'a\\nb'");
  BOOST_TEST(base::quoted(std::string(61, 'x')) == "'" + std::string(60, 'x') + "...'");
  BOOST_TEST(base::listed(std::vector<std::string>{"a", "b"}) == "a, b");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace assay::test
