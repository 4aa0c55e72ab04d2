#include "runner/inference/used_checkpoint.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <span>
#include <utility>

#include "assay/error.h"
#include "runner/base/suggest.h"
#include "runner/base/wording.h"
#include "runner/base/words.h"
#include "runner/run/checkpoints.h"
#include "runner/run/run_actions.h"

namespace assay::inference {
namespace {

using state::StoredTensors;
using Stored = state::SafetensorsHeader::Tensor;

constexpr std::string_view ending = ".safetensors";

const Stored* find(const StoredTensors& file, std::string_view name) {
  const auto found = file.header().tensors.find(std::string(name));
  return found == file.header().tensors.end() ? nullptr : &found->second;
}

// Returns the step in the file: a number of its own, or an entry of the metadata.
std::optional<std::int64_t> step_in(const StoredTensors& file) {
  std::int64_t step = -1;
  const Stored* number = find(file, "step");
  if (number != nullptr && number->type == DType::int64 && number->shape.rank() == 0)
    file.read(*number, std::as_writable_bytes(std::span(&step, 1)));
  if (const auto text = file.header().metadata.find("step");
      step < 0 && text != file.header().metadata.end())
    std::from_chars(text->second.data(), text->second.data() + text->second.size(), step);
  return step < 0 ? std::nullopt : std::optional(step);
}

// Returns the names of all checkpoints, without their ending, sorted.
std::vector<std::string> names_in(const base::Folder& run_folder) {
  std::vector<std::string> names;
  std::error_code error;
  const std::filesystem::path itself =
      fmt::format("/proc/self/fd/{}/checkpoints", run_folder.descriptor());
  for (std::filesystem::directory_iterator entry(itself, error), end; !error && entry != end;
       entry.increment(error))
    if (entry->path().extension() == ending) names.push_back(entry->path().stem().string());
  std::ranges::sort(names);
  return names;
}

std::string listed_names(const base::Folder& run_folder) {
  const std::vector<std::string> names = names_in(run_folder);
  if (names.empty()) return "it has no checkpoints";
  return fmt::format("it has {}", base::listed(names));
}

[[noreturn]] void no_checkpoint(const base::Folder& run_folder,
                                const std::vector<std::string>& damaged) {
  std::string problems;
  for (const std::string& problem : damaged) problems += problem + "\n";
  const std::vector<std::string> names = names_in(run_folder);
  const std::string others =
      names.empty() ? "the first one is written when a run ends, or as `checkpoints` of its config "
                      "says"
                    : fmt::format("--checkpoint takes others: {}", base::listed(names));
  throw Error(fmt::format("{}{}: it has no whole checkpoint; {}", problems,
                          run_folder.path().string(), others));
}

// Reads the files from the newest one on. Returns nothing if a file was removed in between: the run
// that did so has written a newer one.
std::optional<UsedCheckpoint> try_newest(const base::Folder& run_folder,
                                         const run::PlanDigests& plans) {
  std::vector<std::string> damaged;
  for (const std::int64_t step : run::checkpoint_steps(run_folder)) {
    const std::string name = run::checkpoint_name(step);
    const base::Folder folder = run_folder.existing_subfolder("checkpoints");
    try {
      StoredTensors file(folder, name);
      const bool has_checksum = file.verify();
      run::check_step(file, step);
      if (has_checksum && run::is_checkpoint(file, plans))
        return UsedCheckpoint{std::move(file), step, std::move(damaged)};
    } catch (const Error& error) {
      if (!folder.has(name)) return std::nullopt;
      damaged.emplace_back(error.what());
    }
  }
  no_checkpoint(run_folder, damaged);
}

bool is_required(std::string_view name) {
  return !name.starts_with("metrics/") && !name.starts_with("dataset/");
}

// Transforms and the loss learn before the first step, and nothing after it.
bool is_learnt_before_training(std::string_view name) {
  return name.starts_with("transforms/") || name.starts_with("loss/");
}

}  // namespace

UsedCheckpoint newest_checkpoint(const base::Folder& run_folder, const run::PlanDigests& plans) {
  constexpr int attempts = 100;
  for (int i = 0; i < attempts; ++i)
    if (auto found = try_newest(run_folder, plans)) return *std::move(found);
  throw Error(fmt::format("{}: its checkpoints are removed faster than they can be read",
                          run_folder.path().string()));
}

UsedCheckpoint chosen_checkpoint(const base::Folder& run_folder, const run::PlanDigests& plans,
                                 const std::string& step_or_name) {
  const bool is_step =
      !step_or_name.empty() && step_or_name.find_first_not_of("0123456789") == std::string::npos;
  const std::string name = is_step ? "step_" + step_or_name : step_or_name;
  const std::vector<std::string> names = names_in(run_folder);
  if (std::ranges::count(names, name) == 0)
    throw Error(fmt::format("{}: there is no checkpoint {}; {}", run_folder.path().string(),
                            base::quoted(name),
                            base::hint_of(base::suggest(name, names), listed_names(run_folder))));
  StoredTensors file(run_folder.existing_subfolder("checkpoints"), name + std::string(ending));
  if (!file.verify())
    throw Error(fmt::format("{}: it has no checksum, so no run wrote it", file.path()));
  const auto& metadata = file.header().metadata;
  const auto digest = metadata.find(run::plan_digest_key);
  if (digest != metadata.end() && std::ranges::count(plans, digest->second) == 0)
    throw Error(fmt::format("{}: this is a checkpoint of another plan than that of its run folder",
                            file.path()));
  const auto step = step_in(file);
  if (is_step) run::check_step(file, std::stoll(step_or_name));
  return {std::move(file), step, {}};
}

void take_state(const state::Registry& state, const UsedCheckpoint& checkpoint,
                const base::Folder& run_folder, const run::PlanDigests& plans) {
  constexpr std::string_view weights = "weights/";
  std::optional<UsedCheckpoint> whole;  // opened when it is needed
  for (const state::NamedTensor& tensor : state.tensors()) {
    const state::Registry::Entry& entry = *state.find(tensor.name);
    const StoredTensors* file = &checkpoint.file;
    // A weight has its own name in a file, unless something else has that name.
    const Stored* stored = find(*file, tensor.name);
    if (stored == nullptr && tensor.name.starts_with(weights))
      stored = find(*file, std::string_view(tensor.name).substr(weights.size()));
    if (stored == nullptr && is_learnt_before_training(tensor.name)) {
      if (!whole) whole = newest_checkpoint(run_folder, plans);
      file = &whole->file;
      stored = find(*file, tensor.name);
    }
    const bool fits =
        stored != nullptr && stored->type == entry.type && stored->shape == entry.shape;
    if (fits) file->read(*stored, entry.bytes);
    else if (is_required(tensor.name))
      throw Error(fmt::format("{}: it has no '{}' of shape {}, which this model needs",
                              file->path(), tensor.name, base::shape_text(entry.shape)));
  }
}

}  // namespace assay::inference
