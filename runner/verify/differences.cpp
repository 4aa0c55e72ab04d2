#include "runner/verify/differences.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <variant>

#include "assay/error.h"
#include "assay/number_text.h"
#include "runner/base/digest.h"
#include "runner/base/utf8.h"
#include "runner/base/words.h"
#include "runner/run/checkpoints.h"
#include "runner/run/run_record.h"
#include "runner/state/safetensors.h"

namespace assay::verify {
namespace {

namespace fs = std::filesystem;
using state::StoredTensors;

// Returns true for the lengths of log files, which depend on the times of records and the names of
// files.
bool is_length_of_log(std::string_view name) {
  constexpr std::string_view logs = "logs/";
  if (name.starts_with(state::before_end_prefix))
    name.remove_prefix(state::before_end_prefix.size());
  return name.starts_with(logs);
}

// Adds "optimizer 'adam' (plugin 'optimizers')", and the components within it.
void add(std::vector<std::string>& to, const plan::ComponentPlan& component,
         const plugin_host::PluginHost& host, const std::string& name = {});

void add(std::vector<std::string>& to, const plan::Values& values,
         const plugin_host::PluginHost& host);

void add(std::vector<std::string>& to, const plan::Value& value,
         const plugin_host::PluginHost& host) {
  if (const auto* component = std::get_if<plan::ComponentPlan>(&value.data))
    add(to, *component, host);
  if (const auto* group = std::get_if<plan::Values>(&value.data)) add(to, *group, host);
  if (const auto* list = std::get_if<plan::List>(&value.data))
    for (const plan::Value& element : *list) add(to, element, host);
}

void add(std::vector<std::string>& to, const plan::Values& values,
         const plugin_host::PluginHost& host) {
  for (const auto& [name, value] : values.entries()) add(to, value, host);
}

void add(std::vector<std::string>& to, const plan::ComponentPlan& component,
         const plugin_host::PluginHost& host, const std::string& name) {
  const auto* library = host.library_of(component.kind, component.type);
  to.push_back(fmt::format(
      "{} {}'{}'{}", name_of(component.kind),
      name.empty() || name == component.type ? std::string()
                                             : fmt::format("{} of type ", base::one_line(name)),
      component.type,
      library == nullptr ? std::string() : fmt::format(" (plugin '{}')", library->stamp.plugin)));
  add(to, component.values, host);
}

void add_named(std::vector<std::string>& to, const std::vector<plan::NamedComponent>& section,
               const plugin_host::PluginHost& host, std::string_view name = {}) {
  for (const plan::NamedComponent& each : section)
    if (name.empty() || each.name == name) add(to, each.component, host, each.name);
}

// Returns the text between the first two slashes of "hooks/best/value".
std::string_view name_in(std::string_view name) {
  const std::size_t begin = name.find('/') + 1;
  return name.substr(begin, name.find('/', begin) - begin);
}

std::vector<std::byte> bytes_of(const StoredTensors& file,
                                const state::SafetensorsHeader::Tensor& tensor) {
  std::vector<std::byte> bytes(static_cast<std::size_t>(tensor.end - tensor.begin));
  file.read(tensor, bytes);
  return bytes;
}

template <class Number>
std::string number_at(std::span<const std::byte> bytes, std::size_t element) {
  Number number{};
  std::memcpy(&number, bytes.data() + element * sizeof number, sizeof number);
  return fmt::format("{}", number);
}

std::string element_text(DType type, std::span<const std::byte> bytes, std::size_t element) {
  switch (type) {
    case DType::float32: return number_at<float>(bytes, element);
    case DType::float64: return number_at<double>(bytes, element);
    case DType::int32: return number_at<std::int32_t>(bytes, element);
    case DType::int64: return number_at<std::int64_t>(bytes, element);
    case DType::uint8: return number_at<std::uint8_t>(bytes, element);
  }
  return {};
}

// Returns how a tensor of two files differs; empty if it does not.
std::string difference_of(const std::string& name, const StoredTensors& whole,
                          const StoredTensors& other) {
  const auto was = whole.header().tensors.find(name), is = other.header().tensors.find(name);
  if (was == whole.header().tensors.end()) return "it did not exist";
  if (is == other.header().tensors.end()) return "it no longer exists";
  const auto& [before, after] = std::pair(was->second, is->second);
  if (before.type != after.type || before.shape != after.shape)
    return fmt::format("its shape was {} and is {}", base::shape_text(before.shape),
                       base::shape_text(after.shape));
  const auto old_bytes = bytes_of(whole, before), new_bytes = bytes_of(other, after);
  const auto [old_at, new_at] = std::ranges::mismatch(old_bytes, new_bytes);
  if (old_at == old_bytes.end()) return {};
  const std::size_t element =
      static_cast<std::size_t>(old_at - old_bytes.begin()) / size_of(before.type);
  return fmt::format(
      "element {} of {} was {} and is {}", grouped(element), grouped(before.shape.elements()),
      element_text(before.type, old_bytes, element), element_text(before.type, new_bytes, element));
}

// Returns the hook that owns the tag of "last_values/TAG", "extremes/TAG", or of a record.
std::string hook_of_tag(const StoredTensors& file, std::string_view tag) {
  const auto found = file.header().tensors.find(fmt::format("tags/{}", tag));
  if (found == file.header().tensors.end()) return {};
  const auto bytes = bytes_of(file, found->second);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string tag_in(std::string_view name) {
  for (const std::string_view prefix : {"extremes/", "last_values/", "tags/"})
    if (name.starts_with(prefix)) return std::string(name.substr(prefix.size()));
  return {};
}

StoredTensors checkpoint(const fs::path& run, std::int64_t step) {
  return StoredTensors(run / "checkpoints" / run::checkpoint_name(step));
}

std::optional<Difference> difference_after(std::int64_t step, const fs::path& whole,
                                           const fs::path& other, const Owners& owners) {
  const StoredTensors before = checkpoint(whole, step), after = checkpoint(other, step);
  std::vector<std::string> names;
  for (const auto* file : {&before, &after})
    for (const auto& [name, tensor] : file->header().tensors)
      if (!is_length_of_log(name) && std::ranges::count(names, name) == 0) names.push_back(name);
  // The extremes of a tag differ because one of its values does.
  std::ranges::stable_sort(names, {}, [&](const std::string& name) {
    return std::pair(owners.part_of(name), name.starts_with("extremes/"));
  });
  std::optional<Difference> found;
  for (const std::string& name : names) {
    std::string how = difference_of(name, before, after);
    if (how.empty()) continue;
    std::vector<std::string> components = owners.of(name, hook_of_tag(after, tag_in(name)));
    if (!found) {
      found = {0, step, base::one_line(name), std::move(how), std::move(components), {}};
    } else if (!components.empty()) {
      const std::string& owner = components.front();
      if (std::ranges::count(found->components, owner) + std::ranges::count(found->also, owner) ==
          0)
        found->also.push_back(owner);
    }
  }
  return found;
}

// Reads the lines of a log in JSON, without the time in them.
std::vector<std::string> lines_of(const fs::path& path) {
  std::vector<std::string> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    auto json = nlohmann::ordered_json::parse(line, nullptr, false);
    if (json.is_object()) json.erase("wall_time");
    lines.push_back(json.is_discarded() ? line : json.dump());
  }
  return lines;
}

std::optional<Difference> difference_of_logs(const std::string& name, const fs::path& whole,
                                             const fs::path& other, const StoredTensors& last,
                                             const Owners& owners) {
  const std::vector<std::string> before = lines_of(whole / name), after = lines_of(other / name);
  const auto [was, is] = std::ranges::mismatch(before, after);
  if (was == before.end() && is == after.end()) return std::nullopt;
  const std::string& line = was != before.end() ? *was : *is;
  const auto json = nlohmann::json::parse(line, nullptr, false);
  Difference difference;
  difference.thing = base::one_line(name);
  difference.how = fmt::format("line {} was {} and is {}", was - before.begin() + 1,
                               was == before.end() ? "not there" : base::one_line(*was),
                               is == after.end() ? "not there" : base::one_line(*is));
  if (!json.is_object()) return difference;
  if (json.contains("step") && json.at("step").is_number_integer())
    difference.step = json.at("step").get<std::int64_t>();
  if (json.contains("tag") && json.at("tag").is_string()) {
    const auto tag = json.at("tag").get<std::string>();
    difference.components = owners.of("last_values/" + tag, hook_of_tag(last, tag));
  }
  return difference;
}

std::optional<Difference> difference_of_pictures(const fs::path& whole, const fs::path& other) {
  std::map<std::string, std::pair<std::string, std::string>> digests;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(whole / "images", none))
    digests[entry.path().filename().string()].first = base::file_digest(entry.path());
  for (const auto& entry : fs::directory_iterator(other / "images", none))
    digests[entry.path().filename().string()].second = base::file_digest(entry.path());
  for (const auto& [name, found] : digests)
    if (found.first != found.second)
      return Difference{0,
                        0,
                        "images/" + base::one_line(name),
                        found.first.empty()    ? "it did not exist"
                        : found.second.empty() ? "it no longer exists"
                                               : "its bytes differ",
                        {}};
  return std::nullopt;
}

std::vector<std::string> without_repeats(std::vector<std::string> names) {
  std::vector<std::string> kept;
  for (std::string& name : names)
    if (std::ranges::count(kept, name) == 0) kept.push_back(std::move(name));
  return kept;
}

}  // namespace

