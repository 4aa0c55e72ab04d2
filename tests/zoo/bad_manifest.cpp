// A manifest that an author can write and a host must not trust; MISTAKE is set by the build.
// The stamp is sound, so that a host gets as far as the manifest.
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
  explicit Sound(const assay::Options& /*options*/) {}
  double value(std::int64_t /*count*/) const override { return 0.1; }
};

constexpr Parameter good = {
    .name = "height", .type = ParameterType::number, .doc = "the value", .fallback = "0.5"};

constexpr Parameter changed(Parameter p) {
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
  return p;
}

constexpr Parameter table[] = {
    changed(good),
    mistake == "parameter_twice"
        ? good
        : Parameter{
              .name = "depth", .type = ParameterType::integer, .doc = "not used", .fallback = "1"}};

constexpr assay::Component component() {
  assay::Component c = assay::detail::describe<assay::Schedule, Sound>();
  c.parameters = table;
  c.parameter_count = std::size(table);
  if (mistake == "count_too_large") c.parameter_count = 4'000'000'000;
  if (mistake == "null_table") c.parameters = nullptr;
  if (mistake == "null_factory") c.create = nullptr;
  if (mistake == "factory_of_nothing")
    c.create = [](const assay::Options&) -> void* { return nullptr; };
  if (mistake == "null_destructor") c.destroy = nullptr;
  if (mistake == "null_component_name") c.name = nullptr;
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

constexpr std::uint32_t component_count = mistake == "component_twice" ? 2
                                          : mistake == "no_components" ? 0
                                                                       : 1;

constexpr auto note() {
  assay::stamp::Note<assay::stamp::write<Sound>(nullptr, "bad_manifest", "1.0.0", "MIT")> n;
  n.text_size = sizeof(n.text);
  assay::stamp::write<Sound>(n.text, "bad_manifest", "1.0.0", "MIT");
  return n;
}

}  // namespace

extern "C" {
[[gnu::section(".note.assay"), gnu::used, gnu::aligned(4),
  gnu::visibility("hidden")]] extern constexpr auto assay_plugin_note = note();
[[gnu::visibility("default")]] extern const assay::Manifest assay_plugin_manifest;
const assay::Manifest assay_plugin_manifest = {
    assay::manifest_magic,
    sizeof(assay::Manifest),
    sizeof(assay::Component),
    sizeof(assay::Parameter),
    ASSAY_SDK_MAJOR,
    ASSAY_SDK_MINOR,
    mistake == "null_plugin_name" ? nullptr : "bad_manifest",
    "1.0.0",
    "MIT",
    components,
    component_count,
    mistake == "null_guard" ? nullptr : &assay::detail::guard};
}
