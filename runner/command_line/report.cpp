#include "runner/command_line/report.h"

#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <system_error>

#include "runner/base/utf8.h"
#include "runner/command_line/terminal.h"
#include "runner/command_line/wrapped_output.h"
#include "runner/run/same_run.h"

namespace assay::command_line {
namespace {

std::string line_of(const config::Diagnostic& d, std::string_view config = {}) {
  using Json = nlohmann::ordered_json;
  const auto text = [](std::string_view words) { return Json(base::harmless(words)); };
  const config::Source* source = d.where.source.get();
  const bool placed = d.where.line > 0;
  Json json;
  json["severity"] = name_of(d.severity);
  json["file"] = d.where.is_in_file() ? text(source->path) : Json();
  json["source"] = source != nullptr ? text(source->name) : Json();
  json["line"] = placed ? Json(d.where.line) : Json();
  json["column"] = placed ? Json(d.where.column) : Json();
  json["end_column"] = placed ? Json(d.where.column + d.where.length) : Json();
  json["key"] = text(d.key);
  json["message"] = text(d.message);
  json["hint"] = text(d.hint);
  json["config"] = config.empty() ? Json() : text(config);
  return json.dump();
}

}  // namespace

void report(const Common& common, const config::Diagnostics& diagnostics, std::string_view config) {
  if (!common.json) {
    std::cerr << diagnostics.text(error_colours(), error_columns());
    return;
  }
  for (const config::Diagnostic& d : diagnostics.sorted()) std::cerr << line_of(d, config) << '\n';
}

std::string problem(const Common& common, Severity severity, std::string_view message) {
  if (common.json) return line_of({severity, {}, {}, std::string(message), {}, {}});
  return base::wrapped_words(
      fmt::format("assay: {}: {}", name_of(severity), base::harmless(message)), error_columns(), 4);
}

void report(const Common& common, std::string_view message, Severity severity) {
  std::cerr << problem(common, severity, message) << std::endl;
}

void report(const Common& common, const std::exception& error) {
  if (const auto* refused = dynamic_cast<const run::Refused*>(&error)) {
    for (const std::string& reason : refused->reasons()) report(common, reason);
    return;
  }
  std::error_code gone;
  if (dynamic_cast<const std::filesystem::filesystem_error*>(&error) != nullptr)
    static_cast<void>(std::filesystem::current_path(gone));
  report(common,
         gone ? fmt::format("the working folder cannot be found ({}); change to one that exists",
                            gone.message())
              : error.what());
}

}  // namespace assay::command_line
