#include "runner/plugin_host/manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "assay/detail/table_mistake.h"
#include "assay/number_text.h"
#include "runner/base/wording.h"
#include "runner/plan/schema.h"
#include "runner/plugin_host/default_check.h"
#include "runner/plugin_host/library.h"

namespace assay::plugin_host {
namespace {

constexpr std::uint32_t most_components = 1024;
constexpr std::string_view no_line = "is not one line of UTF-8 without control characters";

// Returns the problem with a name; empty if it is valid.
std::string name_mistake(const char* text) {
  if (text == nullptr) return "its name is a null pointer";
  if (is_name(text)) return {};
  if (!is_line(text)) return fmt::format("its name {}", no_line);
  return fmt::format("{} is not a name: expected lower-case letters, digits and underscores",
                     base::quoted(text));
}

// Returns the problem with a line; empty if it is valid. The line may be empty.
std::string line_mistake(const char* text, std::string_view what) {
  if (text == nullptr) return fmt::format("{} is a null pointer", what);
  return is_line(text) ? "" : fmt::format("{} {}", what, no_line);
}

// Returns the host's options that are siblings of a component's own options in a config.
std::set<std::string_view> names_of_the_host(Kind kind) {
  std::set<std::string_view> names = {"type"};
  for (const Parameter& p : plan::common_parameters(kind)) names.insert(p.name);
  return names;
}

class Inspection {
 public:
  std::vector<std::string> lines;

  void component(const Component& component, std::size_t index) {
    where_ = fmt::format("component {}", index);
    const bool kind_known = is_kind(component.kind);
    if (!kind_known)
      wrong("its kind is {}; there are 0 to {}", static_cast<std::uint32_t>(component.kind),
            kind_names.size() - 1);
    if (const std::string mistake = name_mistake(component.name); !mistake.empty()) {
      wrong("{}", mistake);
      return;
    }
    if (!kind_known) return;
    where_ = fmt::format("{} {}", name_of(component.kind), component.name);
    if (!names_.insert({component.kind, component.name}).second)
      wrong("it is offered twice; rename one of them");
    if (const auto mistake = line_mistake(component.doc, "its documentation (About::doc)");
        !mistake.empty())
      wrong("{}", mistake);
    else if (*component.doc == '\0') wrong("it has no documentation (About::doc is empty)");
    if (component.create == nullptr) wrong("it has no factory (create is a null pointer)");
    if (component.destroy == nullptr) wrong("it cannot be destroyed (destroy is a null pointer)");
    facets(component);
    left_ = most_parameters;
    path_.clear();
    endless_ = false;
    table(component.parameters, component.parameter_count, {}, names_of_the_host(component.kind));
  }

  /// Checks the defaults. Call it only if there is no mistake so far.
  void defaults(const Component& component, const DefaultCheck& defaults) {
    where_ = fmt::format("{} {}", name_of(component.kind), component.name);
    for (const Parameter& p : parameters(component)) default_of(p, {}, defaults);
  }

 private:
  template <class... Arguments>
  void wrong(fmt::format_string<Arguments...> text, Arguments&&... arguments) {
    lines.push_back(where_ + ": " + fmt::format(text, std::forward<Arguments>(arguments)...));
  }

  void facets(const Component& component) {
    if (component.facet_count > facet_names.size())
      return wrong("it counts {} facets; there are {}", component.facet_count, facet_names.size());
    if (component.facets == nullptr && component.facet_count > 0)
      return wrong("it counts {} facets, but their table is a null pointer", component.facet_count);
    std::set<FacetId> seen;
    for (const Facet& facet : plugin_host::facets(component)) {
      if (static_cast<std::size_t>(facet.id) >= facet_names.size())
        wrong("it has a facet {}; there are 0 to {}", static_cast<std::uint32_t>(facet.id),
              facet_names.size() - 1);
      else if (!seen.insert(facet.id).second) wrong("it has the facet {} twice", name_of(facet.id));
      else if (facet.of == nullptr)
        wrong("its facet {} cannot be reached (of is a null pointer)", name_of(facet.id));
    }
  }

  // Names the group of the table, in the form that follows an option in messages.
  static std::string of(const std::string& group) {
    return group.empty() ? "" : fmt::format(" of group '{}'", group);
  }

