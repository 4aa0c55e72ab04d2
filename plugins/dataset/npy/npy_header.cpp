#include "npy_header.h"

#include <algorithm>
#include <charconv>
#include <system_error>

#include "assay/error.h"

namespace assay::npy {
namespace {

class Parser {
 public:
  explicit Parser(std::string_view text) : rest_(text) {}

  Header header() {
    Header header;
    std::vector<std::string> seen;
    expect("{");
    while (!take("}")) {
      const std::string key = quoted();
      if (std::ranges::count(seen, key) != 0) fail("'" + key + "' occurs twice");
      seen.push_back(key);
      expect(":");
      if (key == "descr") header.type = type();
      else if (key == "fortran_order") header.fortran_order = boolean();
      else if (key == "shape") header.shape = shape();
      else fail("'" + key + "' is not a key of it");
      if (take("}")) break;
      expect(",");
    }
    skip_blanks();
    if (!rest_.empty()) fail("something follows the closing brace");
    if (seen.size() != 3) fail("expected the keys descr, fortran_order and shape");
    return header;
  }

 private:
  [[noreturn]] static void fail(const std::string& what) {
    throw Error("its header cannot be read: " + what);
  }

  void skip_blanks() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
  }
  bool take(std::string_view token) {
    skip_blanks();
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }
  void expect(std::string_view token) {
    if (!take(token)) fail("expected '" + std::string(token) + "'");
  }

  std::string quoted() {
    const std::string_view quote = take("'") ? "'" : "\"";
    if (quote == "\"") expect(quote);
    const std::size_t end = rest_.find(quote);
    if (end == std::string_view::npos) fail("a text without its closing quote");
    const std::string text(rest_.substr(0, end));
    rest_.remove_prefix(end + 1);
    return text;
  }
  std::string type() {
    skip_blanks();
    if (rest_.starts_with("["))
      throw Error("it holds records of several fields; expected an array of plain numbers");
    return quoted();
  }
  bool boolean() {
    const bool value = take("True");
    if (!value) expect("False");
    return value;
  }
  std::vector<std::int64_t> shape() {
    std::vector<std::int64_t> dimensions;
    expect("(");
    while (!take(")")) {
      dimensions.push_back(whole_number());
      if (take(")")) break;
      expect(",");
    }
    return dimensions;
  }
  std::int64_t whole_number() {
    skip_blanks();
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), number);
    if (error != std::errc() || number < 0) fail("expected a dimension, a whole number");
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return number;
  }

  std::string_view rest_;
};

}  // namespace

Header parse_header(std::string_view text) { return Parser(text).header(); }

}  // namespace assay::npy
