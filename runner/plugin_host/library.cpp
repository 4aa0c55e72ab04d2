#include "runner/plugin_host/library.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "assay/number_text.h"
#include "runner/base/utf8.h"
#include "runner/plugin_host/floating_point.h"
#include "runner/plugin_host/manifest.h"
#include "runner/plugin_host/missing_symbols.h"
#include "runner/plugin_host/process_state.h"

namespace assay::plugin_host {
namespace {

std::string shown(const std::filesystem::path& file) { return base::one_line(file.string()); }

// Joins the reasons into one line, however many there are.
std::string some_of(std::vector<std::string> reasons) {
  constexpr std::size_t most = 8;
  if (reasons.size() > most) {
    const std::size_t more = reasons.size() - most;
    reasons.resize(most);
    reasons.push_back(fmt::format("and {} more", grouped(more)));
  }
  return fmt::format("{}", fmt::join(reasons, "; "));
}

// Returns everything that is missing; the linker's message names only the first.
std::string reason(const std::filesystem::path& file, const std::string& linkers_words) {
  std::vector<std::string> lines;
  try {
    lines = missing_symbols(file);
  } catch (const std::runtime_error&) {
    // In that case the linker's message has to do.
  }
  return lines.empty() ? base::one_line(linkers_words)
                       : fmt::format("{}: {}", shown(file), some_of(lines));
}

// Loads the library. This runs its static constructors and those of the libraries that it needs.
void* load(const std::filesystem::path& file, const Warn& warn) {
  const KeptFloatingPointMode mode;
  // RTLD_NODELETE, and the handle is dropped: a plugin stays for the life of the process.
  void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (library == nullptr) throw std::runtime_error(reason(file, dlerror()));
  if (warn && !computes_by_default_rules())
    warn(
        fmt::format("{}: opening it changed the floating-point mode (denormal numbers became 0, or "
                    "rounding another), which was undone; was it linked with -ffast-math?",
                    shown(file)));
  return library;
}

void* open(const std::filesystem::path& file, const Warn& warn) {
  KeptProcessState state;
  void* library = load(file, warn);
  // A library with its own runtime could not catch the program's exceptions, nor the other way
  // round.
  if (constexpr const char* symbol = "_ZSt9terminatev";
      dlsym(library, symbol) != dlsym(RTLD_DEFAULT, symbol))
    throw std::runtime_error(
        fmt::format("{}: it contains a C++ runtime of its own; link it without -static-libstdc++",
                    shown(file)));
  if (const std::string changes = state.restore(); warn && !changes.empty())
    warn(fmt::format("{}: opening it changed for the whole process: {}", shown(file), changes));
  return library;
}

}  // namespace

const Manifest& open_library(const std::filesystem::path& file, const Offers& elsewhere,
                             const Warn& warn) {
  void* library = open(file, warn);
  const void* symbol = dlsym(library, manifest_symbol);
  if (symbol == nullptr)
    throw std::runtime_error(
        fmt::format("{}: it exports no '{}'; does a source file end in ASSAY_PLUGIN?", shown(file),
                    manifest_symbol));
  const Manifest& manifest = *static_cast<const Manifest*>(symbol);
  if (manifest.magic != manifest_magic)
    throw std::runtime_error(fmt::format("{}: its manifest is damaged", shown(file)));
  if (manifest.size != sizeof(Manifest) || manifest.component_size != sizeof(Component) ||
      manifest.parameter_size != sizeof(Parameter) || manifest.facet_size != sizeof(Facet) ||
      manifest.guard == nullptr)
    throw std::runtime_error(
        fmt::format("{}: its manifest has another layout (SDK {}.{}, this assay has {}); rebuild "
                    "it against this assay's include/assay",
                    shown(file), manifest.sdk_major, manifest.sdk_minor, stamp::sdk));
  if (const std::vector<std::string> wrong = mistakes(manifest, elsewhere); !wrong.empty())
    throw std::runtime_error(
        fmt::format("{}: {} (a mistake in the plugin)", shown(file), some_of(wrong)));
  return manifest;
}

}  // namespace assay::plugin_host
