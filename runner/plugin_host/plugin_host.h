// Finds plugins, tells a plan what they offer, and makes components. Only the libraries that a plan
// names are opened; the others are known by their stamps.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "assay/plugin.h"
#include "runner/config/utf8.h"
#include "runner/plan/catalogue.h"
#include "runner/plan/values.h"
#include "runner/plugin_host/component.h"
#include "runner/plugin_host/stamp.h"

namespace assay::plugin_host {

/// A library in the search path.
struct FoundLibrary {
  std::filesystem::path file;
  Stamp stamp;
  std::string refusal;     ///< why it is not used, one line; empty: it is
  std::size_t folder = 0;  ///< its place in the search path, from 0

  /// The file, for messages: one line, whatever its name holds.
  std::string shown() const { return config::one_line(file.string()); }
};

struct FoundComponent {
  Kind kind{};
  std::string name;
  std::string doc;
  const FoundLibrary* library = nullptr;
};

class PluginHost final : public plan::Catalogue {
 public:
  /// Looks through the folders (or at single libraries), first one first: a component that was
  /// found already is not replaced. `instructions` is what components are told to use.
  PluginHost(std::vector<std::filesystem::path> folders, InstructionSet instructions);

  std::vector<std::string> names(Kind kind) override;
  std::span<const Parameter> parameters(Kind kind, std::string_view name) override;
  std::vector<std::string> refused(Kind kind, std::string_view name) const override;
  std::vector<std::string> searched() const override;
  /// Refused libraries that come no later in the search path than the one used (those that cannot
  /// say what they offer: where they have its file name), and others in its folder. That a library
  /// hides those of later folders is what the search path is for.
  std::vector<std::string> doubts(Kind kind, std::string_view name) const override;

  /// Makes the component and those nested in it. Throws ComponentError, and like open().
  std::shared_ptr<Object> create(const plan::ComponentPlan& plan);
  template <class Interface>
  Handle<Interface> create(const plan::ComponentPlan& plan) {
    return Handle<Interface>(create(plan));
  }

  const std::vector<std::unique_ptr<FoundLibrary>>& libraries() const { return libraries_; }
  /// Sorted by kind and name.
  std::vector<FoundComponent> components() const;
  /// Opens the library that was found at `file`, if none of its components did so yet. Throws
  /// std::runtime_error with the reason if it cannot be opened, was refused or was not found.
  const Manifest& open(const std::filesystem::path& file);
  /// Libraries that were opened, sorted.
  std::vector<const FoundLibrary*> opened() const;
  /// Returns a line for each thing that is odd about the libraries that were opened and the
  /// components that were made.
  const std::vector<std::string>& warnings() const { return warnings_; }
  InstructionSet instructions() const { return instructions_; }
  /// Those that components were given in their options.
  config::Secrets& secrets() { return *secrets_; }
  /// What components made from now on are told to use. Throws assay::Error for what the CPU lacks.
  void use(InstructionSet instructions);

 private:
  struct Entry {
    const FoundLibrary* library = nullptr;
    std::string doc;
  };
  struct Found {
    const FoundLibrary& library;
    const Manifest& open;
    const Component& component;
  };

  void scan(std::size_t folder);
  void add(const std::filesystem::path& file, std::size_t folder);
  bool is_new(const FoundLibrary& library);
  void warn(const std::string& text);
  const Manifest& manifest(const FoundLibrary& library);
  Found find(Kind kind, std::string_view name);

  std::vector<std::filesystem::path> folders_;
  std::map<std::filesystem::path, std::string> unreadable_;  ///< folders, and why
  /// Device, number and refusal of each file, which is listed once for all ways that lead to it.
  std::set<std::tuple<std::uintmax_t, std::uintmax_t, std::string>> files_;
  InstructionSet instructions_;
  std::vector<std::unique_ptr<FoundLibrary>> libraries_;
  std::map<std::pair<Kind, std::string>, Entry> components_;
  std::map<const FoundLibrary*, const Manifest*> opened_;
  std::vector<std::string> warnings_;
  std::shared_ptr<config::Secrets> secrets_ = std::make_shared<config::Secrets>();
};

}  // namespace assay::plugin_host
