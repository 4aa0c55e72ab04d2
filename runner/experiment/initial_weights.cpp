#include "runner/experiment/initial_weights.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "assay/error.h"
#include "assay/number_text.h"
#include "runner/base/pattern.h"
#include "runner/base/suggest.h"
#include "runner/base/wording.h"
#include "runner/base/words.h"
#include "runner/state/safetensors.h"

namespace assay::experiment {
namespace {

constexpr std::string_view buffers = "buffers/";
constexpr std::string_view own_weights = "weights/";

// A tensor of the file.
struct Stored {
  std::string type;
  Shape shape;
};

std::string key_of(std::string_view part) { return fmt::format("model.init_from.{}", part); }

std::string text_of(const Shape& shape) {
  return fmt::format("[{}]", fmt::join(shape.dimensions(), ", "));
}

bool fits_one(const std::vector<plan::WeightPattern>& patterns, std::string_view name) {
  return std::ranges::any_of(patterns, [&](const plan::WeightPattern& p) {
    return base::match(p.text, name).has_value();
  });
}

// Returns true for the part of a run's state that is neither a weight nor a buffer.
bool is_of_the_run(std::string_view name) {
  constexpr std::array<std::string_view, 4> numbers = {"hooks_step", "seed", "step", "stop_reason"};
  constexpr std::array<std::string_view, 16> parts = {state::before_end_prefix,
                                                      "best/",
                                                      "dataset/",
                                                      "epoch_loss/",
                                                      "extremes/",
                                                      "gradient_transforms/",
                                                      "hooks/",
                                                      "last_values/",
                                                      "loggers/",
                                                      "logs/",
                                                      "loss/",
                                                      "metrics/",
                                                      "optimizer/",
                                                      "rate_factors/",
                                                      "tags/",
                                                      "transforms/"};
  return std::ranges::count(numbers, name) > 0 ||
         std::ranges::any_of(parts, [&](auto part) { return name.starts_with(part); });
}

class Reading {
 public:
  Reading(const plan::InitFromPlan& plan, const train::ModelDescription& model,
          const state::Registry& state, config::Diagnostics& diagnostics)
      : plan_(plan),
        model_(model),
        state_(state),
        diagnostics_(diagnostics),
        file_(plan.file, state::OtherTypes::listed) {
    file_.verify();
    list_tensors();
  }

  std::optional<InitialWeights> into(state::ParameterMemory& weights) {
    const std::size_t problems = diagnostics_.size();
    rename();
    find_weights();
    find_buffers();
    find_extra();
    if (diagnostics_.size() > problems) return std::nullopt;
    initial_.file = plan_.file;
    initial_.digest = file_.content_digest();
    for (const auto& [parameter, name] : read_weights_)
      file_.read_floats(name, weights.values(parameter));
    for (const auto& [entry, name] : read_buffers_) read_buffer(*entry, name);
    return std::move(initial_);
  }

 private:
  void list_tensors() {
    const auto& [tensors, others, metadata] = file_.header();
    const auto format = metadata.find("format");
    const bool is_of_assay = format != metadata.end() && format->second.starts_with("assay");
    for (const auto& [name, tensor] : tensors)
      if (!is_of_assay || !is_of_the_run(name))
        stored_[name] = {std::string(state::safetensors_name(tensor.type)), tensor.shape};
    for (const auto& [name, tensor] : others) stored_[name] = {tensor.type, tensor.shape};
  }

  // Gives each tensor of the file its name in the model.
  void rename() {
    std::set<const plan::InitFromPlan::Rename*> used;
    for (const auto& [name, tensor] : stored_) {
      std::optional<std::string> to = name;
      for (const plan::InitFromPlan::Rename& rename : plan_.rename) {
        const auto texts = base::match(rename.from.text, name);
        if (!texts) continue;
        used.insert(&rename);
        to = rename.to ? std::optional(base::filled(*rename.to, *texts)) : std::nullopt;
        break;
      }
      if (!to) {
        initial_.left_out.push_back(name);
        continue;
      }
      if (to->starts_with(own_weights) && to == name) to->erase(0, own_weights.size());
      const auto [found, is_new] = by_name_.emplace(*to, name);
      if (!is_new)
        diagnostics_.error(
            plan_.where, key_of("rename"),
            fmt::format("{} and {} of the file would both be {}", base::quoted(found->second),
                        base::quoted(name), base::quoted(*to)));
    }
    for (const plan::InitFromPlan::Rename& rename : plan_.rename)
      if (!used.contains(&rename)) is_unused(rename);
  }

