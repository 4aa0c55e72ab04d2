#include "runner/experiment/blame.h"

#include <fmt/format.h>

#include "runner/config/places.h"
#include "runner/config/utf8.h"
#include "runner/config/wording.h"

namespace assay::experiment {
namespace {

config::Location within(const config::Location& value, const Blame::Word& word) {
  if (value.source == nullptr || value.line == 0) return value;
  config::Location where = config::Places(value.source).find(value, word.value);
  const auto columns = [](std::string_view text) {
    return static_cast<std::int64_t>(config::characters(text));
  };
  if (where.length != columns(word.value)) return value;  // it is not written there as it is
  where.column += columns(std::string_view(word.value).substr(0, word.at));
  where.length = columns(word.word);
  return where;
}

// Of a component that is wrong as a whole: what its place does not show.
std::string set_by_arguments(const plan::ComponentPlan& component) {
  std::string text;
  for (const auto& [name, value] : component.values.entries())
    if (value.where.source != nullptr && value.where.source->path.empty())
      text += fmt::format("{}{} is set by {}", text.empty() ? "" : ", ", name,
                          value.where.source->name);
  return text;
}

}  // namespace

void Blame::report(const Part& part, const std::string& option, const std::optional<Word>& word,
                   const std::string& message, const std::string& hint) {
  config::Location where = part.where;
  std::string key = part.key;
  bool is_text_of_the_config = false;
  if (part.component != nullptr) {
    const auto way = plan::way_to(part.component->values, option);
    for (const plan::Value* value : way)
      if (value->where.source != nullptr) where = value->where;
    if (!way.empty()) key = config::joined(key, option);
    is_text_of_the_config = !way.empty() && way.back()->where.source != nullptr &&
                            std::holds_alternative<std::string>(way.back()->data);
    if (part.component->soundness != plan::Soundness::sound && !is_text_of_the_config) return;
  }
  const std::string arguments =
      part.component != nullptr && key == part.key ? set_by_arguments(*part.component) : "";
  diagnostics_.error(word ? within(where, *word) : where, key, message,
                     hint + (hint.empty() || arguments.empty() ? "" : "; ") + arguments);
}

}  // namespace assay::experiment
