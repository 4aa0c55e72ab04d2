#include "runner/run/run_record.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <limits>
#include <nlohmann/json.hpp>
#include <thread>

#include "assay/error.h"
#include "assay/number_text.h"
#include "runner/base/digest.h"
#include "runner/base/regular_file.h"
#include "runner/base/utf8.h"

namespace assay::run {
namespace {

using Clock = std::chrono::system_clock;

// A limit far above the size of any record.
constexpr std::uint64_t most_bytes = std::uint64_t{16} << 20;

constexpr const char* checksum_key = "checksum";
constexpr std::string_view no_checksum = "00000000000000000000000000000000";
static_assert(no_checksum.size() == base::Digest::digits);

std::string iso(std::chrono::system_clock::time_point time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}Z",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

// JSON has no NaN and no infinities; nlohmann/json would write null.
nlohmann::ordered_json number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  return value;
}

nlohmann::ordered_json host() {
  utsname system{};
  uname(&system);
  return {{"name", system.nodename},
          {"system", fmt::format("{} {} {}", system.sysname, system.release, system.machine)},
          {"cores", std::thread::hardware_concurrency()},
          {"pid", getpid()}};
}

// Reads what number() writes.
double number_in(const nlohmann::json& json) {
  if (!json.is_string()) return json.get<double>();
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const auto text = json.get<std::string>();
  return text == "Infinity" ? infinity : text == "-Infinity" ? -infinity : std::nan("");
}

// Reads what iso() writes. Returns 1970 for any other text.
Clock::time_point time_in(const std::string& text) {
  std::tm parts{};
  if (strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts) == nullptr) return {};
  return Clock::from_time_t(timegm(&parts));
}

std::string text_of(const RunRecord& record, bool shortened) {
  nlohmann::ordered_json json;
  json["name"] = record.name;
  json["overrides"] = record.overrides;
  json["state"] = record.state;
  if (!record.reason.empty()) json["reason"] = record.reason;
  json["start"] = iso(record.start);
  if (record.end) json["end"] = iso(*record.end);
  else json["updated"] = iso(std::chrono::system_clock::now());
  if (!record.locked) json["locked"] = false;
  if (shortened) json["shortened"] = "the whole record could not be written";
  json["steps"] = record.steps;
  json["total_steps"] = record.total_steps;
  json["training_seconds"] = number(record.training_seconds);
  json["waited_for_logging_seconds"] = number(record.waited_for_logging_seconds);
  json["seed"] = record.seed;
  json["threads"] = record.threads;
  json["mean_threads"] = number(std::round(100 * record.mean_threads) / 100);
  json["lanes"] = record.lanes;
  json["block_rows"] = record.block_rows;
  json["kernels"] = record.kernels;
  json["plan_digest"] = record.plan_digest;
  if (!record.weights_digest.empty()) json["weights_digest"] = record.weights_digest;
  if (record.initial_weights)
    json["initial_weights"] = {{"file", record.initial_weights->file},
                               {"digest", record.initial_weights->digest}};
  if (record.best)
    json["best"] = {{"value", record.best->value},
                    {"number", number(record.best->number)},
                    {"step", record.best->step},
                    {"checkpoint", "checkpoints/" + checkpoint_name(record.best->step)}};
  json["final"] = nlohmann::ordered_json::object();
  for (const auto& [tag, value] : record.final_values) json["final"][tag] = number(value);
  json["failures"] = record.failures;
  if (!record.complete) json["complete"] = false;
  json["log_files"] = record.log_files;
  if (!record.log_bytes.empty()) json["log_bytes"] = record.log_bytes;
  if (!record.changes.empty()) json["changes"] = nlohmann::ordered_json::array();
  for (const RunRecord::Change& change : record.changes)
    json["changes"].push_back({{"after_step", change.after_step},
                               {"time", iso(change.time)},
                               {"settings", change.settings},
                               {"accepted", change.accepted},
                               {"former_plan_digest", change.former_plan_digest},
                               {"former_total_steps", change.former_total_steps}});
  json["assay"] = {{"version", record.version}, {"sdk", record.sdk}};
  json["plugins"] = nlohmann::ordered_json::array();
  for (const RunRecord::Plugin& plugin : record.plugins)
    json["plugins"].push_back({{"name", plugin.name},
                               {"version", plugin.version},
                               {"file", plugin.file},
                               {"digest", plugin.digest}});
  json["data"] = nlohmann::ordered_json::array();
  for (const DataFileRecord& file : record.data)
    json["data"].push_back({{"file", file.path},
                            {"size", file.size},
                            {"modified_ns", file.modified},
                            {"digest", file.digest}});
  json["plan"] = record.plan;
  json["host"] = host();
  if (record.git) json["git"] = {{"commit", record.git->commit}, {"dirty", record.git->dirty}};
  json[checksum_key] = no_checksum;
  // A path or a reason may contain bytes that are not UTF-8.
  std::string text = json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  text.replace(text.rfind(no_checksum), no_checksum.size(), base::digest(text));
  return text + "\n";
}

// Parses a text that may be anything. One that is nested deeper than any record would take a
// multiple of its size as a tree, so it is refused before it is one. Throws assay::Error, for what
// is no JSON with the line at which it ends to be any.
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
                             : fmt::format("its text is no JSON from line {} on",
                                           std::count(text.begin(), end, '\n') + 1));
  }
}

// Reads an object of the record. What is wrong is told with its key, "changes.0.settings".
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
    time = time_in(json.get<std::string>());
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
  all.read("failures", record.failures);
  all.read("complete", record.complete);
  all.read("log_files", record.log_files);
  all.read("log_bytes", record.log_bytes);
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

// Returns the part of the record that must be written even if there is hardly any room.
RunRecord shortened(RunRecord record) {
  constexpr std::size_t most_failures = 2;
  record.final_values.clear();
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
  // Room for values of tags and for failures that come later.
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
    return record_of(parsed(text));
  } catch (const Error& error) {
    throw Error(fmt::format("{}: this is no record of a run: {}", file.path(), error.what()));
  }
}

bool has_its_checksum(const std::string& text) {
  std::string stored;
  try {
    stored = parsed(text).at(checksum_key).get<std::string>();
  } catch (const std::exception&) {
    return false;  // it is no record
  }
  std::string zeroed = text.substr(0, text.find_last_not_of(" \n") + 1);
  const std::size_t at = zeroed.rfind(stored);
  if (!text.ends_with('\n') || stored.size() != no_checksum.size() || at == zeroed.npos)
    return false;
  zeroed.replace(at, no_checksum.size(), no_checksum);
  return base::digest(zeroed) == stored;
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
