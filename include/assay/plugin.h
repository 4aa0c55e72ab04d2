// What a shared library exports to be a plugin. One line at the end of a source file does it:
//
//   ASSAY_PLUGIN("momentum", "1.0.0", "MIT", Momentum)
//
// where every class named
//   - derives from the interface of its kind (optimizer.h, model.h, ...),
//   - has a constructor that takes `const assay::Options&`,
//   - has `static constexpr assay::About about = {.name = "momentum", .doc = "One line."};`
//   - and, if it has options, `static constexpr assay::Parameter parameters[] = {...};`
//
// Names are lower_case and version and licence hold no blanks. The library is loaded with RTLD_NOW
// | RTLD_LOCAL, never unloaded, and should export this one symbol only (-fvisibility=hidden and a
// version script). It registers nothing by static constructors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <iterator>
#include <memory>
#include <string_view>
#include <type_traits>

#include "assay/error.h"
#include "assay/kind.h"
#include "assay/options.h"
#include "assay/parameter.h"
#include "assay/stamp.h"
#include "assay/version.h"

namespace assay {

struct About {
  const char* name;
  const char* doc;  ///< one line for `assay plugins list`
};

/// Receives the text of an exception that was caught inside the plugin. Host's.
class FailureSink {
 public:
  /// `option` is empty unless an OptionError named one.
  virtual void set(std::string_view message, std::string_view option) noexcept = 0;

 protected:
  ~FailureSink() = default;
};

/// Calls call(argument) and catches everything in the plugin's own code. False: it threw, and
/// `failure` has the text.
using Guard = bool (*)(void (*call)(void* argument), void* argument, FailureSink& failure) noexcept;

struct Component {
  Kind kind;
  const char* name;
  const char* doc;
  const Parameter* parameters;
  std::uint32_t parameter_count;
  /// Returns a pointer to the kind's interface, or throws: call it through the guard.
  void* (*create)(const Options& options);
  void (*destroy)(void* component) noexcept;
};

inline constexpr std::uint32_t manifest_magic = 0x59415341;  // "ASAY"

/// Plain data; the library's only exported symbol, `assay_plugin_manifest`.
struct Manifest {
  std::uint32_t magic;
  std::uint32_t size;            ///< sizeof(Manifest) of the plugin
  std::uint32_t component_size;  ///< sizeof(Component) of the plugin
  std::uint32_t parameter_size;  ///< sizeof(Parameter) of the plugin
  std::uint32_t sdk_major;
  std::uint32_t sdk_minor;
  const char* name;
  const char* version;
  const char* licence;
  const Component* components;
  std::uint32_t component_count;
  Guard guard;
};

inline constexpr const char* manifest_symbol = "assay_plugin_manifest";

namespace detail {

inline bool guard(void (*call)(void*), void* argument, FailureSink& failure) noexcept {
  try {
    call(argument);
    return true;
  } catch (const OptionError& error) {
    failure.set(error.what(), error.option());
  } catch (const std::exception& error) {
    failure.set(error.what(), {});
  } catch (...) {
    failure.set("an exception that is no std::exception", {});
  }
  return false;
}

template <class T>
concept HasParameters = requires {
  std::size(T::parameters);
};

template <class Interface, class T>
constexpr Component describe() {
  Component component{T::kind, T::about.name, T::about.doc, nullptr, 0, nullptr, nullptr};
  if constexpr (HasParameters<T>) {
    component.parameters = std::data(T::parameters);
    component.parameter_count = static_cast<std::uint32_t>(std::size(T::parameters));
  }
  component.create = [](const Options& options) -> void* {
    return static_cast<Interface*>(std::make_unique<T>(options).release());
  };
  component.destroy = [](void* object) noexcept {
    std::unique_ptr<Interface>(static_cast<Interface*>(object)).reset();
  };
  return component;
}

}  // namespace detail

class Dataset;
class Hook;
class Logger;
class Loss;
class Metric;
class Model;
class Optimizer;
class Renderer;
class Schedule;

namespace detail {

template <class T, class... Interfaces>
struct FirstBase;
template <class T, class First, class... Rest>
struct FirstBase<T, First, Rest...> {
  static consteval auto pick() {
    if constexpr (std::is_convertible_v<T*, First*>) return static_cast<First*>(nullptr);
    else return FirstBase<T, Rest...>::pick();
  }
};

/// The kind's interface that T derives from.
template <class T>
using InterfaceOf =
    std::remove_pointer_t<decltype(FirstBase<T, Dataset, Hook, Logger, Loss, Metric, Model,
                                             Optimizer, Renderer, Schedule>::pick())>;

}  // namespace detail
}  // namespace assay

/// The places where a plugin's exported data is defined; use once per library, outside any
/// namespace.
#define ASSAY_PLUGIN(plugin_name, plugin_version, plugin_licence, ...)                         \
  namespace {                                                                                  \
  template <class... Components>                                                               \
  struct AssayPluginData {                                                                     \
    static constexpr ::assay::Component components[] = {                                       \
        ::assay::detail::describe<::assay::detail::InterfaceOf<Components>, Components>()...}; \
    static constexpr std::size_t note_size = ::assay::stamp::write<Components...>(             \
        nullptr, plugin_name, plugin_version, plugin_licence);                                 \
    static constexpr auto make_note() {                                                        \
      ::assay::stamp::Note<note_size> note;                                                    \
      note.text_size = sizeof(note.text);                                                      \
      ::assay::stamp::write<Components...>(note.text, plugin_name, plugin_version,             \
                                           plugin_licence);                                    \
      return note;                                                                             \
    }                                                                                          \
  };                                                                                           \
  using AssayPlugin = AssayPluginData<__VA_ARGS__>;                                            \
  }                                                                                            \
  extern "C" {                                                                                 \
  [[gnu::section(".note.assay"), gnu::used, gnu::aligned(4),                                   \
    gnu::visibility("hidden")]] extern constexpr auto assay_plugin_note =                      \
      AssayPlugin::make_note();                                                                \
  [[gnu::visibility("default")]] extern const ::assay::Manifest assay_plugin_manifest;         \
  const ::assay::Manifest assay_plugin_manifest = {                                            \
      ::assay::manifest_magic,                                                                 \
      sizeof(::assay::Manifest),                                                               \
      sizeof(::assay::Component),                                                              \
      sizeof(::assay::Parameter),                                                              \
      ASSAY_SDK_MAJOR,                                                                         \
      ASSAY_SDK_MINOR,                                                                         \
      plugin_name,                                                                             \
      plugin_version,                                                                          \
      plugin_licence,                                                                          \
      AssayPlugin::components,                                                                 \
      static_cast<std::uint32_t>(std::size(AssayPlugin::components)),                          \
      &::assay::detail::guard};                                                                \
  }
