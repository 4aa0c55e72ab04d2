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

class YamlOptions final : public Options {
 public:
  YamlOptions(YAML::Node given, std::span<const Parameter> table, InstructionSet instructions)
      : table_(table), instructions_(instructions) {
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

  bool has(std::string_view name) const override { return !at(name).IsNull(); }
  bool boolean(std::string_view name) const override { return at(name).as<bool>(); }
  std::int64_t integer(std::string_view name) const override { return at(name).as<std::int64_t>(); }
  double number(std::string_view name) const override { return at(name).as<double>(); }
  Rate rate(std::string_view name) const override { return rate_of(at(name)); }
  std::string_view text(std::string_view name) const override { return stored(at(name)); }
  std::string_view path(std::string_view name) const override { return path_of(at(name)); }
  const Options& group(std::string_view name) const override { return group_of(at(name), name); }
  const Renderer& renderer(std::string_view name) const override { return renderer_of(at(name)); }
  std::size_t size(std::string_view name) const override { return at(name).size(); }
  std::int64_t integer(std::string_view name, std::size_t index) const override {
    return at(name)[index].as<std::int64_t>();
  }
  double number(std::string_view name, std::size_t index) const override {
    return at(name)[index].as<double>();
  }
  std::string_view text(std::string_view name, std::size_t index) const override {
    return stored(at(name)[index]);
  }
  InstructionSet instruction_set() const override { return instructions_; }
  bool boolean(std::string_view name, std::size_t index) const override {
    return at(name)[index].as<bool>();
  }
  Rate rate(std::string_view name, std::size_t index) const override {
    return rate_of(at(name)[index]);
  }
  std::string_view path(std::string_view name, std::size_t index) const override {
    return path_of(at(name)[index]);
  }
  const Options& group(std::string_view name, std::size_t index) const override {
    return group_of(at(name)[index], name);
  }
  const Renderer& renderer(std::string_view name, std::size_t index) const override {
    return renderer_of(at(name)[index]);
  }

 private:
  Rate rate_of(const YAML::Node& node) const {
    if (!node.IsMap()) return Rate(node.as<double>());
    Schedule& schedule =
        keep(make<Schedule>(node["type"].as<std::string>(), without_type(node), instructions_));
    schedule.begin(1000);
    return Rate(schedule);
  }
  std::string_view path_of(const YAML::Node& node) const {
    std::string value = node.as<std::string>();
    if (value.starts_with("assay:")) value = source_folder() + "/data/" + value.substr(6);
    return texts_.emplace_back(value);
  }
  const Options& group_of(const YAML::Node& node, std::string_view name) const {
    for (const Parameter& p : table_)
      if (p.name == name)
        return *groups_.emplace_back(std::make_unique<YamlOptions>(node, p.group(), instructions_));
    throw std::logic_error("no group " + std::string(name));
  }
  const Renderer& renderer_of(const YAML::Node& node) const {
    return keep(make<Renderer>(node["type"].as<std::string>(), without_type(node), instructions_));
  }
  YAML::Node at(std::string_view name) const {
    const auto found = node_.find(std::string(name));
    if (found == node_.end()) throw std::logic_error("no option " + std::string(name));
    return found->second;
  }
  std::string_view stored(const YAML::Node& node) const {
    return texts_.emplace_back(node.as<std::string>());
  }
  static std::string without_type(const YAML::Node& node) {
    YAML::Node copy = YAML::Clone(node);
    copy.remove("type");
    YAML::Emitter out;
    out << YAML::Flow << copy;
    return out.c_str();
  }

  std::span<const Parameter> table_;
  InstructionSet instructions_;
  std::map<std::string, YAML::Node> node_;
  mutable std::deque<std::string> texts_;
  mutable std::deque<std::unique_ptr<YamlOptions>> groups_;
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
        !entry.path().filename().string().starts_with("assay_" + std::string(name_of(kind)) + "_"))
      continue;
    const Manifest& manifest = open(entry.path());
    for (const Component& component : std::span(manifest.components, manifest.component_count)) {
      if (component.kind != kind || component.name != type) continue;
      struct Call {
        const Component* component;
        const Options* options;
        void* result;
      };
      const YamlOptions values(YAML::Load(std::string(options)),
                               {component.parameters, component.parameter_count}, instructions);
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
