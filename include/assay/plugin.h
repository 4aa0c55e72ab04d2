// The exports of a shared library that is a plugin. One line at the end of a source file makes
// them:
//
//   ASSAY_PLUGIN("momentum", "1.0.0", "MIT", Momentum)
//
// where every class named
//   - derives publicly from the interface of its kind (optimizer.h, model.h, ...), and from the
//     facets that it wants (facet.h),
//   - has `static constexpr assay::About about = {.name = "momentum", .doc = "One line."};`
//   - has a default constructor or, if it has options, a struct `Options`, its
//     `static constexpr auto table = assay::options(...);`, and a constructor that takes
//     `const Options&` (options.h)
//   - and may have `const assay::Host&` as the last argument of its constructor (host.h).
//
// Names are lower_case (is_name in text.h), every text is one line, and the version contains no
// spaces; anything else does not compile. The host loads the library with RTLD_NOW | RTLD_LOCAL and
// never unloads it. The library should export this one symbol only (-fvisibility=hidden and a
// version script). It registers nothing through static constructors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <iterator>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

#include "assay/detail/component_check.h"
#include "assay/detail/option_source.h"
#include "assay/detail/option_table.h"
#include "assay/error.h"
#include "assay/facet.h"
#include "assay/host.h"
#include "assay/kind.h"
#include "assay/options.h"
#include "assay/parameter.h"
#include "assay/stamp.h"
#include "assay/text.h"
#include "assay/version.h"

namespace assay {

struct About {
  const char* name;
  const char* doc;  ///< one line for `assay plugins list`
};

/// Receives the text of an exception that was caught inside the plugin. The host implements it.
class FailureSink {
 public:
  /// Sets the text. `option` is empty unless an OptionError named one.
  virtual void set(std::string_view message, std::string_view option) noexcept = 0;

 protected:
  ~FailureSink() = default;
};

/// Calls call(argument) and catches every exception in the plugin's own code. Returns false if it
/// threw; `failure` then has the text.
using Guard = bool (*)(void (*call)(void* argument), void* argument, FailureSink& failure) noexcept;

struct Component {
  Kind kind;
  const char* name;
  const char* doc;
  const Parameter* parameters;
  std::uint32_t parameter_count;
  /// Returns a pointer to the kind's interface, or throws: call it through the guard.
  void* (*create)(const detail::OptionSource& options);
  void (*destroy)(void* component) noexcept;
  const Facet* facets = nullptr;
  std::uint32_t facet_count = 0;
};

inline constexpr std::uint32_t manifest_magic = 0x59415341;  // "ASAY"

/// Plain data; the library's only exported symbol, `assay_plugin_manifest`.
struct Manifest {
  std::uint32_t magic;
  std::uint32_t size;            ///< sizeof(Manifest) of the plugin
  std::uint32_t component_size;  ///< sizeof(Component) of the plugin
  std::uint32_t parameter_size;  ///< sizeof(Parameter) of the plugin
  std::uint32_t facet_size;      ///< sizeof(Facet) of the plugin
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

inline std::string_view message_of(const std::exception& error) noexcept {
  const char* text = error.what();
  return text == nullptr || *text == '\0' ? "an exception without a message" : text;
}

inline bool guard(void (*call)(void*), void* argument, FailureSink& failure) noexcept {
  try {
    call(argument);
    return true;
  } catch (const OptionError& error) {
    failure.set(message_of(error), error.option());
  } catch (const std::exception& error) {
    failure.set(message_of(error), {});
  } catch (...) {
    failure.set("an exception that is no std::exception", {});
  }
  return false;
}

/// Makes a component from the values of the host.
template <class T>
std::unique_ptr<T> make(const OptionSource& source) {
  if constexpr (HasOptions<T>) {
    typename T::Options options{};
    fill<T>(options, source);
    if constexpr (std::is_constructible_v<T, const typename T::Options&, const Host&>)
      return std::make_unique<T>(std::as_const(options), source.host());
    else return std::make_unique<T>(std::as_const(options));
  } else if constexpr (std::is_constructible_v<T, const Host&>) {
    return std::make_unique<T>(source.host());
  } else {
    return std::make_unique<T>();
  }
}

template <class T>
constexpr Component describe() {
  if constexpr (check_component<T>()) {
    using Interface = std::remove_pointer_t<decltype(Kinds<T>::first())>;
    Component component{T::kind, T::about.name, T::about.doc, nullptr, 0,
                        nullptr, nullptr,       nullptr,      0};
    using Facets = FacetsOf<T, Interface>;
    component.facets = Facets::count > 0 ? Facets::all.data() : nullptr;
    component.facet_count = Facets::count;
    if constexpr (HasOptions<T>) {
      component.parameters = Parameters<T>::parameters.data();
      component.parameter_count = static_cast<std::uint32_t>(Parameters<T>::count);
    }
    component.create = [](const OptionSource& source) -> void* {
      return static_cast<Interface*>(make<T>(source).release());
    };
    component.destroy = [](void* object) noexcept {
      std::unique_ptr<Interface>(static_cast<Interface*>(object)).reset();
    };
    return component;
  }
  return {Kind::dataset, "", "", nullptr, 0, nullptr, nullptr, nullptr, 0};
}

/// Returns true if no two components share a kind and a name. A component that is invalid anyway
/// has no name.
template <std::size_t count>
constexpr bool are_different(const Component (&components)[count]) {
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (components[i].kind == components[j].kind && *components[i].name != '\0' &&
          std::string_view(components[i].name) == components[j].name)
        return false;
  return true;
}

}  // namespace detail
}  // namespace assay

