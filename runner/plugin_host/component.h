// A component that was created from a plugin, and calls into it.
#pragma once

#include <deque>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "assay/error.h"
#include "assay/plugin.h"
#include "runner/base/utf8.h"
#include "runner/config/secret.h"
#include "runner/plugin_host/bounded_schedule.h"
#include "runner/plugin_host/within.h"

namespace assay::plugin_host {

/// The reason why a component threw, as far as the type of the exception shows it.
enum class Cause {
  stated,   ///< its message says what is wrong
  mistake,  ///< a std::logic_error: a bug, or a request for something that does not exist
  memory,   ///< a std::bad_alloc
};

/// Reports that a component threw, in its constructor or in a call. Whatever the plugin's text, the
/// message is one line of limited length and without control characters.
class ComponentError : public std::runtime_error {
 public:
  ComponentError(std::string who, std::string_view message, std::string option,
                 Cause cause = Cause::stated)
      : std::runtime_error(who + ": " + base::one_line(message)),
        who_(std::move(who)),
        message_(base::one_line(message)),
        option_(std::move(option)),
        cause_(cause) {}
  const std::string& who() const { return who_; }          ///< "optimizer sgd"
  const std::string& message() const { return message_; }  ///< without the name
  const std::string& option() const { return option_; }    ///< the option to blame, or empty
  Cause cause() const { return cause_; }

 private:
  std::string who_, message_, option_;
  Cause cause_;
};

/// The host throws this into a component's constructor when one of its nested components failed. It
/// blames the option that holds the nested component, and preserves the cause.
class NestedError final : public OptionError {
 public:
  NestedError(std::string option, const std::string& message, Cause cause)
      : OptionError(std::move(option), message), cause_(cause) {}
  Cause cause() const { return cause_; }

 private:
  Cause cause_;
};

namespace detail {

class Failure final : public FailureSink {
 public:
  void set(std::string_view text, std::string_view name) noexcept override {
    try {
      message = text;
      option = name;
    } catch (const std::bad_alloc&) {
      message = "out of memory";  // short enough to need none
    }
  }
  std::string message, option;
};

/// Calls the function, and records the type of its exception before the plugin's guard turns the
/// exception into text. Host and plugin share one C++ runtime, so both know these types.
template <class Function>
void noting_cause(Cause& cause, Function&& function) {
  try {
    function();
  } catch (const NestedError& error) {
    cause = error.cause();
    throw;
  } catch (const std::logic_error&) {
    cause = Cause::mistake;
    throw;
  } catch (const std::bad_alloc&) {
    cause = Cause::memory;
    throw;
  }
}

}  // namespace detail

/// Calls `function` under the plugin's guard. Throws its exception as a ComponentError, with
/// secrets masked in the message.
template <class Function>
auto guarded(Guard guard, const std::string& who, const config::Secrets& secrets,
             Function&& function) {
  using Result = std::invoke_result_t<Function>;
  using Stored = std::conditional_t<std::is_void_v<Result>, std::monostate, Result>;
  struct Frame {
    std::remove_reference_t<Function>* function;
    std::optional<Stored> result;
    Cause cause;
  } frame{&function, std::nullopt, Cause::stated};
  detail::Failure failure;
  const auto call = [](void* argument) {
    Frame& f = *static_cast<Frame*>(argument);
    detail::noting_cause(f.cause, [&] {
      if constexpr (std::is_void_v<Result>) (*f.function)();
      else f.result.emplace((*f.function)());
    });
  };
  if (!guard(call, &frame, failure))
    throw ComponentError(who, secrets.masked(std::move(failure.message)),
                         secrets.masked(std::move(failure.option)), frame.cause);
  if constexpr (!std::is_void_v<Result>) return std::move(*frame.result);
}

/// A component of any kind, with the nested components that it was created with. Its callers share
/// it.
struct Object {
  Kind kind{};
  std::string name;
  std::string who;        ///< for messages: "optimizer sgd"
  std::string library;    ///< its path
  std::string code_what;  ///< of code()
  std::string code_libraries;
  /// The option of its owner that it was made for: "renderer", "panels.0.renderer". Empty if no
  /// component contains it.
  std::string option;
  void* pointer = nullptr;  ///< to the kind's interface
  Guard guard = nullptr;
  void (*destroy)(void*) noexcept = nullptr;
  std::vector<std::pair<FacetId, void*>> facets;  ///< and the facet's interface
  std::vector<std::shared_ptr<Object>> nested;
  std::deque<std::string> texts;  ///< those of its options
  /// The factor of the rates of an optimizer, and of those within it.
  std::shared_ptr<double> rate_factor;
  std::unique_ptr<BoundedSchedule> bounded;  ///< set for a schedule: the form that its owner uses
  std::shared_ptr<const config::Secrets> secrets;  ///< secrets given to components; never null

