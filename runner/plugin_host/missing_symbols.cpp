#include "runner/plugin_host/missing_symbols.h"

#include <cxxabi.h>
#include <dlfcn.h>
#include <elf.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>

#include "runner/plugin_host/floating_point.h"

namespace assay::plugin_host {
namespace {

struct Origin {
  std::string_view prefix;  ///< of the demangled name
  std::string_view library;
};

constexpr std::string_view own_source =
    "the plugin itself: a source file that is missing in its build, or a function that is declared "
    "and defined nowhere";

constexpr std::array<Origin, 26> origins = {{
    {"cairo_", "libcairo; link it: dependency('cairo')"},
    {"pango_", "libpango; link it: dependency('pangocairo')"},
    {"png_", "libpng; link it: dependency('libpng')"},
    {"jpeg_", "libjpeg; link it: dependency('libjpeg')"},
    {"FT_", "libfreetype; link it: dependency('freetype2')"},
    {"gz", "zlib; link it: dependency('zlib')"},
    {"inflate", "zlib; link it: dependency('zlib')"},
    {"deflate", "zlib; link it: dependency('zlib')"},
    {"crc32", "zlib; link it: dependency('zlib')"},
    {"ZSTD_", "libzstd; link it: dependency('libzstd')"},
    {"curl_", "libcurl; link it: dependency('libcurl')"},
    {"sqlite3_", "libsqlite3; link it: dependency('sqlite3')"},
    {"XXH", "libxxhash; link it: dependency('libxxhash')"},
    {"H5", "libhdf5; link it: dependency('hdf5')"},
    {"cblas_", "a BLAS; link it: dependency('openblas')"},
    {"fmt::", "libfmt; link it: dependency('fmt')"},
    {"YAML::", "libyaml-cpp; link it: dependency('yaml-cpp')"},
    {"google::protobuf::", "libprotobuf; link it: dependency('protobuf')"},
    {"cv::", "OpenCV; link it: dependency('opencv4')"},
    {"omp_", "OpenMP; link it: dependency('openmp')"},
    {"GOMP_", "OpenMP; link it: dependency('openmp')"},
    {"__asan_", "the address sanitizer: the plugin was built with -fsanitize=address"},
    {"__tsan_", "the thread sanitizer: the plugin was built with -fsanitize=thread"},
    {"__ubsan_", "the sanitizer for undefined behaviour: link with -fsanitize=undefined"},
    {"std::", "a newer libstdc++ than this machine has; rebuild the plugin here"},
    {"__cxa_", "libstdc++; link with g++, not gcc"},
}};

/// The bytes of an ELF file, read with care.
class Bytes {
 public:
  explicit Bytes(const std::filesystem::path& path) {
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

struct Needs {
  std::vector<std::string> libraries;
  std::vector<std::string> symbols;  ///< undefined, and not weak
};

Needs needs_of(const std::filesystem::path& library) {
  const Bytes bytes(library);
  const auto header = bytes.at<Elf64_Ehdr>(0);
  std::vector<Elf64_Shdr> sections;
  for (std::uint64_t i = 0; i < header.e_shnum; ++i)
    sections.push_back(bytes.at<Elf64_Shdr>(header.e_shoff + i * sizeof(Elf64_Shdr)));
  Needs needs;
  for (const Elf64_Shdr& section : sections) {
    if (section.sh_type != SHT_DYNAMIC && section.sh_type != SHT_DYNSYM) continue;
    if (section.sh_link >= sections.size())
      throw std::runtime_error("its section headers are damaged");
    const std::uint64_t strings = sections[section.sh_link].sh_offset;
    if (section.sh_type == SHT_DYNAMIC) {
      for (const auto& entry : bytes.table<Elf64_Dyn>(section))
        if (entry.d_tag == DT_NEEDED)
          needs.libraries.push_back(bytes.text(strings + entry.d_un.d_val));
    } else {
      for (const auto& symbol : bytes.table<Elf64_Sym>(section))
        if (symbol.st_shndx == SHN_UNDEF && ELF64_ST_BIND(symbol.st_info) == STB_GLOBAL)
          needs.symbols.push_back(bytes.text(strings + symbol.st_name));
    }
  }
  return needs;
}

}  // namespace

std::string demangled(const std::string& symbol) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> name(
      abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status), &std::free);
  return name != nullptr ? name.get() : symbol;
}

std::string probable_origin(std::string_view name) {
  for (const std::string_view about : {"typeinfo for ", "vtable for ", "non-virtual thunk to "})
    if (name.starts_with(about)) name.remove_prefix(about.size());
  for (const Origin& origin : origins)
    if (name.starts_with(origin.prefix)) return std::string(origin.library);
  return name.find("::") != std::string_view::npos ? std::string(own_source) : std::string();
}

std::vector<std::string> missing_symbols(const std::filesystem::path& library) {
  const KeptFloatingPointMode mode;
  const Needs needs = needs_of(library);
  std::vector<std::string> lines;
  std::vector<void*> open;
  for (const std::string& name : needs.libraries) {
    if (void* handle = dlopen(name.c_str(), RTLD_LAZY | RTLD_LOCAL); handle != nullptr)
      open.push_back(handle);
    else lines.push_back(fmt::format("the library {} is needed and not found", name));
  }
  for (const std::string& symbol : needs.symbols) {
    const auto has = [&](void* handle) { return dlsym(handle, symbol.c_str()) != nullptr; };
    if (has(RTLD_DEFAULT) || std::ranges::any_of(open, has)) continue;
    const std::string name = demangled(symbol), origin = probable_origin(name);
    lines.push_back(fmt::format("undefined symbol: {}{}", name,
                                origin.empty() ? "" : fmt::format(" (probably in {})", origin)));
  }
  return lines;
}

}  // namespace assay::plugin_host
