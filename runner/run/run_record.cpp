#include "runner/run/run_record.h"

#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <nlohmann/json.hpp>
#include <thread>

#include "assay/error.h"
#include "assay/number_text.h"
#include "runner/base/digest.h"
#include "runner/base/json_text.h"
#include "runner/base/regular_file.h"
#include "runner/base/time_format.h"
#include "runner/base/utf8.h"
#include "runner/plan/better.h"

namespace assay::run {
namespace {

using Clock = std::chrono::system_clock;

// A limit far above the size of any record.
constexpr std::uint64_t most_bytes = std::uint64_t{16} << 20;

constexpr const char* checksum_key = "checksum";
constexpr std::string_view no_checksum = "00000000000000000000000000000000";
static_assert(no_checksum.size() == base::Digest::digits);

void write_host(base::JsonText& json) {
  utsname system{};
  uname(&system);
  json.begin_object();
  json.field("name", system.nodename);
  json.field("system", fmt::format("{} {} {}", system.sysname, system.release, system.machine));
  json.field("cores", std::thread::hardware_concurrency());
  json.field("pid", getpid());
  json.end_object();
}

// Reads what base::JsonText writes.
double number_in(const nlohmann::json& json) {
  if (!json.is_string()) return json.get<double>();
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const auto text = json.get<std::string>();
  return text == "Infinity" ? infinity : text == "-Infinity" ? -infinity : std::nan("");
}

std::string text_of(const RunRecord& record, bool shortened) {
  base::JsonText json;
  const auto list = [&json](const char* key, const auto& elements, const auto& write) {
    json.key(key);
    json.begin_array();
    for (const auto& element : elements) {
      json.begin_object();
      write(element);
      json.end_object();
    }
    json.end_array();
  };
  const auto map = [&json](const char* key, const auto& entries) {
    json.key(key);
    json.begin_object();
    for (const auto& [name, value] : entries) json.field(name, value);
    json.end_object();
  };
  json.begin_object();
  json.field("name", record.name);
  json.field("overrides", record.overrides);
  json.field("state", record.state);
  if (!record.reason.empty()) json.field("reason", record.reason);
  json.field("start", base::utc_time(record.start));
  if (record.end) json.field("end", base::utc_time(*record.end));
  else json.field("updated", base::utc_time(Clock::now()));
  if (!record.locked) json.field("locked", false);
  if (shortened) json.field("shortened", "the whole record could not be written");
  json.field("steps", record.steps);
  json.field("total_steps", record.total_steps);
  json.field("training_seconds", record.training_seconds);
  json.field("waited_for_logging_seconds", record.waited_for_logging_seconds);
  json.field("seed", record.seed);
  json.field("threads", record.threads);
  json.field("mean_threads", std::round(100 * record.mean_threads) / 100);
  json.field("lanes", record.lanes);
  json.field("block_rows", record.block_rows);
  json.field("kernels", record.kernels);
  json.field("plan_digest", record.plan_digest);
  if (!record.weights_digest.empty()) json.field("weights_digest", record.weights_digest);
  if (record.initial_weights) {
    json.key("initial_weights");
    json.begin_object();
    json.field("file", record.initial_weights->file);
    json.field("digest", record.initial_weights->digest);
    json.end_object();
  }
  if (record.best) {
    json.key("best");
    json.begin_object();
    json.field("value", record.best->value);
    json.field("number", record.best->number);
    json.field("step", record.best->step);
    json.field("checkpoint", "checkpoints/" + checkpoint_name(record.best->step));
    json.end_object();
  }
  map("final", record.final_values);
  json.key("scalars");
  json.begin_object();
  for (const auto& [tag, scalar] : record.scalars) {
    json.key(tag);
    json.begin_object();
    if (!scalar.value.empty()) json.field("value", scalar.value);
    if (scalar.better) json.field("better", plan::name_of(*scalar.better));
    json.field("min", scalar.extremes.min);
    json.field("min_step", scalar.extremes.min_step);
    json.field("max", scalar.extremes.max);
    json.field("max_step", scalar.extremes.max_step);
    json.end_object();
  }
  json.end_object();
  json.field("failures", record.failures);
  if (!record.complete) json.field("complete", false);
  json.field("log_files", record.log_files);
  if (!record.log_bytes.empty()) map("log_bytes", record.log_bytes);
  if (!record.log_digests.empty()) map("log_digests", record.log_digests);
  if (!record.files.empty()) map("files", record.files);
  if (!record.changes.empty())
    list("changes", record.changes, [&json](const RunRecord::Change& change) {
      json.field("after_step", change.after_step);
      json.field("time", base::utc_time(change.time));
      json.field("settings", change.settings);
      json.field("accepted", change.accepted);
      json.field("former_plan_digest", change.former_plan_digest);
      json.field("former_total_steps", change.former_total_steps);
    });
  json.key("assay");
  json.begin_object();
  json.field("version", record.version);
  json.field("sdk", record.sdk);
  json.end_object();
  list("plugins", record.plugins, [&json](const RunRecord::Plugin& plugin) {
    json.field("name", plugin.name);
    json.field("version", plugin.version);
    json.field("file", plugin.file);
    json.field("digest", plugin.digest);
  });
  list("data", record.data, [&json](const DataFileRecord& file) {
    json.field("file", file.path);
    json.field("size", file.size);
    json.field("modified_ns", file.modified);
    json.field("digest", file.digest);
  });
  map("plan", record.plan);
  json.key("host");
  write_host(json);
  if (record.git) {
    json.key("git");
    json.begin_object();
    json.field("commit", record.git->commit);
    json.field("dirty", record.git->dirty);
    json.end_object();
  }
  json.field(checksum_key, no_checksum);
  json.end_object();
  std::string text = json.text();
  text.replace(text.rfind(no_checksum), no_checksum.size(), base::digest(text));
  return text + "\n";
}

// Parses a text that may be anything. One that is nested deeper than any record would take a
// multiple of its size as a tree, so it is refused before that. Throws assay::Error; for text that
// is not JSON, with the line at which it stops being JSON.
nlohmann::json parsed(const std::string& text) {
  constexpr int deepest = 16;
  try {
    return nlohmann::json::parse(text, [](int depth, nlohmann::json::parse_event_t /*event*/,
                                          const nlohmann::json& /*value*/) {
      if (depth > deepest) throw Error("it is nested too deeply");
      return true;
    });
  } catch (const nlohmann::json::exception& error) {
    const auto* at = dynamic_cast<const nlohmann::json::parse_error*>(&error);
    const std::size_t read = at == nullptr ? 0 : std::min(at->byte, text.size());
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(read);
    throw Error(text.empty() ? "it is empty"
                             : fmt::format("its text is not JSON from line {} on",
                                           std::count(text.begin(), end, '\n') + 1));
  }
}

// Reads an object of the record. Reports a problem with its key, "changes.0.settings".
class Reader {
 public:
  Reader(const nlohmann::json& json, std::string within) : json_(json), within_(std::move(within)) {
    if (!json_.is_object())
      throw Error(within_.empty() ? "expected an object"
                                  : fmt::format("'{}': expected an object", within_));
  }