Owners::Owners(const plan::Plan& plan, const plugin_host::PluginHost& host)
    : plan_(plan), host_(host) {}

void Owners::know_weights(const state::Registry& state) {
  constexpr std::string_view prefix = "weights/";
  for (const state::NamedTensor& tensor : state.tensors(prefix))
    weights_.insert(tensor.name.substr(prefix.size()));
}

Owners::Part Owners::part_of(std::string_view name) const {
  if (weights_.contains(name) || name.starts_with("weights/")) return Part::weights;
  constexpr std::array<std::pair<std::string_view, Part>, 6> parts = {
      {{"transforms/", Part::transforms},
       {"buffers/", Part::buffers},
       {"loss/", Part::loss},
       {"epoch_loss/", Part::loss},
       {"gradient_transforms/", Part::gradient_transforms},
       {"optimizer/", Part::optimizer}}};
  for (const auto& [prefix, part] : parts)
    if (name.starts_with(prefix)) return part;
  return Part::hooks;
}

std::vector<std::string> Owners::of(std::string_view name, const std::string& hook) const {
  std::vector<std::string> found;
  switch (part_of(name)) {
    case Part::transforms: add_named(found, plan_.transforms, host_, name_in(name)); break;
    case Part::buffers: add(found, plan_.model, host_); break;
    case Part::loss: add(found, plan_.loss, host_); break;
    case Part::gradient_transforms:
      add_named(found, plan_.gradient_transforms, host_, name_in(name));
      add_named(found, plan_.gradient_transforms, host_);
      break;
    case Part::optimizer:
    case Part::weights:
      add(found, plan_.optimizer, host_);
      add_named(found, plan_.gradient_transforms, host_);
      break;
    case Part::hooks:
      if (name.starts_with("metrics/")) add_named(found, plan_.metrics, host_, name_in(name));
      const std::string_view owner = hook.empty() ? name_in(name) : std::string_view(hook);
      for (const plan::HookPlan& each : plan_.hooks)
        if (each.name == owner) add(found, each.component, host_, each.name);
      add_named(found, plan_.metrics, host_);
      break;
  }
  const Part part = part_of(name);
  if (part != Part::transforms && part != Part::buffers) add(found, plan_.loss, host_);
  if (part != Part::transforms) add(found, plan_.model, host_);
  add_named(found, plan_.transforms, host_);
  add(found, plan_.dataset, host_);
  // A hook may change the rates, or restore weights.
  if (part == Part::optimizer || part == Part::weights)
    for (const plan::HookPlan& each : plan_.hooks) add(found, each.component, host_, each.name);
  return without_repeats(std::move(found));
}

