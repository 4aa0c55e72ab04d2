// Writes JSON as text, value by value.
//
// It builds no tree: a tree of nlohmann/json allocates when it is destroyed, and so ends a process
// that has no memory left.
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <vector>

namespace assay::base {

class JsonText {
 public:
  enum class Layout {
    lines,   ///< a line for each value, indented by two blanks
    compact  ///< no blanks
  };
  explicit JsonText(Layout layout = Layout::lines) : layout_(layout) {}

  void begin_object() { begin('{'); }
  void end_object() { end('}'); }
  void begin_array() { begin('['); }
  void end_array() { end(']'); }

  /// Writes a key of an object. A value, an object or an array follows.
  void key(std::string_view name);

  /// Writes a text. Bytes that are not UTF-8 are replaced.
  void value(std::string_view text);
  void value(const char* text) { value(std::string_view(text)); }
  void value(bool truth);
  /// Writes a number that reads back as the same one. JSON has no NaN and no infinities: these are
  /// the texts "NaN", "Infinity" and "-Infinity".
  void value(double number);
  template <std::integral Number>
  void value(Number number) {
    element();
    text_ += std::to_string(number);
  }
  void value(const std::vector<std::string>& texts);

  template <class Value>
  void field(std::string_view name, const Value& content) {
    key(name);
    value(content);
  }

  /// Returns what was written.
  const std::string& text() const { return text_; }

 private:
  void begin(char mark);
  void end(char mark);
  void element();
  void new_line();

  Layout layout_;
  std::string text_;
  std::vector<bool> has_elements_;  ///< of each object and array that is open
  bool after_key_ = false;
};

}  // namespace assay::base
