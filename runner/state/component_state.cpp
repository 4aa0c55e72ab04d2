#include "runner/state/component_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "assay/error.h"
#include "assay/text.h"
#include "runner/base/wording.h"

namespace assay::state {

std::string problem_with_name(std::string_view name) {
  if (!name.empty() && is_line(name) && name.find('/') == std::string_view::npos) return {};
  return fmt::format("{} is not a name of state; expected one line of text without '/'",
                     base::quoted(name));
}

// Collects what one component declares.
class ComponentState::Declaration final : public State {
 public:
  Declaration(std::string prefix, std::vector<Memory>& memories)
      : prefix_(std::move(prefix)), memories_(memories) {}

  double& number(std::string_view name, double initial) override {
    return *static_cast<double*>(add(name, DType::float64, {}, &initial));
  }
  std::int64_t& integer(std::string_view name, std::int64_t initial) override {
    return *static_cast<std::int64_t*>(add(name, DType::int64, {}, &initial));
  }
  TensorView tensor(std::string_view name, DType dtype, const Shape& shape) override {
    return {add(name, dtype, shape, nullptr), dtype, shape};
  }

  const std::string& mistake() const { return mistake_; }

 private:
  void* add(std::string_view name, DType type, const Shape& shape, const void* initial) {
    if (const std::string wrong = problem_with_name(name); !wrong.empty()) complain(wrong);
    std::string full = fmt::format("{}/{}", prefix_, name);
    if (std::ranges::find(memories_, full, &Memory::name) != memories_.end())
      complain(fmt::format("it declares two states '{}'", name));
    if (size_of(type) == 0)
      complain(fmt::format("the type of its state '{}' is not one of assay::DType", name));
    std::size_t bytes = size_of(type);
    for (const std::int64_t dimension : shape.dimensions()) {
      if (dimension < 1)
        complain(fmt::format("its state '{}' has a dimension of {}; expected at least 1", name,
                             dimension));
      if (static_cast<std::size_t>(dimension) > most_bytes / bytes)
        complain(fmt::format("its state '{}' is larger than any memory", name));
      bytes *= static_cast<std::size_t>(dimension);
    }
    Memory& memory = memories_.emplace_back(Memory{std::move(full), type, shape, {}});
    memory.buffer = base::Buffer(bytes);
    if (initial != nullptr) std::memcpy(memory.buffer.bytes().data(), initial, bytes);
    return memory.buffer.bytes().data();
  }

  [[noreturn]] void complain(const std::string& text) {
    if (mistake_.empty()) mistake_ = text;
    throw Error(text);
  }

  static constexpr std::size_t most_bytes = std::size_t{1} << 48;

  std::string prefix_;
  std::vector<Memory>& memories_;
  std::string mistake_;  // the first one
};

void ComponentState::declare(const plugin_host::Object& component, const std::string& prefix) {
  if (void* facet = component.facet(FacetId::stateful)) {
    Declaration declaration(prefix, memories_);
    const plugin_host::Within within(component.code());
    plugin_host::guarded(component.guard, component.who, *component.secrets,
                         [&] { static_cast<Stateful*>(facet)->declare_state(declaration); });
    if (!declaration.mistake().empty())  // and the component caught the exception
      throw Error(fmt::format("{}: {}", component.who, declaration.mistake()));
  }
  for (const auto& nested : component.nested)
    declare(*nested, fmt::format("{}/{}", prefix, nested->option));
}

void ComponentState::lend(Registry& registry) {
  for (Memory& memory : memories_)
    registry.lend(memory.name, {memory.type, memory.shape, memory.buffer.bytes()});
}

void ComponentState::assign(const ComponentState& other) {
  const auto same = [](const Memory& a, const Memory& b) {
    return a.name == b.name && a.type == b.type && a.shape == b.shape;
  };
  if (!std::ranges::equal(memories_, other.memories_, same))
    throw Error("it declares different state than before");
  for (std::size_t i = 0; i < memories_.size(); ++i)
    std::ranges::copy(other.memories_[i].buffer.bytes(), memories_[i].buffer.bytes().begin());
}

std::size_t ComponentState::bytes() const {
  std::size_t bytes = 0;
  for (const Memory& memory : memories_) bytes += memory.buffer.size();
  return bytes;
}

}  // namespace assay::state
