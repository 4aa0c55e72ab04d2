#include "tests/support/component.h"

#include <dlfcn.h>
#include <yaml-cpp/yaml.h>

#include <cstdlib>
#include <deque>
#include <filesystem>
#include <map>
#include <stdexcept>

#include "assay/plugin.h"
#include "assay/renderer.h"
#include "assay/schedule.h"

namespace assay::test {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr)
    throw std::runtime_error(std::string(name) + " is not set: run the tests with meson test");
  return value;
}

// Keeps a component until the program ends, because others hold references to it.
template <class T>
T& keep(std::unique_ptr<T> component) {
  static std::deque<std::unique_ptr<T>> kept;
  return *kept.emplace_back(std::move(component));
}

class YamlOptions final : public detail::OptionSource {
 public:
  YamlOptions(YAML::Node given, std::span<const Parameter> table, const Host& host)
      : table_(table), host_(host) {
    for (const Parameter& p : table) {
      if (given[p.name]) node_[p.name] = given[p.name];
      else if (p.fallback == nullptr)
        throw std::runtime_error(std::string("missing option ") + p.name);
      else node_[p.name] = YAML::Load(p.fallback);
    }
    for (const auto& entry : given)
      if (!node_[entry.first.as<std::string>()])
        throw std::runtime_error("unknown option " + entry.first.as<std::string>());
  }

  bool has(std::string_view name) const override { return !at({name}).IsNull(); }
  std::size_t size(std::string_view name) const override { return at({name}).size(); }
  bool boolean(detail::OptionKey key) const override { return at(key).as<bool>(); }
  std::int64_t integer(detail::OptionKey key) const override { return at(key).as<std::int64_t>(); }
  double number(detail::OptionKey key) const override { return at(key).as<double>(); }
  std::string_view text(detail::OptionKey key) const override {
    auto value = std::make_unique<std::string>(at(key).as<std::string>());
    if (parameter(key.name).type == ParameterType::path && value->starts_with("assay:"))
      *value = source_folder() + "/data/" + value->substr(6);
    return keep(std::move(value));
  }
  const Schedule* schedule(detail::OptionKey key) const override {
    if (!at(key).IsMap()) return nullptr;
    auto& schedule = *static_cast<Schedule*>(component(key, Kind::schedule));
    schedule.begin(1000);
    return &schedule;
  }
  void* component(detail::OptionKey key, Kind kind) const override {
    const YAML::Node node = at(key);
    YAML::Node options = YAML::Clone(node);
    options.remove("type");
    YAML::Emitter out;
    out << YAML::Flow << options;
    const std::string type = node["type"].as<std::string>();
    if (kind == Kind::schedule) return &keep(make<Schedule>(type, out.c_str(), instructions()));
    if (kind == Kind::renderer) return &keep(make<Renderer>(type, out.c_str(), instructions()));
    throw std::logic_error("not made here: " + std::string(name_of(kind)));
  }
  const OptionSource& group(detail::OptionKey key) const override {
    return *groups_.emplace_back(
        std::make_unique<YamlOptions>(at(key), parameter(key.name).group(), host_));
  }
  const double* rate_factor() const override { return nullptr; }
  const Host& host() const override { return host_; }

 private:
  InstructionSet instructions() const { return host_.instruction_set(); }
  const Parameter& parameter(std::string_view name) const {
    for (const Parameter& p : table_)
      if (p.name == name) return p;
    throw std::logic_error("no option " + std::string(name));
  }
  YAML::Node at(detail::OptionKey key) const {
    const auto found = node_.find(std::string(key.name));
    if (found == node_.end()) throw std::logic_error("no option " + std::string(key.name));
    return key.index == detail::OptionKey::whole ? found->second : found->second[key.index];
  }

  std::span<const Parameter> table_;
  const Host& host_;
  std::map<std::string, YAML::Node> node_;
  mutable std::deque<std::unique_ptr<YamlOptions>> groups_;
};

struct FixedHost final : Host {
  explicit FixedHost(InstructionSet instructions) : set(instructions) {}
  InstructionSet instruction_set() const override { return set; }
  InstructionSet set;
};

class Failure final : public FailureSink {
 public:
  void set(std::string_view message, std::string_view option) noexcept override {
    text =
        option.empty() ? std::string(message) : std::string(option) + ": " + std::string(message);
  }
  std::string text;
};

const Manifest& open(const std::filesystem::path& file) {
  void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (library == nullptr) throw std::runtime_error(dlerror());
  void* symbol = dlsym(library, manifest_symbol);
  if (symbol == nullptr) throw std::runtime_error(file.string() + " has no " + manifest_symbol);
  return *static_cast<const Manifest*>(symbol);
}

}  // namespace

std::string source_folder() { return environment("ASSAY_TEST_SOURCE"); }
std::string build_folder() { return environment("ASSAY_TEST_BUILD"); }

void* make_component(Kind kind, std::string_view type, std::string_view options,
                     InstructionSet instructions) {
  for (const auto& entry : std::filesystem::directory_iterator(build_folder() + "/plugins")) {
    if (entry.path().extension() != ".so" ||
        !entry.path().filename().string().starts_with("assay_" + std::string(name_of(kind))))
      continue;
    const Manifest& manifest = open(entry.path());
    for (const Component* offered : std::span(manifest.components, manifest.components_end)) {
      const Component& component = *offered;
      if (component.kind != kind || component.name != type) continue;
      struct Call {
        const Component* component;
        const detail::OptionSource* options;
        void* result;
      };
      const YamlOptions values(YAML::Load(std::string(options)),
                               {component.parameters, component.parameter_count},
                               keep(std::make_unique<FixedHost>(instructions)));
      Call call{&component, &values, nullptr};
      Failure failure;
      const auto create = [](void* argument) {
        Call& c = *static_cast<Call*>(argument);
        c.result = c.component->create(*c.options);
      };
      if (!manifest.guard(create, &call, failure)) throw Error(failure.text);
      return call.result;
    }
  }
  throw std::runtime_error("no " + std::string(name_of(kind)) + " '" + std::string(type) + "'");
}

}  // namespace assay::test
