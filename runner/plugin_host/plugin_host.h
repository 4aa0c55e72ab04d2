// Finds plugins, tells a plan what they offer, and creates components. It opens only the libraries
// that a plan names, and knows the others by their stamps.
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

#include "assay/host.h"
#include "assay/plugin.h"
#include "runner/base/utf8.h"
#include "runner/plan/catalogue.h"
#include "runner/plan/values.h"
#include "runner/plugin_host/component.h"
#include "runner/plugin_host/library_stamp.h"

namespace assay::plugin_host {

/// A library in the search path.
struct FoundLibrary {
  std::filesystem::path file;
  Stamp stamp;
  std::string refusal;     ///< why it is not used, one line; empty if it is used
  std::size_t folder = 0;  ///< its place in the search path, from 0

  /// Returns the file as one line for messages, whatever its name contains.
  std::string shown() const { return base::one_line(file.string()); }
};

struct FoundComponent {
  Kind kind{};
  std::string name;
  std::string doc;
  const FoundLibrary* library = nullptr;
};

class PluginHost final : public plan::Catalogue, public Host {
 public:
  /// Searches the folders (or single libraries) in order; the first library that offers a component
  /// provides it. Components are told to use `instructions`.
  PluginHost(std::vector<std::filesystem::path> folders, InstructionSet instructions);

  std::vector<std::string> names(Kind kind) override;
  std::span<const Parameter> parameters(Kind kind, std::string_view name) override;
  std::vector<std::string> refused(Kind kind, std::string_view name) const override;
  std::vector<std::string> searched() const override;
  /// Returns refused libraries that are not later in the search path than the one in use, and other
  /// libraries in its folder that offer the component. (A refused library whose offer is unknown
  /// counts if it has the same file name.) Libraries in later folders are not doubtful: the search
  /// path exists to hide them.
  std::vector<std::string> doubts(Kind kind, std::string_view name) const override;

  /// Creates the component and those nested in it. Throws ComponentError, and the exceptions of
  /// open().
  std::shared_ptr<Object> create(const plan::ComponentPlan& plan) {
    return create(plan, std::make_shared<double>(1.0));
  }
  /// Creates a component that shares the factor of its rates with the one that contains it.
  std::shared_ptr<Object> create(const plan::ComponentPlan& plan,
                                 std::shared_ptr<double> rate_factor);
  template <class Interface>
  Handle<Interface> create(const plan::ComponentPlan& plan) {
    return Handle<Interface>(create(plan));
  }

  const std::vector<std::unique_ptr<FoundLibrary>>& libraries() const { return libraries_; }
  /// Returns the components sorted by kind and name.
  std::vector<FoundComponent> components() const;
  /// Opens the library that was found at `file`, unless it is open already. Throws
  /// std::runtime_error with the reason if it cannot be opened, was refused or was not found.
  const Manifest& open(const std::filesystem::path& file);
  /// Returns the libraries that were opened, sorted.
  std::vector<const FoundLibrary*> opened() const;
  /// Returns the library that provides a component; null if there is no such component.
  const FoundLibrary* library_of(Kind kind, std::string_view name) const;
  /// Returns a line for each irregularity in the libraries that were opened and the components that
  /// were created.
  const std::vector<std::string>& warnings() const { return warnings_; }
  InstructionSet instructions() const { return instructions_; }
  InstructionSet instruction_set() const override { return instructions_; }
  /// Returns the secrets that components received in their options.
  config::Secrets& secrets() { return *secrets_; }
  /// Sets the instructions of components created from now on. Throws assay::Error if the CPU lacks
  /// them.
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
  /// The device, number and refusal of each file, so that each file is listed once.
  std::set<std::tuple<std::uintmax_t, std::uintmax_t, std::string>> files_;
  InstructionSet instructions_;
  std::vector<std::unique_ptr<FoundLibrary>> libraries_;
  std::map<std::pair<Kind, std::string>, Entry> components_;
  std::map<const FoundLibrary*, const Manifest*> opened_;
  std::vector<std::string> warnings_;
  std::shared_ptr<config::Secrets> secrets_ = std::make_shared<config::Secrets>();
};

}  // namespace assay::plugin_host