/// Defines the plugin's exported data. Use it once per library, outside any namespace.
#define ASSAY_PLUGIN(plugin_name, plugin_version, plugin_licence, ...)                           \
  static_assert(::assay::is_name(plugin_name),                                                   \
                "ASSAY_PLUGIN: the plugin's name is not made of lower-case letters, digits and " \
                "underscores (a letter first); rename it");                                      \
  static_assert(::assay::is_word(plugin_version),                                                \
                "ASSAY_PLUGIN: the version is empty or holds blanks; write it as \"1.0.0\"");    \
  static_assert(!::std::string_view(plugin_licence).empty() && ::assay::is_line(plugin_licence), \
                "ASSAY_PLUGIN: the licence is empty or more than a line; write it as \"MIT\"");  \
  namespace {                                                                                    \
  template <class... Components>                                                                 \
  struct AssayPluginData {                                                                       \
    static_assert(sizeof...(Components) > 0,                                                     \
                  "ASSAY_PLUGIN: no component is named; name the classes behind the licence");   \
    static constexpr ::assay::Component components[] = {                                         \
        ::assay::detail::describe<Components>()...};                                             \
    static_assert(::assay::detail::are_different(components),                                    \
                  "two components of one kind have one name; rename one of them");               \
    static constexpr std::size_t note_size =                                                     \
        ::assay::stamp::write(nullptr, plugin_name, plugin_version, plugin_licence, components); \
    static constexpr auto make_note() {                                                          \
      ::assay::stamp::Note<note_size> note;                                                      \
      note.text_size = sizeof(note.text);                                                        \
      ::assay::stamp::write(note.text, plugin_name, plugin_version, plugin_licence, components); \
      return note;                                                                               \
    }                                                                                            \
  };                                                                                             \
  using AssayPlugin = AssayPluginData<__VA_ARGS__>;                                              \
  }                                                                                              \
  extern "C" {                                                                                   \
  [[gnu::section(".note.assay"), gnu::used, gnu::aligned(4),                                     \
    gnu::visibility("hidden")]] extern constexpr auto assay_plugin_note =                        \
      AssayPlugin::make_note();                                                                  \
  [[gnu::visibility("default")]] extern const ::assay::Manifest assay_plugin_manifest;           \
  const ::assay::Manifest assay_plugin_manifest = {                                              \
      ::assay::manifest_magic,                                                                   \
      sizeof(::assay::Manifest),                                                                 \
      sizeof(::assay::Component),                                                                \
      sizeof(::assay::Parameter),                                                                \
      sizeof(::assay::Facet),                                                                    \
      ASSAY_SDK_MAJOR,                                                                           \
      ASSAY_SDK_MINOR,                                                                           \
      plugin_name,                                                                               \
      plugin_version,                                                                            \
      plugin_licence,                                                                            \
      AssayPlugin::components,                                                                   \
      static_cast<std::uint32_t>(std::size(AssayPlugin::components)),                            \
      &::assay::detail::guard};                                                                  \
  }
