#include "runner/plugin_host/elf_needs.h"

#include <elf.h>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string_view>

namespace assay::plugin_host {
namespace {

namespace fs = std::filesystem;

/// Reads the bytes of an ELF file with bounds checks.
class Bytes {
 public:
  explicit Bytes(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    data_.assign(std::istreambuf_iterator<char>(file), {});
  }
  template <class T>
  T at(std::uint64_t offset) const {
    if (offset > data_.size() || sizeof(T) > data_.size() - offset)
      throw std::runtime_error("its section headers are damaged");
    T value;
    std::memcpy(&value, data_.data() + offset, sizeof value);
    return value;
  }
  std::string text(std::uint64_t offset) const {
    if (offset >= data_.size()) throw std::runtime_error("its section headers are damaged");
    return data_.substr(offset, data_.find('\0', offset) - offset);
  }
  template <class T>
  std::vector<T> table(const Elf64_Shdr& section) const {
    std::vector<T> entries;
    for (std::uint64_t i = 0; i < section.sh_size / sizeof(T); ++i)
      entries.push_back(at<T>(section.sh_offset + i * sizeof(T)));
    return entries;
  }

 private:
  std::string data_;
};

std::string with_origin(std::string text, const std::string& origin) {
  for (const std::string_view token : {"${ORIGIN}", "$ORIGIN"})
    for (std::size_t at = 0; (at = text.find(token, at)) != std::string::npos; at += origin.size())
      text.replace(at, token.size(), origin);
  return text;
}

// Splits at colons; an empty entry is the working folder.
std::vector<std::string> folders(std::string_view list, const std::string& origin) {
  std::vector<std::string> found;
  for (;;) {
    const std::size_t end = list.find(':');
    const std::string_view folder = list.substr(0, end);
    found.push_back(folder.empty() ? "." : with_origin(std::string(folder), origin));
    if (end == std::string_view::npos) return found;
    list.remove_prefix(end + 1);
  }
}

}  // namespace

ElfNeeds elf_needs(const fs::path& library) {
  const Bytes bytes(library);
  const std::string origin = fs::absolute(library).parent_path().string();
  const auto header = bytes.at<Elf64_Ehdr>(0);
  std::vector<Elf64_Shdr> sections;
  for (std::uint64_t i = 0; i < header.e_shnum; ++i)
    sections.push_back(bytes.at<Elf64_Shdr>(header.e_shoff + i * sizeof(Elf64_Shdr)));
  ElfNeeds needs;
  for (const Elf64_Shdr& section : sections) {
    if (section.sh_type != SHT_DYNAMIC && section.sh_type != SHT_DYNSYM) continue;
    if (section.sh_link >= sections.size())
      throw std::runtime_error("its section headers are damaged");
    const std::uint64_t strings = sections[section.sh_link].sh_offset;
    if (section.sh_type == SHT_DYNAMIC) {
      for (const auto& entry : bytes.table<Elf64_Dyn>(section)) {
        const auto text = [&] { return bytes.text(strings + entry.d_un.d_val); };
        if (entry.d_tag == DT_NEEDED) needs.libraries.push_back(with_origin(text(), origin));
        if (entry.d_tag == DT_RUNPATH) needs.runpath = folders(text(), origin);
        if (entry.d_tag == DT_RPATH) needs.rpath = folders(text(), origin);
      }
    } else {
      for (const auto& symbol : bytes.table<Elf64_Sym>(section))
        if (symbol.st_shndx == SHN_UNDEF && ELF64_ST_BIND(symbol.st_info) == STB_GLOBAL)
          needs.symbols.push_back(bytes.text(strings + symbol.st_name));
    }
  }
  if (!needs.runpath.empty()) needs.rpath.clear();
  return needs;
}

}  // namespace assay::plugin_host
