#include "runner/config/diagnostics.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "assay/number_text.h"
#include "runner/base/utf8.h"
#include "runner/base/wording.h"
#include "runner/config/places.h"

namespace assay::config {
namespace {

constexpr std::size_t most_shown = 100;
constexpr std::size_t widest_line = 160;  // characters of a line that are shown
constexpr std::size_t margin = 8;         // columns left of it
constexpr std::string_view dots = "...";  // where something is left out

struct Colours {
  std::string_view strong, error, warning, mark, off;
};
constexpr Colours plain{"", "", "", "", ""};
constexpr Colours ansi{"\x1b[1m", "\x1b[1;31m", "\x1b[1;35m", "\x1b[1;32m", "\x1b[0m"};

auto order(const Diagnostic& d) {
  const Source* source = d.where.source.get();
  const bool argument = d.where.is_in_argument();
  const std::string_view name = source == nullptr ? std::string_view() : source->name;
  // Compares numbers as numbers: "argument 10" comes after "argument 2".
  return std::tuple(source == nullptr ? 2
                    : argument        ? 1
                                      : 0,
                    argument ? name.size() : 0, name, d.where.line, d.where.column);
}

// Cuts the middle out of an overlong message: its end may say what is wrong.
std::string without_middle(std::string text) {
  constexpr std::size_t longest = 2000;
  if (text.size() <= 2 * longest) return text;
  const auto within_character = [&text](std::size_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
  };
  std::size_t end = longest, rest = text.size() - longest;
  while (end > 0 && within_character(end)) --end;
  while (rest < text.size() && within_character(rest)) ++rest;
  return text.replace(end, rest - end, "...");
}

using Place = std::tuple<const Source*, std::int64_t, std::int64_t>;

Place place_of(const Location& where) { return {where.source.get(), where.line, where.column}; }

std::string_view last_part(std::string_view key) { return key.substr(key.rfind('.') + 1); }

// Drops diagnostics that repeat others.
void drop_copies(std::vector<Diagnostic>& all) {
  std::set<Place> wrong;
  for (const Diagnostic& d : all)
    if (d.severity == Severity::error) wrong.insert(place_of(d.where));
  std::set<std::tuple<Place, std::string, std::string>> told;
  std::erase_if(all, [&](const Diagnostic& d) {
    const Place place = place_of(d.where), original = place_of(d.original);
    if (d.original.source != nullptr && original != place && wrong.contains(original)) return true;
    return d.where.line > 0 && !told.emplace(place, last_part(d.key), d.message).second;
  });
}

std::string place_text(const Location& where) {
  if (where.source == nullptr) return "assay:";
  std::string place = base::harmless(where.source->name);
  if (where.is_in_file() && where.line > 0)
    place += fmt::format(":{}:{}", where.line, where.column);
  return place + ':';
}

std::string header(const Diagnostic& d, const Colours& c, base::Columns columns) {
  const std::string place = place_text(d.where);
  const std::string severity = fmt::format("{}:", name_of(d.severity));
  const std::string text = base::wrapped_words(
      fmt::format("{} {} {}{}{}", place, severity, base::harmless(base::shortened(d.key)),
                  d.key.empty() ? "" : ": ", base::harmless(d.message)),
      columns, 4, place.size());
  const std::size_t at = text.find(severity, place.size());
  return fmt::format("{}{}{}{}{}{}{}{}\n", c.strong, place, c.off,
                     text.substr(place.size(), at - place.size()),
                     d.severity == Severity::error ? c.error : c.warning, severity, c.off,
                     text.substr(at + severity.size()));
}

// The line and, below it, the white space and the marks that underline the place.
struct Snippet {
  std::string line, space, marks;
};

Snippet snippet(std::string_view line, std::int64_t column, std::int64_t length,
                base::Columns columns) {
  const std::size_t room =
      columns ? static_cast<std::size_t>(std::max(*columns, 24)) - margin : widest_line;
  const std::size_t most = columns && base::width(line) > room
                               ? std::min(room - 2 * dots.size(), widest_line)
                               : widest_line;
  const std::size_t lead = std::min<std::size_t>(40, most / 4);
  const auto begin = static_cast<std::size_t>(column - 1);
  const auto end = begin + static_cast<std::size_t>(length);
  // Show a long line from a little before the place.
  const std::size_t first = begin + lead > most ? begin - lead : 0;
  Snippet s;
  if (first > 0) {
    s.line = dots;
    s.space.assign(dots.size(), ' ');
  }
  std::size_t index = 0;
  for (std::size_t at = 0; at < line.size(); ++index) {
    const base::Character character =
        base::character_at(line, at).value_or(base::Character{0xFFFD, 1});
    const std::string_view bytes = line.substr(at, character.bytes);
    at += character.bytes;
    if (index < first) continue;
    if (index >= first + most) {
      s.line += dots;
      break;
    }
    s.line += base::harmless(bytes);
    const std::size_t used = base::printable(character.code) ? base::width(character.code) : 1;
    // A tab stays a tab, so that both lines are indented alike whatever its width.
    if (index < begin) s.space.append(used, character.code == '\t' ? '\t' : ' ');
    else if (index < end) s.marks.append(used, '~');
  }
  if (s.marks.empty()) s.marks.push_back('^');
  else s.marks.front() = '^';
  return s;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines(1);
  for (const char c : text) {
    if (c == '\n') lines.emplace_back();
    else lines.back() += c;
  }
  return lines;
}

}  // namespace

std::string_view name_of(Severity severity) {
  return severity == Severity::error ? "error" : "warning";
}

void Diagnostics::error(Location where, std::string key, std::string message, std::string hint) {
  error_of_copy({}, std::move(where), std::move(key), std::move(message), std::move(hint));
}

void Diagnostics::error_of_copy(Location original, Location where, std::string key,
                                std::string message, std::string hint) {
  list_.push_back({Severity::error, std::move(where), std::move(key),
                   without_middle(std::move(message)), without_middle(std::move(hint)),
                   std::move(original)});
  ++errors_;
}

void Diagnostics::warning(Location where, std::string key, std::string message, std::string hint) {
  list_.push_back({Severity::warning,
                   std::move(where),
                   std::move(key),
                   std::move(message),
                   std::move(hint),
                   {}});
}

std::vector<Diagnostic> Diagnostics::sorted() const {
  std::vector<Diagnostic> result = list_;
  std::stable_sort(result.begin(), result.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return std::tuple(order(a), std::string_view(a.key), a.severity) <
           std::tuple(order(b), std::string_view(b.key), b.severity);
  });
  const auto same = [](const Diagnostic& a, const Diagnostic& b) {
    return a.where.line > 0 && order(a) == order(b) && a.key == b.key && a.severity == b.severity &&
           (a.severity == Severity::error || a.message == b.message);
  };
  result.erase(std::unique(result.begin(), result.end(), same), result.end());
  drop_copies(result);
  return result;
}

