#include "runner/plugin_host/missing_symbols.h"

#include <cxxabi.h>
#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <set>
#include <system_error>

#include "runner/plugin_host/elf_needs.h"
#include "runner/plugin_host/floating_point.h"

namespace assay::plugin_host {
namespace {

namespace fs = std::filesystem;

struct Origin {
  std::string_view prefix;  ///< the start of the demangled name
  std::string_view library;
};

constexpr std::string_view own_source =
    "the plugin itself: a source file that is missing in its build, or a function that is declared "
    "but not defined";

constexpr std::array<Origin, 27> origins = {{
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
    {"__msan_", "the memory sanitizer: the plugin was built with -fsanitize=memory"},
    {"__ubsan_",
     "the sanitizer for undefined behaviour: link with -fsanitize=undefined; clang++ also wants "
     "-shared-libsan"},
    {"std::", "a newer libstdc++ than this machine has; rebuild the plugin here"},
    {"__cxa_", "libstdc++; link with g++, not gcc"},
}};

// Opens the libraries that files need, where the dynamic linker would find them (ld.so(8)).
class Needed {
 public:
  using Folders = std::vector<std::string>;

  /// Returns null if the library is not found or does not open; dlerror() has the message. `rpath`
  /// contains the folders of the file that needs it, and of the files that need that one.
  void* open(const std::string& name, const ElfNeeds& by, const Folders& rpath) {
    if (void* library = dlopen(name.c_str(), lazily | RTLD_NOLOAD); library != nullptr)
      return library;
    std::error_code error;
    if (name.find('/') == std::string::npos)
      for (const std::string& folder : by.runpath.empty() ? rpath : by.runpath)
        if (const fs::path file = fs::path(folder) / name; fs::is_regular_file(file, error)) {
          if (tried_.insert(file).second) open_needs_of(file, rpath);
          return dlopen(file.c_str(), lazily);
        }
    return dlopen(name.c_str(), lazily);
  }

 private:
  static constexpr int lazily = RTLD_LAZY | RTLD_LOCAL;

  // Opens the libraries that a file needs before the file itself. The linker reuses open libraries,
  // so it then finds those that only the rpath of another file leads to.
  void open_needs_of(const fs::path& file, const Folders& rpath) {
    const ElfNeeds needs = elf_needs(file);
    Folders all = needs.rpath;
    all.insert(all.end(), rpath.begin(), rpath.end());
    for (const std::string& name : needs.libraries) open(name, needs, all);
  }

  std::set<fs::path> tried_;
};

std::string not_opened(const std::string& name, std::string_view linkers_words) {
  if (linkers_words.starts_with(name + ": cannot open shared object file"))
    return fmt::format("the library {} is needed but not found", name);
  return fmt::format("the library {} is needed but does not open: {}", name, linkers_words);
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

std::vector<std::string> missing_symbols(const fs::path& library) {
  const KeptFloatingPointMode mode;
  const ElfNeeds needs = elf_needs(library);
  std::vector<std::string> lines;
  std::vector<void*> open;
  Needed needed;
  for (const std::string& name : needs.libraries) {
    if (void* handle = needed.open(name, needs, needs.rpath); handle != nullptr)
      open.push_back(handle);
    else lines.push_back(not_opened(name, dlerror()));
  }
  if (!lines.empty()) return lines;
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
