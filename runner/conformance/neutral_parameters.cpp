#include "runner/conformance/neutral_parameters.h"

#include <algorithm>

namespace assay::conformance {

const NeutralParameters& parameters() {
  static const NeutralParameters all = {
      {"layer1.kernel", {17, 9}, Role::kernel},
      {"layer1.bias", {9}, Role::bias},
      {"norm.scale", {5}, Role::scale},
      {"layer2.kernel", {9, 1}, Role::kernel},
  };
  return all;
}

const NeutralParameters& large_parameters() {
  static const NeutralParameters all = {{"layer1.kernel", {256, 128}, Role::kernel},
                                        {"layer2.kernel", {256, 128}, Role::kernel},
                                        {"layer3.kernel", {256, 128}, Role::kernel},
                                        {"layer4.kernel", {256, 128}, Role::kernel}};
  return all;
}

std::vector<Piece> cut(const NeutralParameters& parameters, std::size_t size) {
  std::vector<Piece> pieces;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const std::size_t whole = parameters[i].elements(), step = size == 0 ? whole : size;
    for (std::size_t offset = 0; offset < whole; offset += step)
      pieces.push_back({i, offset, std::min(step, whole - offset)});
  }
  return pieces;
}

Lent lend(const std::vector<float>& whole, const Piece& piece) {
  Lent lent(piece.count * sizeof(float));
  std::copy_n(whole.begin() + static_cast<std::ptrdiff_t>(piece.offset), piece.count,
              lent.as<float>().begin());
  return lent;
}

StepMemory step_memory(const NeutralParameters& parameters,
                       const std::vector<train::DeclaredSlot>& declared) {
  StepMemory memory;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const std::size_t n = parameters[i].elements();
    memory.weights.push_back(spread(n, 20 + i));
    auto& slots = memory.slots.emplace_back();
    for (const train::DeclaredSlot& slot : declared) slots.emplace_back(n, slot.initial);
  }
  return memory;
}

Gradients gradients(std::uint64_t step, const NeutralParameters& of) {
  Gradients all;
  for (std::size_t i = 0; i < of.size(); ++i)
    all.push_back(spread(of[i].elements(), 1000 * step + i, 0.5F));
  return all;
}

Gradients zeros(const NeutralParameters& of) {
  Gradients all;
  for (const NeutralParameter& parameter : of) all.emplace_back(parameter.elements());
  return all;
}

}  // namespace assay::conformance
