#include "runner/plugin_host/manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string_view>
#include <utility>

#include "runner/config/diagnostics.h"
#include "runner/plan/expectation.h"
#include "runner/plan/schema.h"
#include "runner/plan/validate.h"
#include "runner/plugin_host/library.h"

namespace assay::plugin_host {
namespace {

constexpr std::uint32_t most_components = 1024;
constexpr std::uint32_t most_parameters = 1024;
constexpr std::size_t deepest_group = 16;

// Scalars refer to no component, so nothing is to be known of any.
class NoComponents final : public plan::Catalogue {
 public:
  std::vector<std::string> names(Kind /*kind*/) override { return {}; }
  std::span<const Parameter> parameters(Kind /*kind*/, std::string_view /*name*/) override {
    return {};
  }
  std::vector<std::string> searched() const override { return {}; }
};

bool is_name(const char* text) {
  const std::string_view name = text;
  return !name.empty() && name[0] >= 'a' && name[0] <= 'z' && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// Empty where it is a name.
std::string name_mistake(const char* text) {
  if (text == nullptr) return "its name is a null pointer";
  if (is_name(text)) return {};
  return fmt::format("'{}' is no name: expected lower-case letters, digits and underscores", text);
}

bool is_scalar(ParameterType type) {
  return type != ParameterType::rate && type != ParameterType::component &&
         type != ParameterType::group;
}

// The options that stand beside a component's own ones in a config.
std::set<std::string_view> names_of_the_host(Kind kind) {
  std::set<std::string_view> names = {"type"};
  const auto add = [&](std::span<const Parameter> table) {
    for (const Parameter& p : table) names.insert(p.name);
  };
  if (kind == Kind::hook) add(plan::trigger_parameters());
  if (kind == Kind::dataset) add(plan::split_parameters());
  return names;
}

class Inspection {
 public:
  std::vector<std::string> lines;

  void component(const Component& component, std::size_t index) {
    where_ = fmt::format("component {}", index);
    const bool kind_known = static_cast<std::size_t>(component.kind) < kind_names.size();
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
    if (component.doc == nullptr) wrong("its documentation (About::doc) is a null pointer");
    if (component.create == nullptr) wrong("it has no factory (create is a null pointer)");
    if (component.destroy == nullptr) wrong("it cannot be destroyed (destroy is a null pointer)");
    table(component.parameters, component.parameter_count, {}, names_of_the_host(component.kind),
          0);
  }

 private:
  template <class... Arguments>
  void wrong(fmt::format_string<Arguments...> text, Arguments&&... arguments) {
    lines.push_back(where_ + ": " + fmt::format(text, std::forward<Arguments>(arguments)...));
  }

  void table(const Parameter* parameters, std::uint32_t count, const std::string& group,
             const std::set<std::string_view>& reserved, std::size_t depth) {
    const std::string of = group.empty() ? "" : fmt::format(" of group '{}'", group);
    if (count > most_parameters) {
      wrong("it counts {} parameters{}; expected {} at most", count, of, most_parameters);
    } else if (parameters == nullptr && count > 0) {
      wrong("it counts {} parameters{}, but its table is a null pointer", count, of);
    } else if (depth > deepest_group) {
      wrong("its groups are nested deeper than {}", deepest_group);
    } else {
      std::set<std::string_view> names;
      for (std::uint32_t i = 0; i < count; ++i) {
        const Parameter& p = parameters[i];
        if (const std::string mistake = name_mistake(p.name); !mistake.empty()) {
          wrong("parameter {}{}: {}; does the count of the table fit?", i, of, mistake);
          return;
        }
        const std::string option = fmt::format("option '{}'{}", p.name, of);
        if (!names.insert(p.name).second) wrong("{}: it is declared twice", option);
        if (reserved.contains(p.name)) wrong("{}: this name is the host's; rename it", option);
        parameter(p, option, depth);
      }
    }
  }

  void parameter(const Parameter& p, const std::string& option, std::size_t depth) {
    const std::size_t before = lines.size();
    constexpr auto last_type = static_cast<std::uint32_t>(ParameterType::group);
    if (static_cast<std::uint32_t>(p.type) > last_type) {
      wrong("{}: its type is {}; there are 0 to {}", option, static_cast<std::uint32_t>(p.type),
            last_type);
      return;
    }
    if (p.doc == nullptr) wrong("{}: its documentation (doc) is a null pointer", option);
    if (std::isnan(p.minimum) || std::isnan(p.maximum) || p.minimum > p.maximum ||
        (p.minimum == p.maximum && (p.exclusive_minimum || p.exclusive_maximum)))
      wrong("{}: nothing lies within its bounds, {} and {}", option, p.minimum, p.maximum);
    if (p.type == ParameterType::choice && !has_choices(p))
      wrong("{}: it is a choice without words", option);
    if (p.type == ParameterType::component && static_cast<std::size_t>(p.kind) >= kind_names.size())
      wrong("{}: its kind is {}; there are 0 to {}", option, static_cast<std::uint32_t>(p.kind),
            kind_names.size() - 1);
    if (p.type == ParameterType::group) table(p.members, p.member_count, p.name, {}, depth + 1);
    if (lines.size() == before && p.fallback != nullptr && is_scalar(p.type)) fallback(p, option);
  }

  static bool has_choices(const Parameter& p) {
    if (p.choices == nullptr) return false;
    const std::vector<std::string> words = plan::words(p.choices);
    return !words.empty() && std::ranges::count(words, "") == 0;
  }

  void fallback(const Parameter& p, const std::string& option) {
    NoComponents nothing;
    config::Diagnostics problems;
    plan::Validator(nothing, problems).option({}, p, {}, {});
    if (!problems.empty())
      wrong("{}: its default, {}, is not valid: {}", option, p.fallback,
            problems.sorted().front().message);
  }

  std::string where_;
  std::set<std::pair<Kind, std::string>> names_;
};

}  // namespace

std::vector<std::string> mistakes(const Manifest& manifest) {
  Inspection inspection;
  const auto wrong = [&](std::string text) { inspection.lines.push_back(std::move(text)); };
  const auto require_text = [&](const char* text, const char* what) {
    if (text == nullptr || *text == '\0') wrong(fmt::format("the plugin has no {}", what));
  };
  require_text(manifest.name, "name");
  require_text(manifest.version, "version");
  require_text(manifest.licence, "licence");
  if (manifest.component_count == 0 || manifest.components == nullptr)
    wrong("the plugin offers no components");
  else if (manifest.component_count > most_components)
    wrong(fmt::format("the plugin counts {} components; expected {} at most",
                      manifest.component_count, most_components));
  else
    for (std::size_t i = 0; i < manifest.component_count; ++i)
      inspection.component(manifest.components[i], i);
  return inspection.lines;
}

}  // namespace assay::plugin_host