  void is_unused(const plan::InitFromPlan::Rename& rename) {
    std::vector<std::string> names;
    for (const auto& [name, tensor] : stored_) names.push_back(name);
    const bool fits = std::ranges::any_of(
        names, [&](const auto& name) { return base::match(rename.from.text, name).has_value(); });
    diagnostics_.error(
        rename.from.where, key_of("rename"),
        fits ? fmt::format("the patterns before it already fit everything called {}",
                           base::quoted(rename.from.text))
             : fmt::format("the file has no tensors called {}", base::quoted(rename.from.text)),
        fits ? ""
             : base::hint_of(base::suggest(rename.from.text, names),
                             "it has: " + base::listed(names)));
  }

  // Returns the file's name of a tensor that has this name in the model; null if the file lacks it.
  const std::string* find(const std::string& name) {
    const auto found = by_name_.find(name);
    if (found == by_name_.end()) return nullptr;
    taken_.insert(found->first);
    return &found->second;
  }

  void find_weights() {
    std::vector<std::string> lacking, wrong;
    bool is_transposed = false;
    for (std::size_t i = 0; i < model_.parameters.size(); ++i) {
      const train::ParameterInfo& parameter = model_.parameters[i];
      const std::string* const name = find(parameter.name);
      if (name == nullptr) {
        initial_.random.push_back(parameter.name);
        if (!fits_one(plan_.missing, parameter.name))
          lacking.push_back(fmt::format("{} {}", parameter.name, text_of(parameter.shape)));
        continue;
      }
      const Stored& stored = stored_.at(*name);
      if (stored.shape != parameter.shape) {
        wrong.push_back(fmt::format("{} is {} there and {} in the model", parameter.name,
                                    text_of(stored.shape), text_of(parameter.shape)));
        is_transposed |= stored.shape.rank() == 2 && parameter.shape.rank() == 2 &&
                         stored.shape[0] == parameter.shape[1] &&
                         stored.shape[1] == parameter.shape[0];
      } else if (stored.type != "F32" && stored.type != "F64" && stored.type != "F16" &&
                 stored.type != "BF16") {
        wrong.push_back(fmt::format("{} has numbers of the type {}; expected F32, F64, F16 or BF16",
                                    parameter.name, stored.type));
      } else {
        read_weights_.emplace_back(i, *name);
        ++initial_.weights;
      }
    }
    if (!wrong.empty())
      diagnostics_.error(
          plan_.where, key_of("file"),
          fmt::format("not all tensors of the file fit: {}", base::listed(wrong)),
          is_transposed
              ? "a kernel is [inputs, outputs]: transpose it in the program that writes the file"
              : "`rename: {NAME: null}` leaves one out, and `missing: [NAME]` allows that");
    if (!lacking.empty())
      diagnostics_.error(
          plan_.where, key_of("missing"),
          fmt::format("the file lacks weights of the model: {}", base::listed(lacking)),
          near_names());
  }

  // Returns advice about weights that the file lacks: the tensor of the same shape with the most
  // similar name.
  std::string near_names() const {
    std::vector<std::string> untaken;
    std::string best, meant;
    for (const auto& [name, in_file] : by_name_) {
      if (taken_.contains(name)) continue;
      untaken.push_back(in_file);
      for (const train::ParameterInfo& parameter : model_.parameters)
        if (std::ranges::count(initial_.random, parameter.name) > 0 &&
            parameter.shape == stored_.at(in_file).shape &&
            !base::suggest(parameter.name, std::span(&in_file, 1)).empty() &&
            (best.empty() ||
             base::edit_distance(in_file, parameter.name) < base::edit_distance(best, meant))) {
          best = in_file;
          meant = parameter.name;
        }
    }
    if (!best.empty())
      return fmt::format("it has {}: `rename: {{\"{}\": \"{}\"}}`", base::quoted(best), best,
                         meant);
    return (untaken.empty() ? std::string() : fmt::format("it has: {}; ", base::listed(untaken))) +
           "`rename:` gives tensors other names, and `missing: allow` lets such weights begin as "
           "random ones";
  }