std::string Diagnostics::text(bool colours, base::Columns columns) const {
  const Colours& c = colours ? ansi : plain;
  std::map<const Source*, Places> places;
  std::string result;
  const std::vector<Diagnostic> all = sorted();
  for (std::size_t i = 0; i < std::min(all.size(), most_shown); ++i) {
    const Diagnostic& d = all[i];
    result += header(d, c, columns);
    std::vector<std::string> notes = lines_of(base::harmless(d.hint));
    if (d.where.source && d.where.line > 0) {
      const Places& source = places.try_emplace(d.where.source.get(), d.where.source).first->second;
      const Snippet s = snippet(source.line(d.where.line), d.where.column, d.where.length, columns);
      const bool argument = d.where.is_in_argument();
      const std::size_t used = margin + base::width(s.space + s.marks + ' ' + notes[0]);
      const bool beside = !columns || used <= static_cast<std::size_t>(std::max(*columns, 0));
      result += fmt::format("{:>5} | {}\n", argument ? "" : std::to_string(d.where.line), s.line);
      result += fmt::format("      | {}{}{}{}{}{}\n", s.space, c.mark, s.marks,
                            beside && !notes[0].empty() ? " " : "", beside ? notes[0] : "", c.off);
      if (beside) notes.erase(notes.begin());
    }
    for (const std::string& note : notes)
      if (!note.empty())
        result += base::wrapped_words(fmt::format("      = {}", note), columns, margin) + '\n';
  }
  if (all.size() > most_shown)
    result += fmt::format("... and {} more problems\n", grouped(all.size() - most_shown));
  return result;
}

}  // namespace assay::config
