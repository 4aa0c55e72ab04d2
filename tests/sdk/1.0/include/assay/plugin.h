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
// A library of several components, with a source file for each, is a pack. Each of its files ends
// in
//
//   ASSAY_COMPONENT(Momentum)
//
// and one more file says ASSAY_PACK("optimizers", "1.0.0", "MIT"). The pack offers the components
// of all files that are linked into it, so a further one is a new file and no change to the others.
// Without any, the linker says that __start_assay_components is undefined. List the files as
// sources of the library: the linker takes from a static library only what others refer to, and
// nothing refers to a component.
//
// Names are lower_case (is_name in text.h), every text is one line, and the version contains no
// spaces; anything else does not compile. The host loads the library with RTLD_NOW | RTLD_LOCAL and
// never unloads it. The library should export this one symbol only (-fvisibility=hidden and a
// version script). It registers nothing through static constructors.
#pragma once

#include <array>
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
  const Component* const* components;      ///< pointers to the components
  const Component* const* components_end;  ///< the end of the pointers
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

template <class T>
inline constexpr Component component_of = describe<T>();

/// Returns true if no two components share a kind and a name. A component that is invalid anyway
/// has no name.
template <std::size_t count>
constexpr bool are_different(const Component* const (&components)[count]) {
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (components[i]->kind == components[j]->kind && *components[i]->name != '\0' &&
          std::string_view(components[i]->name) == components[j]->name)
        return false;
  return true;
}

template <class... Components>
struct ComponentList {
  static_assert(sizeof...(Components) > 0, "no component is named; name the classes");
  static constexpr const Component* all[] = {&component_of<Components>...};
  static_assert(are_different(all), "two components of one kind have one name; rename one of them");
};

constexpr Manifest manifest(const char* name, const char* version, const char* licence,
                            const Component* const* first, const Component* const* last) {
  return {manifest_magic,
          sizeof(Manifest),
          sizeof(Component),
          sizeof(Parameter),
          sizeof(Facet),
          ASSAY_SDK_MAJOR,
          ASSAY_SDK_MINOR,
          name,
          version,
          licence,
          first,
          last,
          &guard};
}

}  // namespace detail
}  // namespace assay

#define ASSAY_CHECK_PLUGIN(plugin_name, plugin_version, plugin_licence)                          \
  static_assert(::assay::is_name(plugin_name),                                                   \
                "the plugin's name is not made of lower-case letters, digits and "               \
                "underscores (a letter first); rename it");                                      \
  static_assert(::assay::is_word(plugin_version),                                                \
                "the plugin's version is empty or holds blanks; write it as \"1.0.0\"");         \
  static_assert(!::std::string_view(plugin_licence).empty() && ::assay::is_line(plugin_licence), \
                "the plugin's licence is empty or more than a line; write it as \"MIT\"");

// clang++ puts redzones of the address sanitizer into a section whose name is not an identifier,
// and the next note would not be found behind them.
#if defined(__clang__)
#define ASSAY_WITHOUT_REDZONES clang::no_sanitize("address")
#else
#define ASSAY_WITHOUT_REDZONES
#endif

#define ASSAY_NOTE                                           \
  [[gnu::section(".note.assay"), gnu::used, gnu::aligned(4), \
    ASSAY_WITHOUT_REDZONES]] static constexpr auto

#define ASSAY_EXPORT_MANIFEST                                                          \
  extern "C" {                                                                         \
  [[gnu::visibility("default")]] extern const ::assay::Manifest assay_plugin_manifest; \
  }                                                                                    \
  const ::assay::Manifest assay_plugin_manifest

/// Defines the exported data of a plugin whose components are in this source file. Use it once per
/// library, outside any namespace.
#define ASSAY_PLUGIN(plugin_name, plugin_version, plugin_licence, ...)                           \
  ASSAY_CHECK_PLUGIN(plugin_name, plugin_version, plugin_licence)                                \
  namespace {                                                                                    \
  using AssayComponents = ::assay::detail::ComponentList<__VA_ARGS__>;                           \
  ASSAY_NOTE assay_note = ::assay::stamp::note([](char* out) {                                   \
    return ::assay::stamp::write(out, plugin_name, plugin_version, plugin_licence,               \
                                 AssayComponents::all);                                          \
  });                                                                                            \
  }                                                                                              \
  ASSAY_EXPORT_MANIFEST = ::assay::detail::manifest(plugin_name, plugin_version, plugin_licence, \
                                                    ::std::begin(AssayComponents::all),          \
                                                    ::std::end(AssayComponents::all));

/// Adds the components of this source file to the pack that it is linked into. Use it once per
/// source file, outside any namespace.
#define ASSAY_COMPONENT(...)                                                                   \
  namespace {                                                                                  \
  using AssayComponents = ::assay::detail::ComponentList<__VA_ARGS__>;                         \
  ASSAY_NOTE assay_note = ::assay::stamp::note(                                                \
      [](char* out) { return ::assay::stamp::write(out, "", "", "", AssayComponents::all); }); \
  [[gnu::section("assay_components"), gnu::used, gnu::retain,                                  \
    gnu::aligned(8)]] constexpr auto assay_components = ::std::to_array(AssayComponents::all); \
  }

/// Defines the exported data of a pack. Use it once per library, outside any namespace.
#define ASSAY_PACK(plugin_name, plugin_version, plugin_licence)                                    \
  ASSAY_CHECK_PLUGIN(plugin_name, plugin_version, plugin_licence)                                  \
  extern "C" {                                                                                     \
  /* The linker defines these two if a component is linked in. g++ ignores the visibility of a     \
     declaration that has another name for the assembler, so they have the linker's names. */      \
  [[gnu::visibility("hidden")]] extern const ::assay::Component* const __start_assay_components[]; \
  [[gnu::visibility("hidden")]] extern const ::assay::Component* const __stop_assay_components[];  \
  }                                                                                                \
  namespace {                                                                                      \
  ASSAY_NOTE assay_note = ::assay::stamp::note([](char* out) {                                     \
    return ::assay::stamp::write(out, plugin_name, plugin_version, plugin_licence,                 \
                                 ::std::array<const ::assay::Component*, 0>());                    \
  });                                                                                              \
  }                                                                                                \
  ASSAY_EXPORT_MANIFEST =                                                                          \
      ::assay::detail::manifest(plugin_name, plugin_version, plugin_licence,                       \
                                __start_assay_components, __stop_assay_components);
