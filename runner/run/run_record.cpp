#include "runner/run/run_record.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

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
  json["assay"] = {{"version", record.version}, {"sdk", record.sdk}};
  json["plugins"] = nlohmann::ordered_json::array();
  for (const RunRecord::Plugin& plugin : record.plugins)
    json["plugins"].push_back({{"name", plugin.name},
                               {"version", plugin.version},
                               {"file", plugin.file},
                               {"digest", plugin.digest}});
  json["host"] = host();
  if (record.git) json["git"] = {{"commit", record.git->commit}, {"dirty", record.git->dirty}};
  json[checksum_key] = no_checksum;
  // A path or a reason may contain bytes that are not UTF-8.
  std::string text = json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  text.replace(text.rfind(no_checksum), no_checksum.size(), base::digest(text));
  return text + "\n";
}

// Parses a text that may be anything. One that is nested deeper than any record would take a
// multiple of its size as a tree, so it is refused before it is one. Throws assay::Error.
nlohmann::json parsed(const std::string& text) {
  constexpr int deepest = 16;
  try {
    return nlohmann::json::parse(text, [](int depth, nlohmann::json::parse_event_t /*event*/,
                                          const nlohmann::json& /*value*/) {
      if (depth > deepest) throw Error("it is nested too deeply");
      return true;
    });
  } catch (const nlohmann::json::exception& error) {
    throw Error(base::one_line(error.what()));
  }
}

RunRecord record_of(const nlohmann::json& json) {
  RunRecord record;
  const auto read = [&json](const char* key, auto& value) {
    if (const auto found = json.find(key); found != json.end()) found->get_to(value);
  };
  const auto read_number = [&json](const char* key, double& value) {
    if (const auto found = json.find(key); found != json.end()) value = number_in(*found);
  };
  record.state = json.at("state").get<std::string>();
  record.steps = json.at("steps").get<std::int64_t>();
  record.total_steps = json.at("total_steps").get<std::int64_t>();
  read("name", record.name);
  read("overrides", record.overrides);
  read("reason", record.reason);
  record.start = time_in(json.value("start", ""));
  if (json.contains("end")) record.end = time_in(json.at("end").get<std::string>());
  read("updated", record.updated);
  read("locked", record.locked);
  read_number("training_seconds", record.training_seconds);
  read_number("waited_for_logging_seconds", record.waited_for_logging_seconds);
  read("seed", record.seed);
  read("threads", record.threads);
  read_number("mean_threads", record.mean_threads);
  read("lanes", record.lanes);
  read("block_rows", record.block_rows);
  read("kernels", record.kernels);
  read("plan_digest", record.plan_digest);
  read("weights_digest", record.weights_digest);
  if (const auto initial = json.find("initial_weights"); initial != json.end())
    record.initial_weights = {initial->at("file").get<std::string>(),
                              initial->at("digest").get<std::string>()};
  if (const auto best = json.find("best"); best != json.end())
    record.best = {best->at("value").get<std::string>(), number_in(best->at("number")),
                   best->at("step").get<std::int64_t>()};
  if (const auto last = json.find("final"); last != json.end())
    for (const auto& [tag, value] : last->items()) record.final_values[tag] = number_in(value);
  read("failures", record.failures);
  read("complete", record.complete);
  read("log_files", record.log_files);
  read("log_bytes", record.log_bytes);
  if (const auto assay = json.find("assay"); assay != json.end()) {
    record.version = assay->value("version", "");
    record.sdk = assay->value("sdk", "");
  }
  if (const auto plugins = json.find("plugins"); plugins != json.end())
    for (const auto& plugin : *plugins)
      record.plugins.push_back({plugin.value("name", ""), plugin.value("version", ""),
                                plugin.value("file", ""), plugin.value("digest", "")});
  if (const auto git = json.find("git"); git != json.end())
    record.git = {git->at("commit").get<std::string>(), git->at("dirty").get<bool>()};
  return record;
}

// Returns the part of the record that must be written even if there is hardly any room.
RunRecord shortened(RunRecord record) {
  constexpr std::size_t most_failures = 2;
  record.final_values.clear();
  record.plugins.clear();
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

RunRecord read_record(const base::Folder& run_folder) {
  const base::RegularFile file(run_folder, "run.json");
  const std::string text = file.text(most_bytes);
  const auto fail = [&file](const char* why) {
    throw Error(
        fmt::format("{}: this is no record of a run: {}", file.path(), base::one_line(why)));
  };
  try {
    return record_of(parsed(text));
  } catch (const nlohmann::json::exception& error) {
    fail(error.what());
  } catch (const Error& error) {
    fail(error.what());
  }
  return {};
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
