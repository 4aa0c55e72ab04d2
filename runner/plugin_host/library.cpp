#include "runner/plugin_host/library.h"

#include <cxxabi.h>
#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>

namespace assay::plugin_host {
namespace {

// "undefined symbol: _ZN3foo3barEv" reads better with the name as its author wrote it.
std::string demangled(std::string message) {
  const std::size_t start = message.find("_Z");
  if (start == std::string::npos) return message;
  const std::size_t end = std::min(message.find_first_of(" ,)", start), message.size());
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> name(
      abi::__cxa_demangle(message.substr(start, end - start).c_str(), nullptr, nullptr, &status),
      &std::free);
  if (name != nullptr) message.replace(start, end - start, name.get());
  return message;
}

}  // namespace

const Manifest& open_library(const std::filesystem::path& file) {
  // RTLD_NODELETE, and the handle is dropped: a plugin stays for the life of the process.
  void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (library == nullptr) throw std::runtime_error(demangled(dlerror()));
  const void* symbol = dlsym(library, manifest_symbol);
  if (symbol == nullptr)
    throw std::runtime_error(
        fmt::format("{}: it exports no '{}'; does a source file end in ASSAY_PLUGIN?",
                    file.string(), manifest_symbol));
  const Manifest& manifest = *static_cast<const Manifest*>(symbol);
  if (manifest.magic != manifest_magic)
    throw std::runtime_error(fmt::format("{}: its manifest is damaged", file.string()));
  if (manifest.size != sizeof(Manifest) || manifest.component_size != sizeof(Component) ||
      manifest.parameter_size != sizeof(Parameter) || manifest.guard == nullptr)
    throw std::runtime_error(fmt::format(
        "{}: its manifest has another layout; rebuild it against this assay's include/assay",
        file.string()));
  return manifest;
}

}  // namespace assay::plugin_host
