// Compares two runs of a plan that should be the same, and names the first difference.
#pragma once

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "runner/plan/plan.h"
#include "runner/plugin_host/plugin_host.h"
#include "runner/state/registry.h"

namespace assay::verify {

/// The components that own and compute the state of a run, by its names in a checkpoint
/// (state/registry.h).
class Owners {
 public:
  Owners(const plan::Plan& plan, const plugin_host::PluginHost& host);

  /// Takes the names of the weights from the state of a run.
  void know_weights(const state::Registry& state);

  /// The parts of a step in the order in which they are computed. A part that is computed late may
  /// differ only because one before it does.
  enum class Part { transforms, buffers, loss, gradient_transforms, optimizer, weights, hooks };
  Part part_of(std::string_view name) const;

  /// Returns all components that compute this part of the state in a step, with those nested in
  /// them: the owner first, then those whose results it uses, to the dataset. Any of them may be
  /// the one that hides state. `hook` is the name of the hook that owns a tag, for the parts that
  /// have one.
  std::vector<std::string> of(std::string_view name, const std::string& hook) const;

 private:
  const plan::Plan plan_;
  const plugin_host::PluginHost& host_;
  std::set<std::string, std::less<>> weights_;
};

struct Difference {
  std::int64_t taken_up = 0;  ///< after this step; 0: the second run from the beginning
  std::int64_t step = 0;      ///< the first step with a difference
  std::string thing;          ///< "optimizer/mu/layer1.kernel", "metrics.jsonl"
  std::string how;            ///< "element 3 was 0.5 and is 0.25"
  /// All components that compute it, the one that owns it first: "optimizer 'adam' (plugin
  /// 'optimizers')".
  std::vector<std::string> components = {};
  /// The owners of other state that differs after the same step, as far as they are not among the
  /// components.
  std::vector<std::string> also = {};
};

struct Comparison {
  std::vector<Difference> differences;
  std::vector<std::string> not_compared;
};

/// Compares the state after every step that follows `taken_up`, logs and pictures of two runs.
/// Reports at most one difference for each of the three, the first. Throws assay::Error if a file
/// cannot be read.
Comparison differences_between(const std::filesystem::path& whole,
                               const std::filesystem::path& other, std::int64_t taken_up,
                               const Owners& owners);

}  // namespace assay::verify
