#include "runner/experiment/blame.h"

#include <fmt/format.h>

#include <cctype>
#include <functional>
#include <vector>

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

const plan::ComponentPlan* nested_in(const plan::Value& value) {
  return std::get_if<plan::ComponentPlan>(&value.data);
}

// Returns the place that determines a value: for a component whose type an argument has changed,
// that is the argument.
const config::Location& written_at(const plan::Value& value) {
  const plan::ComponentPlan* nested = nested_in(value);
  return nested != nullptr && nested->where.is_in_argument() ? nested->where : value.where;
}

using Setting = std::pair<std::string, plan::Value>;

std::vector<const Setting*> set_by_arguments_in(const plan::ComponentPlan& component,
                                                const std::function<bool(const Setting&)>& counts) {
  std::vector<const Setting*> found;
  for (const Setting& setting : component.values.entries())
    if (setting.second.where.is_in_argument() && counts(setting)) found.push_back(&setting);
  return found;
}

// Returns "a is set by argument 1, b is set by argument 2".
std::string listed(const std::vector<const Setting*>& settings) {
  std::string text;
  for (const Setting* setting : settings)
    text += fmt::format("{}{} is set by {}", text.empty() ? "" : ", ", setting->first,
                        setting->second.where.source->name);
  return text;
}

}  // namespace

std::string Blame::set_by_arguments(const Part& part, const std::string& message, By by) {
  if (part.component == nullptr) return {};
  return listed(set_by_arguments_in(*part.component, [&](const Setting& s) {
    return names(message, s.first) || (by == By::host && is_size(s.second));
  }));
}

void Blame::report(const Part& part, const plugin_host::ComponentError& error) {
  const std::string& option = error.option();
  const std::string& message = error.message();
  if (option.empty() || part.component == nullptr)
    return report(part, option, message, set_by_arguments(part, message, By::component));
  const plan::ComponentPlan* blamed = part.component;
  const auto way = plan::way_to(part.component->values, option);
  for (const plan::Value* value : way)
    if (const auto* nested = nested_in(*value)) blamed = nested;
  const bool whole = !way.empty() && blamed == nested_in(*way.back());
  const config::Location& where = way.empty() ? part.where : written_at(*way.back());
  const auto from_elsewhere = [&where](const Setting& setting) {
    return setting.second.where.source != where.source;
  };
  auto causes = set_by_arguments_in(*blamed, [&](const Setting& setting) {
    return from_elsewhere(setting) && names(message, setting.first);
  });
  if (whole && causes.empty()) causes = set_by_arguments_in(*blamed, from_elsewhere);
  if (whole && causes.size() == 1 && !where.is_in_argument())
    return report(part, base::joined(option, causes.front()->first), message);
  report(part, option, message, listed(causes));
}

std::optional<Blame::Place> Blame::place_of(const Part& part, const std::string& option) const {
  Place place{part.where, part.key};
  if (part.component == nullptr) return place;
  const auto way = plan::way_to(part.component->values, option);
  for (const plan::Value* value : way)
    if (value->where.source != nullptr) place.where = written_at(*value);
  if (!way.empty()) place.key = base::joined(part.key, option);
  const bool is_text_of_the_config = !way.empty() && way.back()->where.source != nullptr &&
                                     std::holds_alternative<std::string>(way.back()->data);
  if (draft_.soundness(part.key) != plan::Soundness::sound && !is_text_of_the_config)
    return std::nullopt;
  return place;
}

void Blame::report(const Part& part, const std::string& option, const std::optional<Word>& word,
                   const std::string& message, const std::string& hint) {
  if (auto place = place_of(part, option))
    diagnostics_.error(word ? within(place->where, *word) : place->where, place->key, message,
                       hint);
}

void Blame::warn(const Part& part, const std::string& option, const std::string& message,
                 const std::string& hint) {
  if (auto place = place_of(part, option))
    diagnostics_.warning(place->where, place->key, message, hint);
}

}  // namespace assay::experiment