  Object() : secrets(std::make_shared<const config::Secrets>()) {}
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  ~Object() {
    const Within within(code());
    if (pointer != nullptr) destroy(pointer);
  }
  /// Names the code, including the components nested at this moment: this component calls them, the
  /// host does not.
  void name_code() {
    code_what = library + ": " + who;
    code_libraries = library;
    for (const auto& inner : nested) {
      code_what += ", with " + inner->who + " of " + inner->library;
      code_libraries += " " + inner->code_libraries;
    }
  }
  PluginCode code() const { return {code_what.c_str(), code_libraries.c_str()}; }
  /// Returns the interface of the facet; null if the component does not have it.
  void* facet(FacetId id) const {
    for (const auto& [facet, interface] : facets)
      if (facet == id) return interface;
    return nullptr;
  }
};

/// A component of one kind. Calls go through the guard: model.call([&](Model& m) { m.build(b); }).
template <class Interface>
class Handle {
 public:
  Handle() = default;
  explicit Handle(std::shared_ptr<Object> object) : object_(std::move(object)) {}

  template <class Function>
  auto call(Function&& function) const {
    const Within within(object_->code());
    return guarded(object_->guard, object_->who, *object_->secrets,
                   [&] { return function(*static_cast<Interface*>(object_->pointer)); });
  }
  /// Returns true if the component has the facet.
  template <class Facet>
  bool has() const {
    return object_->facet(Facet::facet) != nullptr;
  }
  /// Does the same with a facet that the component has: model.call_facet<Phases>([&](Phases& p)
  /// {...}).
  template <class Facet, class Function>
  auto call_facet(Function&& function) const {
    const Within within(object_->code());
    return guarded(object_->guard, object_->who, *object_->secrets,
                   [&] { return function(*static_cast<Facet*>(object_->facet(Facet::facet))); });
  }
  Object& object() const { return *object_; }
  const std::string& name() const { return object_->name; }
  const std::string& who() const { return object_->who; }
  /// Returns the option that it was made for: of its owner or, if nested() found it, of the
  /// component that was asked: "renderer", "inner.renderer".
  const std::string& option() const { return path_.empty() ? object_->option : path_; }
  /// Returns a text from the component with secrets masked.
  std::string masked(std::string_view text) const {
    return object_->secrets->masked(std::string(text));
  }
  /// Returns the nested component at this address, at any depth.
  template <class Inner>
  Handle<Inner> nested(const Inner& component) const {
    Handle<Inner> found;
    if (Handle::find(*object_, {}, component, found)) return found;
    throw std::logic_error("this component was not made with that " +
                           std::string(name_of(Inner::kind)));
  }

 private:
  template <class>
  friend class Handle;

  template <class Inner>
  static bool find(const Object& owner, const std::string& prefix, const Inner& component,
                   Handle<Inner>& found) {
    for (const auto& object : owner.nested) {
      const std::string option = prefix + object->option;
      if (object->kind == Inner::kind && static_cast<Inner*>(object->pointer) == &component) {
        found.object_ = object;
        found.path_ = option;
        return true;
      }
      if (Handle::find(*object, option + ".", component, found)) return true;
    }
    return false;
  }

  std::shared_ptr<Object> object_;
  std::string path_;  // of a nested component
};

}  // namespace assay::plugin_host
