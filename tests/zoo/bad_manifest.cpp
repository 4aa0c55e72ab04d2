// A manifest that an author can write and a host must not trust; the build sets MISTAKE. The stamp
// is valid, so that a host reads the manifest.
#include <limits>

#include "assay/optimizer.h"
#include "assay/plugin.h"
#include "assay/schedule.h"

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)

namespace {

using assay::Parameter;
using assay::ParameterType;

constexpr std::string_view mistake = TEXT(MISTAKE);

class Sound final : public assay::Schedule {
 public:
  static constexpr assay::About about = {.name = "sound", .doc = "Would work."};
  double value(std::int64_t /*count*/) const override { return 0.1; }
};

constexpr Parameter good = {
    .name = "height", .type = ParameterType::number, .doc = "the value", .fallback = "0.5"};

constexpr Parameter group(const char* name, const Parameter* members, std::uint32_t count) {
  return {.name = name,
          .type = ParameterType::group,
          .doc = "a group",
          .members = members,
          .member_count = count};
}
constexpr Parameter in_itself[1] = {group("height", in_itself, 1)};

// Eight groups of eight groups each, and so on: 8 to the power of the depth.
template <int depth>
struct Groups {
  static constexpr const Parameter* members = Groups<depth - 1>::table;
  static constexpr Parameter table[8] = {group("a", members, 8), group("b", members, 8),
                                         group("c", members, 8), group("d", members, 8),
                                         group("e", members, 8), group("f", members, 8),
                                         group("g", members, 8), group("h", members, 8)};
};
template <>
struct Groups<0> {
  static constexpr Parameter table[8] = {{.name = "a"}, {.name = "b"}, {.name = "c"},
                                         {.name = "d"}, {.name = "e"}, {.name = "f"},
                                         {.name = "g"}, {.name = "h"}};
};

constexpr Parameter changed(Parameter p) {
  if (mistake == "group_in_itself") return in_itself[0];
  if (mistake == "groups_of_groups") return group("height", Groups<12>::table, 8);
  if (mistake == "default_out_of_bounds") p.maximum = 0.25;
  if (mistake == "default_of_another_type") p.fallback = "high";
  if (mistake == "null_name") p.name = nullptr;
  if (mistake == "null_doc") p.doc = nullptr;
  if (mistake == "upper_case_name") p.name = "Height";
  if (mistake == "name_of_the_host") p.name = "type";
  if (mistake == "empty_bounds") p.minimum = 2, p.maximum = 1;
  if (mistake == "nan_bounds") p.minimum = std::numeric_limits<double>::quiet_NaN();
  if (mistake == "unknown_type") p.type = static_cast<ParameterType>(99);
  if (mistake == "choice_without_words") p.type = ParameterType::choice;
  if (mistake == "group_without_members") p.type = ParameterType::group, p.member_count = 3;
  if (mistake == "newline_in_option_doc") p.doc = "the value\noption 'forged'";
  if (mistake == "escape_in_option_name") p.name = "\x1b[2Jheight";
  if (mistake == "newline_in_default") p.fallback = "0.5\nforged: 1";
  if (mistake == "component_of_unknown_kind")
    p.type = ParameterType::component, p.kind = static_cast<assay::Kind>(77), p.fallback = nullptr;
  if (mistake.starts_with("default_of_rate") || mistake.starts_with("default_of_list_of_rates"))
    p.type = ParameterType::rate;
  if (mistake == "default_of_rate_that_is_no_schedule") p.fallback = "nothing_like_it";
  if (mistake == "default_of_rate_of_another_kind") p.fallback = "sgd";
  if (mistake == "default_of_rate_out_of_bounds") p.maximum = 0.25;
  if (mistake == "default_of_rate_without_type") p.fallback = "{height: 1}";
  if (mistake == "default_of_rate_with_unknown_option") p.fallback = "{type: sound, hight: 1}";
  if (mistake == "default_of_rate_with_a_wrong_value") p.fallback = "{type: sound, height: high}";
  if (mistake == "default_of_list_of_rates_that_is_none") p.list = true;
  if (mistake == "default_of_list_of_rates_with_a_wrong_one")
    p.list = true, p.fallback = "[0.5, sound, cosin]";
  if (mistake == "default_of_component_that_is_a_number")
    p.type = ParameterType::component, p.kind = assay::Kind::schedule;
  return p;
}

constexpr Parameter table[] = {
    changed(good),
    mistake == "parameter_twice"
        ? good
        : Parameter{
              .name = "depth", .type = ParameterType::integer, .doc = "not used", .fallback = "1"}};

constexpr assay::Component component() {
  assay::Component c = assay::detail::describe<Sound>();
  c.parameters = table;
  c.parameter_count = std::size(table);
  if (mistake == "count_too_large") c.parameter_count = 4'000'000'000;
  if (mistake == "null_table") c.parameters = nullptr;
  if (mistake == "null_factory") c.create = nullptr;
  if (mistake == "factory_of_nothing")
    c.create = [](const assay::detail::OptionSource&) -> void* { return nullptr; };
  if (mistake == "null_destructor") c.destroy = nullptr;
  if (mistake == "null_component_name") c.name = nullptr;
  if (mistake == "newline_in_doc") c.doc = "Would work.\nused: forged.so";
  if (mistake == "unknown_kind") c.kind = static_cast<assay::Kind>(77);
  if (mistake == "other_name_than_stamped") c.name = "another";
  return c;
}

constexpr assay::Component components[] = {component(),
                                           mistake == "component_twice" ? component() : [] {
                                             assay::Component c = component();
                                             c.kind = assay::Kind::schedule;
                                             c.name = "second";
                                             return c;
                                           }()};

constexpr const assay::Component* offered[] = {
    mistake == "null_component" ? nullptr : &components[0], &components[1]};
constexpr std::size_t offered_count = mistake == "component_twice" ? 2
                                      : mistake == "no_components" ? 0
                                                                   : 1;

ASSAY_NOTE note = assay::stamp::note([](char* out) {
  constexpr const assay::Component* sound[] = {&assay::detail::component_of<Sound>};
  return assay::stamp::write(out, "bad_manifest", "1.0.0", "MIT", sound);
});

constexpr assay::Manifest made() {
  assay::Manifest manifest =
      assay::detail::manifest("bad_manifest", "1.0.0", "MIT", offered, offered + offered_count);
  if (mistake == "null_plugin_name") manifest.name = nullptr;
  if (mistake == "null_guard") manifest.guard = nullptr;
  return manifest;
}

}  // namespace

ASSAY_EXPORT_MANIFEST = made();