Comparison differences_between(const fs::path& whole, const fs::path& other, std::int64_t taken_up,
                               const Owners& owners) {
  Comparison found;
  const auto take = [&](std::optional<Difference> difference) {
    if (!difference) return false;
    difference->taken_up = taken_up;
    found.differences.push_back(*std::move(difference));
    return true;
  };
  const run::RunRecord record = run::read_record(base::Folder(whole));
  const std::int64_t steps = run::read_record(base::Folder(other)).steps;
  if (steps != record.steps)
    take(Difference{0,
                    std::min(steps, record.steps),
                    "the number of steps",
                    fmt::format("it was {} and is {}", grouped(record.steps), grouped(steps)),
                    {}});
  for (std::int64_t step = taken_up + 1; step <= std::min(steps, record.steps); ++step)
    if (take(difference_after(step, whole, other, owners))) break;
  const StoredTensors last = checkpoint(whole, record.steps);
  bool has_lines = false;
  for (const std::string& name : record.log_files) {
    if (!name.ends_with(".jsonl")) continue;
    has_lines = true;
    if (take(difference_of_logs(name, whole, other, last, owners))) break;
  }
  if (!has_lines)
    found.not_compared.emplace_back("no logger writes JSON Lines, so no log was compared");
  take(difference_of_pictures(whole, other));
  return found;
}

}  // namespace assay::verify
