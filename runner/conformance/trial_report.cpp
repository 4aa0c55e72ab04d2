#include "runner/conformance/trial_report.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <nlohmann/json.hpp>

#include "assay/error.h"
#include "runner/conformance/configured.h"

namespace assay::conformance {
namespace {

using nlohmann::json;

constexpr std::size_t word_size = 32;
constexpr std::size_t longest_text = 4096;
constexpr rlim_t highest_descriptor = 987;

std::string drawn_word() {
  std::array<std::uint64_t, 2> bits{};
  if (getrandom(bits.data(), sizeof bits, 0) != sizeof bits)
    throw Error(fmt::format("cannot draw random bits: {}", std::strerror(errno)));
  return fmt::format("{:016x}{:016x}", bits[0], bits[1]);
}

// Moves the descriptor to a high number. New files get the lowest free number, and code that closes
// many descriptors starts at the lowest.
int moved_up(int descriptor) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  const rlim_t number = std::min(limit.rlim_cur - 1, highest_descriptor);
  const int moved = fcntl(descriptor, F_DUPFD_CLOEXEC, static_cast<int>(number));
  if (moved < 0) throw Error(fmt::format("cannot open the report: {}", std::strerror(errno)));
  close(descriptor);
  return moved;
}

std::string cut(const std::string& text) { return text.substr(0, longest_text); }

json written(const Begun& step) {
  return {{"step", step.number}, {"subject", cut(step.subject)}, {"name", cut(step.name)}};
}

json written(const StepOutcome& outcome) {
  return {{"verdict", static_cast<unsigned>(outcome.verdict)},
          {"text", cut(outcome.text)},
          {"seconds", outcome.seconds},
          {"kilobytes", outcome.kilobytes}};
}

json written(const config::Diagnostics& problems) {
  json list = json::array();
  for (const config::Diagnostic& d : problems.sorted())
    list.push_back({{"setting", d.where.source ? cut(d.where.source->text) : ""},
                    {"line", d.where.line},
                    {"column", d.where.column},
                    {"length", d.where.length},
                    {"key", cut(d.key)},
                    {"message", cut(d.message)},
                    {"hint", cut(d.hint)}});
  return {{"problems", std::move(list)}};
}

bool get(const json& object, const char* key, std::string& value) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return false;
  value = found->get<std::string>();
  return true;
}

template <class Number>
bool get(const json& object, const char* key, Number& value) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number()) return false;
  value = found->get<Number>();
  return true;
}

std::optional<Message> read_step(const json& object) {
  Begun step;
  if (!get(object, "step", step.number) || !get(object, "subject", step.subject) ||
      !get(object, "name", step.name))
    return std::nullopt;
  return step;
}

std::optional<Message> read_outcome(const json& object) {
  StepOutcome outcome;
  unsigned verdict = 0;
  if (!get(object, "verdict", verdict) || verdict > static_cast<unsigned>(Verdict::not_run) ||
      !get(object, "text", outcome.text) || !get(object, "seconds", outcome.seconds) ||
      !get(object, "kilobytes", outcome.kilobytes))
    return std::nullopt;
  outcome.verdict = static_cast<Verdict>(verdict);
  return outcome;
}

std::optional<Message> read_problems(const json& list) {
  config::Diagnostics problems;
  for (const json& object : list) {
    std::string setting;
    config::Diagnostic d;
    if (!object.is_object() || !get(object, "setting", setting) ||
        !get(object, "line", d.where.line) || !get(object, "column", d.where.column) ||
        !get(object, "length", d.where.length) || !get(object, "key", d.key) ||
        !get(object, "message", d.message) || !get(object, "hint", d.hint))
      return std::nullopt;
    d.where.source = source_of(setting);
    problems.error(d.where, d.key, d.message, d.hint);
  }
  return problems;
}

}  // namespace

ReportWriter::ReportWriter(int descriptor)
    : descriptor_(moved_up(descriptor)), process_(getpid()), word_(drawn_word()) {
  write_line(word_ + "\n");
}

void ReportWriter::write(const Message& message) const {
  const json object = std::visit([](const auto& m) { return written(m); }, message);
  write_line(
      fmt::format("{} {}\n", word_, object.dump(-1, ' ', false, json::error_handler_t::replace)));
}

void ReportWriter::write_line(std::string_view line) const {
  if (getpid() != process_) _exit(0);
  while (!line.empty()) {
    const ssize_t count = ::write(descriptor_, line.data(), line.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) _exit(exit_without_report);
    line.remove_prefix(static_cast<std::size_t>(count));
  }
}

bool ReportReader::begins(std::string_view line) {
  word_ = line;
  return line.size() == word_size &&
         line.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::optional<Message> ReportReader::read(std::string_view line) const {
  if (!line.starts_with(word_ + " ")) return std::nullopt;
  const json object = json::parse(line.substr(word_.size() + 1), nullptr, false);
  if (!object.is_object()) return std::nullopt;
  if (object.contains("step")) return read_step(object);
  if (object.contains("verdict")) return read_outcome(object);
  if (const auto problems = object.find("problems");
      problems != object.end() && problems->is_array())
    return read_problems(*problems);
  return std::nullopt;
}

}  // namespace assay::conformance
