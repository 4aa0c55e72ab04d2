#include "runner/verify/log_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "assay/number_text.h"
#include "runner/base/digest.h"
#include "runner/base/utf8.h"
#include "runner/verify/event_file.h"
#include "runner/verify/json_lines.h"

namespace assay::verify {
namespace {

Finding check_records(const base::RegularFile& file, const std::string& name, bool is_running) {
  if (is_event_file(name)) return finding_of(check_event_file(file), "record", is_running);
  if (is_json_lines(name)) return finding_of(check_json_lines(file), "record", is_running);
  return {{}, Condition::whole, "its format is not known", {}};
}

}  // namespace

bool is_json_lines(const std::string& name) { return name.ends_with(".jsonl"); }

bool is_event_file(const std::string& name) {
  return std::filesystem::path(name).filename().string().find("tfevents") != std::string::npos;
}

Finding finding_of(const WholePart& part, const char* noun, bool is_running) {
  if (part.problem.empty()) return {{}, Condition::whole, counted(part.records, noun), {}};
  return {{},
          part.is_cut_short && is_running ? Condition::growing : Condition::damaged,
          fmt::format("{} whole up to byte {}; behind that {}", counted(part.records, noun),
                      grouped(part.bytes), part.problem),
          part.bytes};
}

Finding check_log_file(const base::RegularFile& file, const std::string& name,
                       std::span<const LogEnd> ends, bool is_running) {
  Finding found = check_records(file, name, is_running);
  if (found.condition == Condition::damaged) return found;
  const std::string about = found.about.empty() ? std::string() : ": " + found.about;
  for (const LogEnd& end : ends)
    if (file.size() < static_cast<std::uint64_t>(std::max<std::int64_t>(end.bytes, 0)))
      return {{},
              Condition::damaged,
              fmt::format("it has {} bytes, and {} says {}{}", grouped(file.size()), end.who,
                          grouped(end.bytes), about),
              file.size()};
  for (const LogEnd& end : ends) {
    if (end.digest.empty() || end.bytes < 0) continue;
    const std::string digest = base::digest_of_first(file, static_cast<std::uint64_t>(end.bytes));
    if (digest == end.digest) continue;
    return {{},
            Condition::damaged,
            fmt::format("its records can be read, but its first {} bytes are not those that the "
                        "run had logged: their digest is {}, and {} has {}",
                        grouped(end.bytes), digest, end.who, base::one_line(end.digest)),
            {}};
  }
  return found;
}

}  // namespace assay::verify
