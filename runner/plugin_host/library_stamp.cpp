#include "runner/plugin_host/library_stamp.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>
#include <set>
#include <span>
#include <stdexcept>
#include <string_view>

#include "assay/stamp.h"
#include "assay/text.h"
#include "runner/plugin_host/cpu.h"
#include "runner/plugin_host/library_notes.h"

namespace assay::plugin_host {
namespace {

std::string cut(std::string_view& rest, char end) {
  const std::size_t size = std::min(rest.find(end), rest.size());
  std::string word(rest.substr(0, size));
  rest.remove_prefix(std::min(size + 1, rest.size()));
  return word;
}

[[noreturn]] void damaged(const std::string& how) {
  throw std::runtime_error("its stamp is damaged: " + how);
}

void check(bool good, std::string_view what, std::string_view expected) {
  if (!good) damaged(fmt::format("{} is not {}", what, expected));
}

void read_component(std::string_view line, Stamp& stamp) {
  // An unknown kind comes from a newer SDK; the sdk line shows that.
  const auto kind = kind_from_name(cut(line, ' '));
  std::string name = cut(line, ' ');
  check(is_name(name), "the name of a component", "made of lower-case letters, digits and '_'");
  if (kind) stamp.components.push_back({*kind, std::move(name), std::string(line)});
}

// Rejects text that is not one line, because it could look like other lines when it is printed.
void read_line(std::string_view line, Stamp& stamp) {
  check(is_line(line), "a line of it", "UTF-8 without control characters");
  const std::string key = cut(line, '=');
  const auto set = [&](std::string& field) {
    if (!field.empty()) damaged(fmt::format("it says '{}' twice", key));
    field = line;
  };
  if (key == "sdk") set(stamp.sdk);
  else if (key == "standard_library") set(stamp.standard_library);
  else if (key == "debug_mode") set(stamp.debug_mode);
  else if (key == "sanitizers") set(stamp.sanitizers);
  else if (key == "instructions") set(stamp.instructions);
  else if (key == "plugin") {
    if (!stamp.plugin.empty()) damaged("it says 'plugin' twice");
    stamp.plugin = cut(line, ' ');
    stamp.version = cut(line, ' ');
    stamp.licence = line;
    check(is_name(stamp.plugin), "the plugin's name", "made of lower-case letters, digits and '_'");
    check(!stamp.version.empty(), "the plugin's version", "there");
  } else if (key == "component") {
    read_component(line, stamp);
  }
}

Stamp read_part(std::string_view note) {
  Stamp part;
  note = note.substr(0, note.find('\0'));
  while (!note.empty()) read_line(cut(note, '\n'), part);
  if (part.sdk.empty()) damaged("it lacks the line 'sdk'");
  return part;
}

// Names a part of a pack by its first component.
std::string name_of_part(const Stamp& part) {
  if (part.components.empty()) return "a part without components";
  return fmt::format("{} {}", name_of(part.components.front().kind), part.components.front().name);
}

// Returns how a part of a pack was built differently from the part with the pack's name.
std::string differences(const Stamp& pack, const Stamp& part) {
  std::vector<std::string> found;
  const auto compare = [&](std::string_view field, std::string_view first,
                           std::string_view second) {
    if (first != second)
      found.push_back(fmt::format("{} is '{}' in the source of {}, '{}' in that of {}", field,
                                  first, pack.plugin, second, name_of_part(part)));
  };
  compare("sdk", pack.sdk, part.sdk);
  compare("standard_library", pack.standard_library, part.standard_library);
  compare("debug_mode", pack.debug_mode, part.debug_mode);
  compare("sanitizers", pack.sanitizers, part.sanitizers);
  return fmt::format("{}", fmt::join(found, "; "));
}

// Returns the instructions that all parts together need: the greatest set and every further
// feature. An unknown set is greater than all others.
std::string joined_instructions(std::span<const Stamp> parts) {
  std::string_view greatest;
  std::set<std::string_view> seen;
  std::string features;
  for (const Stamp& part : parts) {
    std::string_view rest = part.instructions;
    const std::string_view set = rest.substr(0, rest.find(' '));
    const auto known = instruction_set_named(set), before = instruction_set_named(greatest);
    if (&part == &parts.front() || (before && (!known || *known > *before))) greatest = set;
    for (rest.remove_prefix(set.size()); !rest.empty();) {
      rest.remove_prefix(1);
      const std::string_view word = rest.substr(0, rest.find(' '));
      if (seen.insert(word).second) features.append(" ").append(word);
      rest.remove_prefix(word.size());
    }
  }
  return std::string(greatest) + features;
}

// Combines the stamps of a library's source files into one.
Stamp joined(std::vector<Stamp> parts) {
  const auto named = [](const Stamp& part) { return !part.plugin.empty(); };
  const auto pack = std::ranges::find_if(parts, named);
  if (pack == parts.end())
    throw std::runtime_error("it names no plugin; does one of its source files end in ASSAY_PACK?");
  if (std::ranges::count_if(parts, named) > 1) damaged("it says 'plugin' twice");
  if (parts.size() > 1 && !pack->components.empty())
    throw std::runtime_error(
        "it has both an ASSAY_PLUGIN and an ASSAY_COMPONENT; end all source files with components "
        "in ASSAY_COMPONENT, and one more in ASSAY_PACK");
  for (const Stamp& part : parts)
    if (const std::string how = differences(*pack, part); !how.empty())
      throw std::runtime_error(fmt::format(
          "its parts were built differently: {}; rebuild all of them with the same flags", how));
  Stamp whole = *pack;
  whole.instructions = joined_instructions(parts);
  if (parts.size() > 1)
    for (Stamp& part : parts)
      std::ranges::move(part.components, std::back_inserter(whole.components));
  return whole;
}

struct Version {
  int major = 0;
  int minor = 0;
};

std::optional<Version> parse_version(std::string_view text) {
  Version v;
  const char* end = text.data() + text.size();
  const auto major = std::from_chars(text.data(), end, v.major);
  if (major.ec != std::errc() || major.ptr == end || *major.ptr != '.') return std::nullopt;
  const auto minor = std::from_chars(major.ptr + 1, end, v.minor);
  if (minor.ec != std::errc() || minor.ptr != end) return std::nullopt;
  return v;
}

std::string rebuilt(std::string_view how, std::string_view meson) {
  return fmt::format("rebuild the plugin {}: {} && meson compile -C BUILD", how, meson);
}

// Returns what to do if a plugin of SDK `theirs` does not fit a host of SDK `ours` (see
// assay/version.h); empty if it fits.
std::string sdk_mend(std::string_view theirs, std::string_view ours) {
  const std::string rebuild =
      rebuilt("against this assay's include/assay", "meson setup --wipe BUILD");
  const auto plugin = parse_version(theirs), host = parse_version(ours);
  if (!plugin || !host || plugin->major < host->major) return rebuild;
  const bool stable = host->major > 0;
  if (plugin->major == host->major && plugin->minor == host->minor) return {};
  if (plugin->major == host->major && plugin->minor < host->minor) return stable ? "" : rebuild;
  return "use a newer assay, or " + rebuild;
}

std::string standard_library_mend(std::string_view ours) {
  if (ours == "libc++") return "rebuild the plugin with clang++ -stdlib=libc++";
  if (ours == "libstdc++ old") return "rebuild the plugin with -D_GLIBCXX_USE_CXX11_ABI=0";
  return "rebuild the plugin with g++, or clang++ -stdlib=libstdc++, and without "
         "-D_GLIBCXX_USE_CXX11_ABI=0";
}

std::string debug_mode_mend(std::string_view ours) {
  return ours == "on"
             ? rebuilt("with -D_GLIBCXX_DEBUG", "meson configure BUILD -Dcpp_debugstl=true")
             : rebuilt("without -D_GLIBCXX_DEBUG", "meson configure BUILD -Dcpp_debugstl=false");
}

std::string sanitizers_mend(std::string_view ours) {
  return rebuilt(ours == "none" ? "without -fsanitize" : fmt::format("with -fsanitize={}", ours),
                 fmt::format("meson configure BUILD -Db_sanitize={}", ours));
}

}  // namespace

Stamp read_stamp(const std::filesystem::path& library) {
  std::vector<Stamp> parts;
  for (const std::string& note : read_notes(library)) parts.push_back(read_part(note));
  return joined(std::move(parts));
}

bool Stamp::offers(Kind kind, std::string_view name) const {
  return std::ranges::any_of(
      components, [&](const StampedComponent& c) { return c.kind == kind && c.name == name; });
}

Stamp host_stamp() {
  Stamp stamp;
  stamp.sdk = stamp::sdk;
  stamp.standard_library = stamp::standard_library;
  stamp.debug_mode = stamp::debug_mode;
  stamp.sanitizers = stamp::sanitizers;
  stamp.instructions = stamp::instructions;
  return stamp;
}

std::vector<std::string> refusals(const Stamp& plugin, const Stamp& host, InstructionSet cpu) {
  std::vector<std::string> lines;
  const auto refuse = [&](std::string_view field, std::string_view theirs, std::string_view ours,
                          std::string_view mend) {
    lines.push_back(
        fmt::format("{}: the plugin has '{}', this assay '{}'; {}", field, theirs, ours, mend));
  };
  const auto compare = [&](std::string_view field, std::string_view theirs, std::string_view ours,
                           std::string_view mend) {
    if (theirs != ours) refuse(field, theirs, ours, mend);
  };
  if (const auto mend = sdk_mend(plugin.sdk, host.sdk); !mend.empty())
    refuse("sdk", plugin.sdk, host.sdk, mend);
  compare("standard_library", plugin.standard_library, host.standard_library,
          standard_library_mend(host.standard_library));
  compare("debug_mode", plugin.debug_mode, host.debug_mode, debug_mode_mend(host.debug_mode));
  compare("sanitizers", plugin.sanitizers, host.sanitizers, sanitizers_mend(host.sanitizers));
  const auto needed = instruction_set_named(
      std::string_view(plugin.instructions).substr(0, plugin.instructions.find(' ')));
  const std::vector<std::string> missing = lacking(plugin.instructions, cpu);
  if (!missing.empty())
    lines.push_back(fmt::format(
        "instructions: the plugin needs '{}', this CPU {}; rebuild the plugin without -march, or "
        "with -march=native on this machine",
        plugin.instructions,
        needed && *needed <= cpu ? fmt::format("lacks {}", fmt::join(missing, ", "))
                                 : fmt::format("has '{}'", name_of(cpu))));
  return lines;
}

}  // namespace assay::plugin_host
