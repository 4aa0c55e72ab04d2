#include "runner/run/run_actions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "assay/error.h"
#include "assay/text.h"
#include "runner/base/wording.h"

namespace assay::run {
namespace {

// The parts of the state that a named checkpoint holds.
constexpr std::array<std::string_view, 5> kept = {"buffers/", "gradient_transforms/", "optimizer/",
                                                  "transforms/", "weights/"};

void check_name(const std::string& name) {
  if (is_name(name) && !name.starts_with("step_")) return;
  throw Error(
      fmt::format("{} is not a name of a checkpoint; expected lower-case letters, digits and "
                  "underscores that do "
                  "not begin with 'step_'",
                  base::quoted(name)));
}

}  // namespace

bool is_of_plan(const state::StoredTensors& file, const PlanDigests& plans) {
  const auto& metadata = file.header().metadata;
  const auto digest = metadata.find(plan_digest_key);
  return digest != metadata.end() && std::ranges::count(plans, digest->second) > 0;
}

void RunActions::add(const std::string& hook) {
  state_.lend("rate_factors/" + hook, factors_.emplace(hook, 1.0).first->second);
}

void RunActions::take_up_factors() {
  rate_factor_ = 1;
  for (const auto& [hook, factor] : factors_) rate_factor_ *= factor;
}

std::vector<std::string> RunActions::damaged() const {
  std::vector<std::string> problems;
  if (factors_.empty()) return problems;
  for (const std::string& name : named_checkpoints(folder_.folder())) {
    const RunFolder::File file = folder_.checkpoint(name);
    try {
      static_cast<void>(state::StoredTensors(file.folder, file.name).verify());
    } catch (const Error& error) {
      problems.emplace_back(error.what());
    }
  }
  return problems;
}

void RunActions::set_rate_factor(const std::string& hook, double factor) {
  factors_.at(hook) = factor;
  take_up_factors();
}

void RunActions::save(const std::string& name) {
  check_name(name);
  std::vector<state::NamedTensor> tensors;
  for (const std::string_view part : kept)
    for (state::NamedTensor& tensor : state_.stored_tensors(part))
      tensors.push_back(std::move(tensor));
  const RunFolder::File file = folder_.checkpoint(name);
  state::write_safetensors(
      file.folder, file.name, tensors,
      {{"format", "assay named checkpoint"}, {plan_digest_key, plans_.front()}});
}

void RunActions::restore(const std::string& name) {
  check_name(name);
  const RunFolder::File file = folder_.checkpoint(name);
  const state::StoredTensors stored(file.folder, file.name);
  if (!is_of_plan(stored, plans_))
    throw Error(fmt::format("{}: this is not a checkpoint of a run of this plan", stored.path()));
  state_.restore_parts(stored, kept);
}

}  // namespace assay::run
