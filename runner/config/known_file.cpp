#include "runner/config/known_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <filesystem>
#include <system_error>

namespace assay::config {
namespace {

namespace fs = std::filesystem;

// Reads the first eight bytes as a little-endian number.
std::uint64_t first_number(std::string_view start) {
  std::uint64_t number = 0;
  for (std::size_t i = 8; i-- > 0;) number = number << 8U | static_cast<unsigned char>(start[i]);
  return number;
}

bool is_checkpoint(std::string_view start) {
  constexpr std::uint64_t longest_header = 100'000'000;
  return start.size() > 8 && start[8] == '{' && start[7] == '\0' &&
         first_number(start) <= longest_header;
}

bool is_event_file(std::string_view start) {
  return start.size() > 12 && start[7] == '\0' &&
         start.substr(0, 64).find("brain.Event:") != start.npos;
}

bool is_record_of_run(std::string_view start) {
  return start.starts_with('{') && start.find("\"plan_digest\"") != start.npos &&
         start.find("\"overrides\"") != start.npos;
}

// Recognises JSON objects on separate lines, each with a step: the output of the logger jsonl.
bool is_metrics(std::string_view start) {
  const std::string_view line = start.substr(0, start.find('\n'));
  return line.starts_with('{') && line.ends_with('}') && line.find("\"step\":") != line.npos &&
         line.find("\"tag\":") != line.npos && line.find("\"wall_time\":") != line.npos;
}

// Recognises a line like "2025-01-31 12:00:00 assay 0.1.0".
bool is_log(std::string_view start) {
  constexpr std::string_view form = "0000-00-00 00:00:00 assay ";
  return start.size() > form.size() &&
         std::equal(form.begin(), form.end(), start.begin(), [](char wanted, char c) {
           return wanted == '0' ? std::isdigit(static_cast<unsigned char>(c)) != 0 : wanted == c;
         });
}

// Returns the run folder that contains the file, directly or in a subfolder; empty if there is
// none.
std::string run_folder_of(const std::string& path) {
  std::error_code error;
  fs::path folder = fs::path(path).parent_path();
  for (int up = 0; up < 2; ++up) {
    const fs::path here = folder.empty() ? fs::path(".") : folder;
    if (fs::exists(here / "plan.yaml", error)) return here.string();
    folder = up == 0 ? here.lexically_normal().parent_path() : folder;
  }
  return {};
}

std::string repeat(const std::string& run_folder) {
  return fmt::format("the config of its run is {}", (fs::path(run_folder) / "plan.yaml").string());
}

}  // namespace

std::optional<KnownFile> known_file(const std::string& path, std::string_view start) {
  const std::string folder = run_folder_of(path);
  const auto of_run = [&folder](std::string what) {
    return KnownFile{std::move(what), folder.empty() ? "" : repeat(folder)};
  };
  if (is_event_file(start))
    return folder.empty()
               ? KnownFile{"an event file of TensorBoard", ""}
               : KnownFile{"an event file of TensorBoard",
                           fmt::format("`assay view {}` shows it; {}", folder, repeat(folder))};
  if (is_checkpoint(start))
    return folder.empty()
               ? KnownFile{"a file of weights (safetensors)", ""}
               : KnownFile{"a checkpoint (safetensors)",
                           fmt::format("`assay describe {}` shows it; {}", folder, repeat(folder))};
  if (is_record_of_run(start)) return of_run("the record of a run (run.json)");
  if (is_metrics(start)) return of_run("a log of metrics (JSON Lines)");
  if (is_log(start)) return of_run("the log of a run (log.txt)");
  if (start.starts_with("\x7f"
                        "ELF"))
    return KnownFile{"a program or a library (ELF)",
                     fmt::format("if it is a plugin, `assay plugins check {}` tests it", path)};
  if (start.starts_with("\x89PNG") || start.starts_with("%PDF-")) return of_run("a picture");
  if (start.starts_with("\x93NUMPY"))
    return KnownFile{"a NumPy array (.npy)",
                     "a config names it: dataset: {type: npy, samples: FILE, targets: FILE}"};
  if (start.starts_with("\x1f\x8b"))
    return KnownFile{"a compressed file (gzip)", "if a config is in it, unpack it with gunzip"};
  if (start.starts_with("<?xml") || start.starts_with("<svg") || start.starts_with("<!"))
    return KnownFile{"a file of XML or HTML, such as an SVG picture", ""};
  if (start.starts_with("PK\x03\x04"))
    return KnownFile{"a ZIP archive, such as .npz and .pt files", ""};
  return std::nullopt;
}

}  // namespace assay::config
