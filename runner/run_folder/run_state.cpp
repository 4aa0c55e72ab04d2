#include "runner/run_folder/run_state.h"

#include <fmt/format.h>

#include <cstring>
#include <nlohmann/json.hpp>
#include <string_view>

#include "assay/error.h"
#include "runner/config/file_text.h"

namespace assay::run_folder {
namespace {

// A limit far above the size of any record.
constexpr std::size_t most_bytes = std::size_t{16} << 20;

std::string text_of(const std::filesystem::path& path) {
  const config::FileText file = config::read_start(path.string(), most_bytes);
  if (file.error != 0)
    throw Error(fmt::format("{}: cannot be read: {}", path.string(), std::strerror(file.error)));
  if (file.kind != config::FileText::Kind::regular)
    throw Error(fmt::format("{}: this is not a regular file", path.string()));
  return file.text;
}

}  // namespace

RunState read_run_state(const std::filesystem::path& run_folder) {
  const std::filesystem::path path = run_folder / "run.json";
  RunState run;
  // Check the lock first: a run that ends in between has then already written its last record.
  run.lock = lock_of(run_folder);
  const std::string text = text_of(path);
  try {
    const auto json = nlohmann::json::parse(text);
    run.state = json.at("state").get<std::string>();
    run.reason = json.value("reason", "");
    run.updated = json.value("updated", "");
    run.steps = json.at("steps").get<std::int64_t>();
    run.total_steps = json.at("total_steps").get<std::int64_t>();
    if (!json.value("locked", true)) run.lock = Lock::unknown;
  } catch (const nlohmann::json::exception& error) {
    throw Error(fmt::format("{}: this is no record of a run: {}", path.string(), error.what()));
  }
  return run;
}

}  // namespace assay::run_folder
