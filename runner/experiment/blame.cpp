#include "runner/experiment/blame.h"

#include <fmt/format.h>

#include <cctype>

#include "runner/base/utf8.h"
#include "runner/base/wording.h"
#include "runner/config/places.h"

namespace assay::experiment {
namespace {

config::Location within(const config::Location& value, const Blame::Word& word) {
  if (value.source == nullptr || value.line == 0) return value;
  config::Location where = config::Places(value.source).find(value, word.value);
  const auto columns = [](std::string_view text) {
    return static_cast<std::int64_t>(base::characters(text));
  };
  if (where.length != columns(word.value)) return value;  // the config writes it differently
  where.column += columns(std::string_view(word.value).substr(0, word.at));
  where.length = columns(word.word);
  return where;
}

bool names(std::string_view message, std::string_view option) {
  const auto is_letter = [&](std::size_t at) {
    return at < message.size() &&
           (std::isalnum(static_cast<unsigned char>(message[at])) != 0 || message[at] == '_');
  };
  for (std::size_t at = message.find(option); at != message.npos; at = message.find(option, at + 1))
    if ((at == 0 || !is_letter(at - 1)) && !is_letter(at + option.size())) return true;
  return false;
}

bool is_size(const plan::Value& value) {
  return std::holds_alternative<std::int64_t>(value.data) ||
         std::holds_alternative<plan::List>(value.data);
}

}  // namespace

std::string Blame::set_by_arguments(const Part& part, const std::string& message, By by) {
  if (part.component == nullptr) return {};
  std::string text;
  for (const auto& [name, value] : part.component->values.entries()) {
    if (value.where.source == nullptr || !value.where.source->path.empty()) continue;
    if (!names(message, name) && (by == By::component || !is_size(value))) continue;
    text +=
        fmt::format("{}{} is set by {}", text.empty() ? "" : ", ", name, value.where.source->name);
  }
  return text;
}

void Blame::report(const Part& part, const std::string& option, const std::optional<Word>& word,
                   const std::string& message, const std::string& hint) {
  config::Location where = part.where;
  std::string key = part.key;
  bool is_text_of_the_config = false;
  if (part.component != nullptr) {
    const auto way = plan::way_to(part.component->values, option);
    for (const plan::Value* value : way)
      if (value->where.source != nullptr) where = value->where;
    if (!way.empty()) key = base::joined(key, option);
    is_text_of_the_config = !way.empty() && way.back()->where.source != nullptr &&
                            std::holds_alternative<std::string>(way.back()->data);
    if (part.component->soundness != plan::Soundness::sound && !is_text_of_the_config) return;
  }
  diagnostics_.error(word ? within(where, *word) : where, key, message, hint);
}

}  // namespace assay::experiment