  void find_buffers() {
    std::vector<std::string> wrong;
    for (const state::NamedTensor& buffer : state_.tensors(buffers)) {
      const std::string* name = find(buffer.name);
      if (name == nullptr) name = find(buffer.name.substr(buffers.size()));
      if (name == nullptr) continue;
      const Stored& stored = stored_.at(*name);
      const bool is_float = buffer.type == DType::float32 &&
                            (stored.type == "F64" || stored.type == "F16" || stored.type == "BF16");
      if (stored.shape != buffer.shape ||
          (!is_float && stored.type != state::safetensors_name(buffer.type))) {
        wrong.push_back(fmt::format("{} is {} {} there and {} {} in the model", buffer.name,
                                    stored.type, text_of(stored.shape),
                                    state::safetensors_name(buffer.type), text_of(buffer.shape)));
        continue;
      }
      read_buffers_.emplace_back(state_.find(buffer.name), *name);
      ++initial_.buffers;
    }
    if (!wrong.empty())
      diagnostics_.error(plan_.where, key_of("file.buffers"),
                         fmt::format("not all tensors of the file fit: {}", base::listed(wrong)));
  }

  void read_buffer(const state::Registry::Entry& entry, const std::string& name) const {
    if (entry.type == DType::float32)
      return file_.read_floats(
          name, {reinterpret_cast<float*>(entry.bytes.data()), entry.bytes.size() / sizeof(float)});
    file_.read(file_.header().tensors.at(name), entry.bytes);
  }

  void find_extra() {
    std::vector<std::string> extra;
    for (const auto& [name, in_file] : by_name_) {
      if (taken_.contains(name)) continue;
      initial_.left_out.push_back(in_file);
      if (!fits_one(plan_.extra, name))
        extra.push_back(fmt::format("{} {}", in_file, text_of(stored_.at(in_file).shape)));
    }
    if (!extra.empty())
      diagnostics_.error(
          plan_.where, key_of("extra"),
          fmt::format("the file has tensors that the model lacks: {}", base::listed(extra)),
          "`rename:` gives them other names, and `extra: allow` leaves them out");
  }

  const plan::InitFromPlan& plan_;
  const train::ModelDescription& model_;
  const state::Registry& state_;
  config::Diagnostics& diagnostics_;
  state::StoredTensors file_;
  InitialWeights initial_;
  std::map<std::string, Stored> stored_;        // by their names in the file
  std::map<std::string, std::string> by_name_;  // those names, by the names in the model
  std::set<std::string> taken_;                 // names in the model
  std::vector<std::pair<std::size_t, std::string>> read_weights_;
  std::vector<std::pair<const state::Registry::Entry*, std::string>> read_buffers_;
};

}  // namespace

std::optional<InitialWeights> read_weights(const plan::InitFromPlan& plan,
                                           const train::ModelDescription& model,
                                           state::ParameterMemory& weights,
                                           const state::Registry& state,
                                           config::Diagnostics& diagnostics) {
  try {
    return Reading(plan, model, state, diagnostics).into(weights);
  } catch (const Error& error) {
    diagnostics.error(plan.where, key_of("file"), error.what());
    return std::nullopt;
  }
}

std::string described(const InitialWeights& initial) {
  std::string text = fmt::format("{}: {}", base::shown_path(initial.file),
                                 counted(static_cast<std::int64_t>(initial.weights), "tensor"));
  if (initial.buffers > 0)
    text += fmt::format(" and {}", counted(static_cast<std::int64_t>(initial.buffers), "buffer"));
  if (!initial.random.empty()) text += fmt::format("; random: {}", base::listed(initial.random));
  if (!initial.left_out.empty())
    text += fmt::format("; left out: {}", base::listed(initial.left_out));
  return text;
}

}  // namespace assay::experiment
