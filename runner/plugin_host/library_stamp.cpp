#include "runner/plugin_host/library_stamp.h"

#include <elf.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <fstream>
#include <optional>
#include <span>
#include <stdexcept>
#include <string_view>

#include "assay/number_text.h"
#include "assay/stamp.h"
#include "assay/text.h"
#include "runner/plugin_host/cpu.h"

namespace assay::plugin_host {
namespace {

constexpr std::uintmax_t maximum_note = 1 << 20;

#if defined(__x86_64__)
constexpr Elf64_Half this_machine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half this_machine = EM_AARCH64;
#else
#error "say here which ELF machine this is"
#endif

std::uintmax_t size_of_regular(const std::filesystem::path& path) {
  std::error_code error;
  const bool regular = std::filesystem::is_regular_file(path, error);
  if (error) throw std::runtime_error(fmt::format("it cannot be read: {}", error.message()));
  if (!regular) throw std::runtime_error("it is no regular file");
  return std::filesystem::file_size(path);
}

// Reads at offsets from the file itself, so it checks every offset against the file's size.
class File {
 public:
  explicit File(const std::filesystem::path& path)
      : size_(size_of_regular(path)), stream_(path, std::ios::binary) {
    if (!stream_) throw std::runtime_error("it cannot be opened");
  }

  std::uintmax_t size() const { return size_; }

  template <class T>
  T at(std::uintmax_t offset) {
    T value;
    read(offset, std::as_writable_bytes(std::span(&value, 1)));
    return value;
  }

  std::string text(std::uintmax_t offset, std::uintmax_t size) {
    if (size > maximum_note) throw std::runtime_error("its stamp is too long to be one");
    std::string bytes(size, '\0');
    read(offset, std::as_writable_bytes(std::span(bytes)));
    return bytes;
  }

  /// Throws unless the file contains these bytes.
  void require(std::uintmax_t offset, std::uintmax_t size) const {
    if (offset > size_ || size > size_ - offset)
      throw std::runtime_error(
          fmt::format("it is cut short: {} bytes at {} belong to it, but it has only {}",
                      grouped(size), grouped(offset), grouped(size_)));
  }

 private:
  void read(std::uintmax_t offset, std::span<std::byte> out) {
    require(offset, out.size());
    stream_.seekg(static_cast<std::streamoff>(offset));
    stream_.read(static_cast<char*>(static_cast<void*>(out.data())),
                 static_cast<std::streamsize>(out.size()));
    if (!stream_) throw std::runtime_error("it cannot be read");
  }

  std::uintmax_t size_;
  std::ifstream stream_;
};

// Finds the stamp. A note is an Elf64_Nhdr, the owner's name and the text. The name, the text and
// the next note each begin at a multiple of the segment's alignment (4 or 8).
std::optional<std::string> stamp_in(const std::string& notes, std::size_t alignment) {
  const auto aligned = [&](std::size_t place) {
    return (place + alignment - 1) / alignment * alignment;
  };
  for (std::size_t place = 0; place + sizeof(Elf64_Nhdr) <= notes.size();) {
    Elf64_Nhdr header;
    std::memcpy(&header, notes.data() + place, sizeof header);
    const std::size_t name = place + sizeof header;
    const std::size_t text = aligned(name + header.n_namesz);
    const std::size_t end = text + header.n_descsz;
    if (end > notes.size()) throw std::runtime_error("its notes are damaged");
    const std::string_view owner(notes.data() + name, header.n_namesz);
    if (header.n_type == stamp::note_type && owner == std::string_view("Assay\0", 6))
      return notes.substr(text, header.n_descsz);
    place = aligned(end);
  }
  return std::nullopt;
}

std::string find_stamp(File& file) {
  if (file.size() == 0) throw std::runtime_error("it is empty");
  if (file.size() < SELFMAG || file.text(0, SELFMAG) != ELFMAG)
    throw std::runtime_error("it is no shared library (no ELF header)");
  const auto header = file.at<Elf64_Ehdr>(0);
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_machine != this_machine)
    throw std::runtime_error(fmt::format(
        "it is built for another kind of machine (ELF class {}, machine {}; here {} and {}); "
        "rebuild it for this one",
        header.e_ident[EI_CLASS], header.e_machine, ELFCLASS64, this_machine));
  if (header.e_type != ET_DYN) throw std::runtime_error("it is an ELF file, but no shared library");
  if (header.e_phentsize != sizeof(Elf64_Phdr))
    throw std::runtime_error("its program headers are damaged");
  std::optional<std::string> found;
  for (std::uintmax_t i = 0; i < header.e_phnum; ++i) {
    const auto segment = file.at<Elf64_Phdr>(header.e_phoff + i * sizeof(Elf64_Phdr));
    // The dynamic linker does not check this: it would die of SIGBUS.
    if (segment.p_type == PT_LOAD) file.require(segment.p_offset, segment.p_filesz);
    if (segment.p_type != PT_NOTE || found) continue;
    found = stamp_in(file.text(segment.p_offset, segment.p_filesz), segment.p_align == 8 ? 8 : 4);
  }
  if (found) return *found;
  throw std::runtime_error(
      "it is a shared library, but no Assay plugin (no stamp; does a source file end in "
      "ASSAY_PLUGIN?)");
}

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
  File file(library);
  const std::string text = find_stamp(file);
  Stamp stamp;
  std::string_view rest = text;
  rest = rest.substr(0, rest.find('\0'));
  while (!rest.empty()) read_line(cut(rest, '\n'), stamp);
  if (stamp.sdk.empty() || stamp.plugin.empty()) damaged("it lacks the line 'sdk' or 'plugin'");
  return stamp;
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