  /// Sets the value if the key is there.
  template <class T>
  void read(const char* key, T& value) const {
    if (json_.contains(key)) require(key, value);
  }
  template <class T>
  void require(const char* key, T& value) const {
    const auto found = json_.find(key);
    if (found == json_.end()) throw Error(fmt::format("'{}' is missing", full(key)));
    try {
      get(*found, value);
    } catch (const nlohmann::json::exception&) {
      throw Error(fmt::format("'{}' has a value that no run writes there", full(key)));
    }
  }
  /// Calls the function with a reader of each object of a list.
  template <class Each>
  void each(const char* key, Each&& each) const {
    const auto found = json_.find(key);
    if (found == json_.end()) return;
    if (!found->is_array()) throw Error(fmt::format("'{}': expected a list", full(key)));
    for (std::size_t i = 0; i < found->size(); ++i)
      each(Reader((*found)[i], fmt::format("{}.{}", full(key), i)));
  }
  /// Calls the function with the key and a reader of each object of a map.
  template <class Each>
  void each_of(const char* key, Each&& each) const {
    const auto found = json_.find(key);
    if (found == json_.end()) return;
    if (!found->is_object()) throw Error(fmt::format("'{}': expected an object", full(key)));
    for (const auto& [name, value] : found->items())
      each(name, Reader(value, fmt::format("{}.{}", full(key), name)));
  }
  std::optional<Reader> within(const char* key) const {
    const auto found = json_.find(key);
    return found == json_.end() ? std::nullopt : std::optional(Reader(*found, full(key)));
  }