  void table(const Parameter* parameters, std::uint32_t count, const std::string& group,
             const std::set<std::string_view>& reserved) {
    if (count > most_parameters)
      return wrong("it counts {} parameters{}; expected {} at most", grouped(count), of(group),
                   grouped(most_parameters));
    if (parameters == nullptr && count > 0)
      return wrong("it counts {} parameters{}, but its table is a null pointer", grouped(count),
                   of(group));
    if (std::ranges::count(path_, parameters) > 0)
      return endless(fmt::format("the group '{}' contains itself", group));
    if (path_.size() > deepest_group)
      return endless(fmt::format("its groups are nested deeper than {}", deepest_group));
    path_.push_back(parameters);
    std::set<std::string_view> names;
    for (const Parameter& p : std::span(parameters, count)) {
      if (left_ == 0)
        return endless(
            fmt::format("it has more than {} parameters, including those of groups; does a group "
                        "contain itself?",
                        grouped(most_parameters)));
      --left_;
      if (const std::string mistake = name_mistake(p.name); !mistake.empty()) {
        wrong("parameter {}{}: {}; does the count of the table fit?", &p - parameters, of(group),
              mistake);
        break;
      }
      const std::string option = fmt::format("option '{}'{}", p.name, of(group));
      if (!names.insert(p.name).second) wrong("{}: it is declared twice", option);
      if (reserved.contains(p.name)) wrong("{}: this name is the host's; rename it", option);
      parameter(p, option);
      if (endless_) return;
    }
    path_.pop_back();
  }

  // Reports it once: it would hold for every group within.
  void endless(const std::string& mistake) {
    if (!endless_) wrong("{}", mistake);
    endless_ = true;
  }

  void parameter(const Parameter& p, const std::string& option) {
    constexpr auto last_type = static_cast<std::uint32_t>(last_parameter_type);
    if (static_cast<std::uint32_t>(p.type) > last_type)
      return wrong("{}: its type is {}; there are 0 to {}", option,
                   static_cast<std::uint32_t>(p.type), last_type);
    if (const auto mistake = line_mistake(p.doc, "its documentation (doc)"); !mistake.empty())
      wrong("{}: {}", option, mistake);
    if (p.fallback != nullptr && !is_line(p.fallback)) wrong("{}: its default {}", option, no_line);
    if (!bounds_hold_any(p))
      wrong("{}: no number is within its bounds, {} and {}", option, p.minimum, p.maximum);
    if (p.type == ParameterType::choice && p.choices == nullptr)
      wrong("{}: it is a choice without words", option);
    else if (p.choices != nullptr && !are_choices(p.choices))
      wrong("{}: its choices are not distinct words separated by '|'", option);
    if (p.type == ParameterType::component && !is_kind(p.kind))
      wrong("{}: its kind is {}; there are 0 to {}", option, static_cast<std::uint32_t>(p.kind),
            kind_names.size() - 1);
    if (p.type == ParameterType::group) table(p.members, p.member_count, p.name, {});
  }

  void default_of(const Parameter& p, const std::string& group, const DefaultCheck& defaults) {
    if (p.type == ParameterType::group)
      for (const Parameter& member : p.group()) default_of(member, p.name, defaults);
    if (p.fallback == nullptr) return;
    if (const std::string mistake = defaults.mistake_in(p); !mistake.empty())
      wrong("option '{}'{}: its default, {}, is not valid: {}", p.name, of(group), p.fallback,
            mistake);
  }

  std::string where_;
  std::set<std::pair<Kind, std::string>> names_;
  std::size_t left_ = 0;  // the number of parameters that may still come in this component
  std::vector<const Parameter*> path_;  // the tables from the component's own to the current one
  bool endless_ = false;
};

}  // namespace

std::vector<std::string> mistakes(const Manifest& manifest, const Offers& elsewhere) {
  Inspection inspection;
  const auto wrong = [&](std::string text) { inspection.lines.push_back(std::move(text)); };
  const auto require = [&](const char* text, const char* what, bool (*good)(std::string_view)) {
    if (text == nullptr || *text == '\0') wrong(fmt::format("the plugin has no {}", what));
    else if (!is_line(text)) wrong(fmt::format("the plugin's {} {}", what, no_line));
    else if (!good(text))
      wrong(fmt::format("{} is not a {} of a plugin", base::quoted(text), what));
  };
  require(manifest.name, "name", is_name);
  require(manifest.version, "version", is_word);
  require(manifest.licence, "licence", is_line);
  const bool counted = manifest.components != nullptr && manifest.components_end != nullptr &&
                       manifest.components <= manifest.components_end;
  const std::size_t count = counted ? components(manifest).size() : 0;
  if (count == 0) wrong("the plugin offers no components");
  else if (count > most_components)
    wrong(fmt::format("the plugin counts {} components; expected {} at most", grouped(count),
                      most_components));
  else
    for (std::size_t i = 0; i < count; ++i)
      if (const Component* component = manifest.components[i]; component != nullptr)
        inspection.component(*component, i);
      else wrong(fmt::format("component {}: it is a null pointer", i));
  if (inspection.lines.empty())
    for (const Component* component : components(manifest))
      inspection.defaults(*component, DefaultCheck(components(manifest), elsewhere));
  return inspection.lines;
}

}  // namespace assay::plugin_host
