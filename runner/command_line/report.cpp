#include "runner/command_line/report.h"

#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "runner/base/utf8.h"
#include "runner/command_line/terminal.h"

namespace assay::command_line {
namespace {

std::string line_of(const config::Diagnostic& d, std::string_view config = {}) {
  using Json = nlohmann::ordered_json;
  const auto text = [](std::string_view words) { return Json(base::harmless(words)); };
  const config::Source* source = d.where.source.get();
  const bool in_file = source != nullptr && !source->path.empty();
  const bool placed = d.where.line > 0;
  Json json;
  json["severity"] = name_of(d.severity);
  json["file"] = in_file ? text(source->path) : Json();
  json["source"] = source != nullptr ? text(source->name) : Json();
  json["line"] = placed ? d.where.line : 1;
  json["column"] = placed ? d.where.column : 1;
  json["end_column"] = placed ? d.where.column + d.where.length : 1;
  json["key"] = text(d.key);
  json["message"] = text(d.message);
  json["hint"] = text(d.hint);
  json["config"] = config.empty() ? Json() : text(config);
  return json.dump();
}

}  // namespace

void report(const Common& common, const config::Diagnostics& diagnostics, std::string_view config) {
  if (!common.json) {
    std::cerr << diagnostics.text(error_colours());
    return;
  }
  for (const config::Diagnostic& d : diagnostics.sorted()) std::cerr << line_of(d, config) << '\n';
}

std::string problem(const Common& common, Severity severity, std::string_view message) {
  if (common.json) return line_of({severity, {}, {}, std::string(message), {}, {}});
  return fmt::format("assay: {}: {}", name_of(severity), base::harmless(message));
}

void report(const Common& common, std::string_view message, Severity severity) {
  std::cerr << problem(common, severity, message) << std::endl;
}

}  // namespace assay::command_line
