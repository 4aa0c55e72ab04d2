// Creates a component from its real shared library, for tests.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "assay/instruction_set.h"
#include "assay/kind.h"

namespace assay::test {

/// Return the source folder and the build folder, from the environment that Meson sets.
std::string source_folder();
std::string build_folder();

/// Opens the library in build/plugins/ that offers the component, assay_KINDs.so or
/// assay_KIND_TYPE.so, and creates it from options in YAML, e.g. "{learning_rate: 0.1}"; fills in
/// defaults. Throws assay::Error with the component's message.
void* make_component(Kind kind, std::string_view type, std::string_view options,
                     InstructionSet instructions);

template <class Interface>
std::unique_ptr<Interface> make(std::string_view type, std::string_view options = "{}",
                                InstructionSet instructions = InstructionSet::generic) {
  return std::unique_ptr<Interface>(
      static_cast<Interface*>(make_component(Interface::kind, type, options, instructions)));
}

}  // namespace assay::test
