#include "hyper_parameters.h"

#include <algorithm>
#include <array>

#include "assay/error.h"
#include "hparams.pb.h"

namespace assay::tensorboard {
namespace {

// The sections that the digest of a plan leaves out (docs/architecture.md).
constexpr std::array<std::string_view, 6> without_effect = {"name",    "run_dir", "resume",
                                                            "threads", "loggers", "checkpoints"};

void set(HParamValue& value, const PlanEntry& entry) {
  const auto set_text = [&](std::string_view text) {
    value.set_string_value(text.data(), text.size());
  };
  switch (entry.value.type) {
    case TypedValue::Type::boolean: return value.set_bool_value(entry.value.boolean);
    case TypedValue::Type::number: return value.set_number_value(entry.value.number);
    case TypedValue::Type::text: return set_text(entry.value.text);
    // TensorBoard would not tell null from a key that the run lacks.
    case TypedValue::Type::none: return set_text("null");
  }
}

std::string bytes_of(const HParamsPluginData& data) {
  std::string bytes;
  if (!data.SerializeToString(&bytes))
    throw Error("the hyper-parameters of the run are larger than 2 GiB, the most a record holds");
  return bytes;
}

}  // namespace

bool is_hyper_parameter(std::string_view key) {
  return std::ranges::find(without_effect, key.substr(0, key.find('.'))) == without_effect.end();
}

std::string session_start(std::span<const PlanEntry> plan, double start_time) {
  HParamsPluginData data;
  SessionStartInfo& info = *data.mutable_session_start_info();
  info.set_start_time_secs(start_time);
  for (const PlanEntry& entry : plan) {
    if (!is_hyper_parameter(entry.key)) continue;
    SessionStartInfo::HParam& parameter = *info.add_hparams();
    parameter.set_name(entry.key.data(), entry.key.size());
    set(*parameter.mutable_value(), entry);
  }
  return bytes_of(data);
}

std::string session_end(Outcome outcome, double end_time) {
  HParamsPluginData data;
  SessionEndInfo& info = *data.mutable_session_end_info();
  info.set_status(outcome == Outcome::finished ? SessionEndInfo::SUCCESS : SessionEndInfo::FAILURE);
  info.set_end_time_secs(end_time);
  return bytes_of(data);
}

}  // namespace assay::tensorboard
