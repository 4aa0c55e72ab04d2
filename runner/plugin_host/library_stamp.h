// Reads the stamp of a plugin: how it was built and what it offers. It reads the library's ELF note
// without running any of its code (see assay/stamp.h for the text).
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "assay/instruction_set.h"
#include "assay/kind.h"

namespace assay::plugin_host {

struct StampedComponent {
  Kind kind{};
  std::string name;
  std::string doc;
};

struct Stamp {
  std::string sdk;
  std::string standard_library;
  std::string debug_mode;
  std::string sanitizers;
  std::string instructions;
  std::string plugin;
  std::string version;
  std::string licence;
  std::vector<StampedComponent> components;

  bool offers(Kind kind, std::string_view name) const;
};

/// Reads the stamp of a shared library. Throws std::runtime_error that says what is wrong with the
/// file, without its name: it is empty, cut short, for another machine, without a stamp, ...
Stamp read_stamp(const std::filesystem::path& library);

/// Returns the stamp of this program (without components).
Stamp host_stamp();

/// Returns why a library with this stamp cannot be loaded here: one line per field, with both
/// values and what to do, including the command for a plugin that Meson builds. Empty if it can be
/// loaded.
std::vector<std::string> refusals(const Stamp& plugin, const Stamp& host, InstructionSet cpu);

}  // namespace assay::plugin_host
