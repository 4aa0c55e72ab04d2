#include "runner/conformance/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "runner/base/suggest.h"
#include "runner/base/utf8.h"
#include "runner/base/wording.h"
#include "runner/conformance/configured.h"
#include "runner/plugin_host/library.h"

namespace assay::conformance {
namespace {

bool has_option(const Component& component, std::string_view name) {
  return std::ranges::any_of(plugin_host::parameters(component),
                             [&](const Parameter& p) { return p.name == name; });
}

std::vector<std::string> options_of(std::span<const Component* const> components) {
  std::vector<std::string> names;
  for (const Component* component : components)
    for (const Parameter& p : plugin_host::parameters(*component))
      if (std::ranges::find(names, p.name) == names.end()) names.emplace_back(p.name);
  return names;
}

std::string who(const Component& component) {
  return fmt::format("{} {}", name_of(component.kind), component.name);
}

std::int64_t characters(std::string_view text) {
  return static_cast<std::int64_t>(base::characters(text));
}

// Splits "a.b.c=1" into "a", "b", "c".
std::vector<std::string_view> words_of(std::string_view text) {
  text = text.substr(0, text.find('='));
  std::vector<std::string_view> words;
  for (std::size_t dot = 0; dot != text.npos;) {
    dot = text.find('.');
    words.push_back(text.substr(0, dot));
    if (dot != text.npos) text.remove_prefix(dot + 1);
  }
  return words;
}

// Returns the place of a word in the text.
config::Location place(const std::string& text, std::string_view word) {
  const std::string_view before(text.data(), static_cast<std::size_t>(word.data() - text.data()));
  return {source_of(text), 1, 1 + characters(before), characters(word)};
}

}  // namespace

Settings::Settings(std::span<const std::string> texts, std::span<const Component* const> components,
                   const std::string& library) {
  config::Diagnostics problems;
  for (const std::string& text : texts)
    settings_.push_back(understood(text, components, library, problems));
  if (!problems.empty()) throw WrongSettings(std::move(problems));
}

Settings::Setting Settings::understood(const std::string& text,
                                       std::span<const Component* const> components,
                                       const std::string& library,
                                       config::Diagnostics& problems) const {
  const std::vector<std::string_view> words = words_of(text);
  std::vector<const Component*> all, this_one, of_this_name, with_option;
  for (const Component* component : components) {
    all.push_back(component);
    if (has_option(*component, words[0])) with_option.push_back(component);
    if (words.size() > 1 && words[0] == component->name) of_this_name.push_back(component);
    if (words.size() > 2 && words[0] == name_of(component->kind) && words[1] == component->name)
      this_one.push_back(component);
  }
  const auto complain = [&](std::string_view word, std::string message,
                            const std::vector<std::string>& names, std::string_view list) {
    const std::string all_names =
        names.empty() ? "" : fmt::format("{}: {}", list, base::listed(names));
    problems.error(place(text, word), std::string(word), std::move(message),
                   base::hint_of(base::suggest(std::string(word), names), all_names));
    return Setting{text, text, {}};
  };
  const auto for_one = [&](const Component& component, std::string_view option) {
    const auto at = static_cast<std::size_t>(option.data() - text.data());
    if (!has_option(component, option)) {
      const Component* const alone = &component;
      return complain(option, fmt::format("the {} has no such option", who(component)),
                      options_of({&alone, 1}), "options");
    }
    return Setting{text, text.substr(at), {&component}};
  };
  if (!this_one.empty()) return for_one(*this_one.front(), words[2]);
  if (!with_option.empty()) return {text, text, with_option};
  if (of_this_name.size() == 1) return for_one(*of_this_name.front(), words[1]);
  if (!of_this_name.empty()) {
    problems.error(place(text, words[0]), std::string(words[0]),
                   fmt::format("several components of {} have this name", library),
                   fmt::format("name one: {}.{}", name_of(of_this_name.front()->kind), text));
    return {text, text, {}};
  }
  if (const auto kind = kind_from_name(words[0]); kind && words.size() > 2) {
    std::vector<std::string> names;
    for (const Component* component : components)
      if (component->kind == *kind) names.emplace_back(component->name);
    return complain(words[1], fmt::format("{} has no {} of this name", library, words[0]), names,
                    "it has");
  }
  return complain(words[0], fmt::format("no component of {} has this option", library),
                  options_of(all), "options");
}

std::vector<std::string> Settings::of(Kind kind, std::string_view name) const {
  std::vector<std::string> list;
  for (const Setting& setting : settings_)
    for (const Component* component : setting.components)
      if (component->kind == kind && component->name == name) list.push_back(setting.own);
  return list;
}

config::Diagnostics Settings::as_written(const config::Diagnostics& problems) const {
  config::Diagnostics result;
  for (config::Diagnostic d : problems.sorted()) {
    const std::string own = d.where.source->text;
    const auto setting = std::ranges::find(settings_, own, &Setting::own);
    if (setting != settings_.end()) {
      const std::size_t more = setting->written.size() - own.size();
      d.where.source = source_of(setting->written);
      if (d.where.line == 1)
        d.where.column += characters(std::string_view(setting->written).substr(0, more));
    }
    result.error(d.where, d.key, d.message, d.hint);
  }
  return result;
}

}  // namespace assay::conformance
