#include "runner/plugin_host/stamp.h"

#include <elf.h>
#include <fmt/format.h>

#include <charconv>
#include <cstring>
#include <fstream>
#include <limits>
#include <optional>
#include <span>
#include <stdexcept>
#include <string_view>

#include "assay/stamp.h"

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

// Reads at places that the file itself names, so every place is checked against its size.
class File {
 public:
  explicit File(const std::filesystem::path& path)
      : stream_(path, std::ios::binary), size_(std::filesystem::file_size(path)) {
    if (!stream_) throw std::runtime_error("cannot be read");
  }

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

 private:
  void read(std::uintmax_t offset, std::span<std::byte> out) {
    if (offset > size_ || out.size() > size_ - offset)
      throw std::runtime_error(fmt::format("it is cut short: {} bytes, but it speaks of byte {}",
                                           size_, offset + out.size()));
    stream_.seekg(static_cast<std::streamoff>(offset));
    stream_.read(static_cast<char*>(static_cast<void*>(out.data())),
                 static_cast<std::streamsize>(out.size()));
    if (!stream_) throw std::runtime_error("cannot be read");
  }

  std::ifstream stream_;
  std::uintmax_t size_;
};

std::optional<std::string> stamp_in(const std::string& notes) {
  std::size_t place = 0;
  const auto padded = [](std::size_t size) { return (size + 3) / 4 * 4; };
  while (notes.size() - place >= sizeof(Elf64_Nhdr)) {
    Elf64_Nhdr header;
    std::memcpy(&header, notes.data() + place, sizeof header);
    place += sizeof header;
    const std::size_t name = padded(header.n_namesz), text = padded(header.n_descsz);
    if (name > notes.size() - place || text > notes.size() - place - name)
      throw std::runtime_error("its notes are damaged");
    const std::string_view owner(notes.data() + place, header.n_namesz);
    if (header.n_type == stamp::note_type && owner == std::string_view("Assay\0", 6))
      return notes.substr(place + name, header.n_descsz);
    place += name + text;
  }
  return std::nullopt;
}

std::string find_stamp(File& file) {
  const auto header = file.at<Elf64_Ehdr>(0);
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
    throw std::runtime_error("it is no shared library (no ELF header)");
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_machine != this_machine)
    throw std::runtime_error("it is built for another kind of machine");
  if (header.e_type != ET_DYN) throw std::runtime_error("it is an ELF file, but no shared library");
  if (header.e_phentsize != sizeof(Elf64_Phdr))
    throw std::runtime_error("its program headers are damaged");
  for (std::uintmax_t i = 0; i < header.e_phnum; ++i) {
    const auto segment = file.at<Elf64_Phdr>(header.e_phoff + i * sizeof(Elf64_Phdr));
    if (segment.p_type != PT_NOTE) continue;
    if (auto found = stamp_in(file.text(segment.p_offset, segment.p_filesz))) return *found;
  }
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

void read_line(std::string_view line, Stamp& stamp) {
  const std::string key = cut(line, '=');
  if (key == "sdk") stamp.sdk = line;
  else if (key == "standard_library") stamp.standard_library = line;
  else if (key == "debug_mode") stamp.debug_mode = line;
  else if (key == "sanitizers") stamp.sanitizers = line;
  else if (key == "instructions") stamp.instructions = line;
  else if (key == "plugin") {
    stamp.plugin = cut(line, ' ');
    stamp.version = cut(line, ' ');
    stamp.licence = line;
  } else if (key == "component") {
    // A kind that this host does not know comes from a newer SDK; the sdk line tells.
    if (const auto kind = kind_from_name(cut(line, ' '))) {
      std::string name = cut(line, ' ');
      stamp.components.push_back({*kind, std::move(name), std::string(line)});
    }
  }
}

struct Version {
  int major = -1;
  int minor = -1;
};

Version parse_version(std::string_view text) {
  Version v;
  const char* end = text.data() + text.size();
  const auto major = std::from_chars(text.data(), end, v.major);
  if (major.ptr != end && *major.ptr == '.') std::from_chars(major.ptr + 1, end, v.minor);
  return v;
}

}  // namespace

Stamp read_stamp(const std::filesystem::path& library) {
  File file(library);
  const std::string text = find_stamp(file);
  Stamp stamp;
  std::string_view rest = text;
  rest = rest.substr(0, rest.find('\0'));
  while (!rest.empty()) read_line(cut(rest, '\n'), stamp);
  if (stamp.sdk.empty() || stamp.plugin.empty()) throw std::runtime_error("its stamp is damaged");
  return stamp;
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
  const auto differ = [&](std::string_view field, const std::string& theirs,
                          const std::string& ours, std::string_view mend) {
    if (theirs != ours)
      lines.push_back(
          fmt::format("{}: the plugin has '{}', this assay '{}'; {}", field, theirs, ours, mend));
  };
  const Version theirs = parse_version(plugin.sdk), ours = parse_version(host.sdk);
  if (theirs.major != ours.major || theirs.minor > ours.minor)
    differ("sdk", plugin.sdk, host.sdk,
           theirs.major > ours.major || (theirs.major == ours.major && theirs.minor > ours.minor)
               ? "use a newer assay, or rebuild the plugin against this one's include/assay"
               : "rebuild the plugin against this assay's include/assay");
  differ("standard_library", plugin.standard_library, host.standard_library,
         "rebuild the plugin with the C++ standard library that assay uses");
  differ("debug_mode", plugin.debug_mode, host.debug_mode,
         host.debug_mode == "on" ? "rebuild the plugin with -D_GLIBCXX_DEBUG"
                                 : "rebuild the plugin without -D_GLIBCXX_DEBUG");
  differ("sanitizers", plugin.sanitizers, host.sanitizers,
         "build both with the same -fsanitize, or both without");
  for (std::size_t i = 0; i < instruction_set_names.size(); ++i)
    if (plugin.instructions == instruction_set_names[i] && i > static_cast<std::size_t>(cpu))
      lines.push_back(
          fmt::format("instructions: the plugin needs '{}', this CPU has '{}'; rebuild the plugin "
                      "without -march "
                      "(or with -march=x86-64-v2)",
                      plugin.instructions, name_of(cpu)));
  return lines;
}

}  // namespace assay::plugin_host
