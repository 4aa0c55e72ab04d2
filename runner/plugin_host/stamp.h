// The stamp of a plugin: what it was built with and what it offers, read from the library's ELF
// note without running any of its code (see assay/stamp.h for the text).
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

/// Reads the stamp of a shared library. Throws std::runtime_error that says what the file is
/// instead, without its name: "it is empty", cut short, for another machine, without a stamp, ...
Stamp read_stamp(const std::filesystem::path& library);

/// The stamp of this program (no components).
Stamp host_stamp();

/// Why a library with this stamp cannot be loaded here: one line per field, both sides, and what to
/// do, with the command for a plugin that Meson builds. Empty: it can.
std::vector<std::string> refusals(const Stamp& plugin, const Stamp& host, InstructionSet cpu);

}  // namespace assay::plugin_host