 private:
  std::string full(const char* key) const {
    return within_.empty() ? key : fmt::format("{}.{}", within_, key);
  }
  template <class T>
  static void get(const nlohmann::json& json, T& value) {
    json.get_to(value);
  }
  static void get(const nlohmann::json& json, double& value) { value = number_in(json); }
  static void get(const nlohmann::json& json, std::map<std::string, double>& values) {
    for (const auto& [tag, value] : json.items()) values[tag] = number_in(value);
  }
  static void get(const nlohmann::json& json, Clock::time_point& time) {
    time = base::time_in(json.get<std::string>());
  }

  const nlohmann::json& json_;
  std::string within_;
};

RunRecord record_of(const nlohmann::json& json) {
  RunRecord record;
  const Reader all(json, {});
  all.require("state", record.state);
  all.require("steps", record.steps);
  all.require("total_steps", record.total_steps);
  all.read("name", record.name);
  all.read("overrides", record.overrides);
  all.read("reason", record.reason);
  all.read("start", record.start);
  if (json.contains("end")) all.read("end", record.end.emplace());
  all.read("updated", record.updated);
  all.read("locked", record.locked);
  all.read("training_seconds", record.training_seconds);
  all.read("waited_for_logging_seconds", record.waited_for_logging_seconds);
  all.read("seed", record.seed);
  all.read("threads", record.threads);
  all.read("mean_threads", record.mean_threads);
  all.read("lanes", record.lanes);
  all.read("block_rows", record.block_rows);
  all.read("kernels", record.kernels);
  all.read("plan_digest", record.plan_digest);
  all.read("weights_digest", record.weights_digest);
  if (const auto initial = all.within("initial_weights")) {
    record.initial_weights.emplace();
    initial->require("file", record.initial_weights->file);
    initial->require("digest", record.initial_weights->digest);
  }
  if (const auto best = all.within("best")) {
    record.best.emplace();
    best->require("value", record.best->value);
    best->require("number", record.best->number);
    best->require("step", record.best->step);
  }
  all.read("final", record.final_values);
  all.each_of("scalars", [&record](const std::string& tag, const Reader& reader) {
    Scalar& scalar = record.scalars[tag];
    reader.read("value", scalar.value);
    std::string better;
    reader.read("better", better);
    scalar.better = plan::mode_called(better);
    reader.require("min", scalar.extremes.min);
    reader.require("min_step", scalar.extremes.min_step);
    reader.require("max", scalar.extremes.max);
    reader.require("max_step", scalar.extremes.max_step);
  });
  all.read("failures", record.failures);
  all.read("complete", record.complete);
  all.read("log_files", record.log_files);
  all.read("log_bytes", record.log_bytes);
  all.read("log_digests", record.log_digests);
  all.read("files", record.files);
  all.read("plan", record.plan);
  all.each("changes", [&record](const Reader& reader) {
    RunRecord::Change& change = record.changes.emplace_back();
    reader.read("after_step", change.after_step);
    reader.read("time", change.time);
    reader.read("settings", change.settings);
    reader.read("accepted", change.accepted);
    reader.read("former_plan_digest", change.former_plan_digest);
    reader.read("former_total_steps", change.former_total_steps);
  });
  all.each("data", [&record](const Reader& reader) {
    DataFileRecord& file = record.data.emplace_back();
    reader.read("file", file.path);
    reader.read("size", file.size);
    reader.read("modified_ns", file.modified);
    reader.read("digest", file.digest);
  });
  if (const auto assay = all.within("assay")) {
    assay->read("version", record.version);
    assay->read("sdk", record.sdk);
  }
  all.each("plugins", [&record](const Reader& reader) {
    RunRecord::Plugin& plugin = record.plugins.emplace_back();
    reader.read("name", plugin.name);
    reader.read("version", plugin.version);
    reader.read("file", plugin.file);
    reader.read("digest", plugin.digest);
  });
  if (const auto git = all.within("git")) {
    record.git.emplace();
    git->require("commit", record.git->commit);
    git->require("dirty", record.git->dirty);
  }
  return record;
}

// Returns true if the text has the checksum that it says, as JSON.
bool fits_checksum(const std::string& text, const nlohmann::json& json) {
  const auto found = json.find(checksum_key);
  if (found == json.end() || !found->is_string()) return false;
  const auto& stored = found->get_ref<const std::string&>();
  std::string zeroed = text.substr(0, text.find_last_not_of(" \n") + 1);
  const std::size_t at = zeroed.rfind(stored);
  if (!text.ends_with('\n') || stored.size() != no_checksum.size() || at == zeroed.npos)
    return false;
  zeroed.replace(at, no_checksum.size(), no_checksum);
  return base::digest(zeroed) == stored;
}

// Returns the part of the record that must be written even if there is hardly any room.
RunRecord shortened(RunRecord record) {
  constexpr std::size_t most_failures = 2;
  record.final_values.clear();
  record.log_digests.clear();
  record.files.clear();
  record.scalars.clear();
  record.plugins.clear();
  record.plan.clear();
  record.data.clear();
  record.overrides.clear();
  if (record.failures.size() > most_failures) {
    const std::size_t more = record.failures.size() - most_failures;
    record.failures.resize(most_failures);
    record.failures.push_back(fmt::format("and {} more", grouped(more)));
  }
  return record;
}

}  // namespace

bool RecordFile::write(const RunRecord& record, base::Sync sync) {
  // The space for values of tags and for failures that come later.
  constexpr std::size_t growth = 1024;
  const std::lock_guard lock(mutex_);
  const bool running = record.state == "running";
  if (running && ended_) return true;
  ended_ = !running;
  try {
    file_.replace(text_of(record, false), growth, sync);
    return true;
  } catch (const Error&) {
    if (running) throw;
    file_.replace(text_of(shortened(record), true), 0, sync);
    return false;
  }
}

PlanDigests plan_digests(const RunRecord& record) {
  PlanDigests digests = {record.plan_digest};
  for (const RunRecord::Change& change : record.changes)
    digests.push_back(change.former_plan_digest);
  return digests;
}

RunRecord read_record(const base::Folder& run_folder) {
  const base::RegularFile file(run_folder, "run.json");
  const std::string text = file.text(most_bytes);
  try {
    const nlohmann::json json = parsed(text);
    RunRecord record = record_of(json);
    record.altered = json.contains(checksum_key) && !fits_checksum(text, json);
    return record;
  } catch (const Error& error) {
    throw Error(fmt::format("{}: this is not a record of a run: {}", file.path(), error.what()));
  }
}

bool has_its_checksum(const std::string& text) {
  try {
    const nlohmann::json json = parsed(text);
    return json.is_object() && fits_checksum(text, json);
  } catch (const std::exception&) {
    return false;  // it is not a record
  }
}

RunState read_run_state(const std::filesystem::path& run_folder) {
  RunState run;
  // Check the lock first: a run that ends in between has then already written its last record.
  run.lock = lock_of(run_folder);
  run.record = read_record(base::Folder(run_folder));
  if (!run.record.locked) run.lock = Lock::unknown;
  return run;
}

}  // namespace assay::run
