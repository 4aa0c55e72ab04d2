#include "runner/plugin_host/library_notes.h"

#include <elf.h>
#include <fmt/format.h>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <span>
#include <stdexcept>
#include <string_view>

#include "assay/number_text.h"
#include "assay/stamp.h"

namespace assay::plugin_host {
namespace {

constexpr std::uintmax_t most_bytes = 1 << 20;
constexpr std::size_t most_notes = 1025;  // a manifest has at most 1024 components

#if defined(__x86_64__)
constexpr Elf64_Half this_machine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half this_machine = EM_AARCH64;
#else
#error "add the ELF machine number of this architecture here"
#endif

std::uintmax_t size_of_regular(const std::filesystem::path& path) {
  std::error_code error;
  const bool regular = std::filesystem::is_regular_file(path, error);
  if (error) throw std::runtime_error(fmt::format("it cannot be read: {}", error.message()));
  if (!regular) throw std::runtime_error("it is not a regular file");
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

// Collects Assay's notes. A note is an Elf64_Nhdr, the owner's name and the text. The name, the
// text and the next note each begin at a multiple of the segment's alignment (4 or 8).
void collect(const std::string& notes, std::size_t alignment, std::vector<std::string>& found) {
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
      found.push_back(notes.substr(text, header.n_descsz));
    if (found.size() > most_notes)
      throw std::runtime_error(fmt::format(
          "it has more than {} stamps, one for each of its source files; split the pack",
          grouped(most_notes)));
    place = aligned(end);
  }
}

}  // namespace

std::vector<std::string> read_notes(const std::filesystem::path& library) {
  File file(library);
  if (file.size() == 0) throw std::runtime_error("it is empty");
  if (file.size() < SELFMAG || file.text(0, SELFMAG) != ELFMAG)
    throw std::runtime_error("it is not a shared library (no ELF header)");
  const auto header = file.at<Elf64_Ehdr>(0);
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_machine != this_machine)
    throw std::runtime_error(fmt::format(
        "it is built for another kind of machine (ELF class {}, machine {}; here {} and {}); "
        "rebuild it for this one",
        header.e_ident[EI_CLASS], header.e_machine, ELFCLASS64, this_machine));
  if (header.e_type != ET_DYN)
    throw std::runtime_error("it is an ELF file, but not a shared library");
  if (header.e_phentsize != sizeof(Elf64_Phdr))
    throw std::runtime_error("its program headers are damaged");
  std::vector<std::string> found;
  std::uintmax_t left = most_bytes;
  for (std::uintmax_t i = 0; i < header.e_phnum; ++i) {
    const auto segment = file.at<Elf64_Phdr>(header.e_phoff + i * sizeof(Elf64_Phdr));
    // The dynamic linker does not check this: it would die of SIGBUS.
    if (segment.p_type == PT_LOAD) file.require(segment.p_offset, segment.p_filesz);
    if (segment.p_type != PT_NOTE) continue;
    if (segment.p_filesz > left) throw std::runtime_error("its stamp is too long to be one");
    left -= segment.p_filesz;
    collect(file.text(segment.p_offset, segment.p_filesz), segment.p_align == 8 ? 8 : 4, found);
  }
  if (!found.empty()) return found;
  throw std::runtime_error(
      "it is a shared library, but not an Assay plugin (no stamp; does a source file end in "
      "ASSAY_PLUGIN?)");
}

}  // namespace assay::plugin_host
