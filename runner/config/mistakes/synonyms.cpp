#include "runner/config/mistakes/synonyms.h"

#include <algorithm>
#include <array>
#include <utility>

namespace assay::config {
namespace {

// One word may stand for different keys, depending on the place.
constexpr std::array<std::pair<std::string_view, std::string_view>, 42> synonyms = {{
    {"arch", "model"},
    {"architecture", "model"},
    {"base", "extends"},
    {"_base_", "extends"},
    {"bs", "batch_size"},
    {"callbacks", "hooks"},
    {"class", "type"},
    {"class_path", "type"},
    {"criterion", "loss"},
    {"defaults", "extends"},
    {"eps", "epsilon"},
    {"epsilon", "eps"},
    {"eta", "learning_rate"},
    {"fit", "run"},
    {"include", "extends"},
    {"inherit", "extends"},
    {"inherits", "extends"},
    {"iterations", "steps"},
    {"iters", "steps"},
    {"layers", "hidden"},
    {"lint", "check"},
    {"log_dir", "run_dir"},
    {"lr", "learning_rate"},
    {"max_iter", "steps"},
    {"max_iters", "steps"},
    {"mb", "batch_size"},
    {"minibatch", "batch_size"},
    {"name", "type"},
    {"net", "model"},
    {"network", "model"},
    {"num_workers", "threads"},
    {"objective", "loss"},
    {"out_dir", "run_dir"},
    {"output_dir", "run_dir"},
    {"save_dir", "run_dir"},
    {"solver", "optimizer"},
    {"_target_", "type"},
    {"train", "run"},
    {"validate", "check"},
    {"wd", "weight_decay"},
    {"work_dir", "run_dir"},
    {"workers", "threads"},
}};

// Keys of other programs that select the device to compute on.
constexpr std::array<std::string_view, 9> devices = {
    "accelerator", "cuda", "device", "devices", "gpu", "gpus", "num_gpus", "use_cuda", "use_gpu"};
constexpr std::array<std::string_view, 6> precisions = {
    "amp", "bf16", "dtype", "fp16", "mixed_precision", "precision"};

}  // namespace

std::string_view explanation(std::string_view key) {
  if (std::ranges::find(devices, key) != devices.end())
    return "Assay computes on the CPU: leave it out";
  if (std::ranges::find(precisions, key) != precisions.end())
    return "Assay computes in float32: leave it out";
  return {};
}

std::string synonym(std::string_view word, std::span<const std::string> candidates) {
  for (const auto& [other, ours] : synonyms)
    if (word == other && std::ranges::find(candidates, ours) != candidates.end())
      return std::string(ours);
  return {};
}

}  // namespace assay::config
