#include "runner/base/json_text.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace assay::base {
namespace {

std::string quoted_text(std::string_view text) {
  return nlohmann::json(std::string(text))
      .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

void JsonText::key(std::string_view name) {
  element();
  text_ += quoted_text(name);
  text_ += layout_ == Layout::lines ? ": " : ":";
  after_key_ = true;
}

void JsonText::value(std::string_view text) {
  element();
  text_ += quoted_text(text);
}

void JsonText::value(bool truth) {
  element();
  text_ += truth ? "true" : "false";
}

void JsonText::value(double number) {
  if (std::isnan(number)) return value("NaN");
  if (std::isinf(number)) return value(number > 0 ? "Infinity" : "-Infinity");
  element();
  text_ += nlohmann::json(number).dump();
}

void JsonText::value(const std::vector<std::string>& texts) {
  begin_array();
  for (const std::string& text : texts) value(text);
  end_array();
}

void JsonText::begin(char mark) {
  element();
  text_ += mark;
  has_elements_.push_back(false);
}

void JsonText::end(char mark) {
  const bool is_empty = !has_elements_.back();
  has_elements_.pop_back();
  if (!is_empty) new_line();
  text_ += mark;
}

// Writes what comes before a key, or before a value that has none.
void JsonText::element() {
  if (!after_key_ && !has_elements_.empty()) {
    if (has_elements_.back()) text_ += ',';
    has_elements_.back() = true;
    new_line();
  }
  after_key_ = false;
}

void JsonText::new_line() {
  if (layout_ == Layout::compact) return;
  text_ += '\n';
  text_.append(2 * has_elements_.size(), ' ');
}

}  // namespace assay::base
