// The values of a component's parameter table, validated and complete. Components are made from
// them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "assay/instruction_set.h"
#include "assay/schedule.h"

namespace assay {

class Renderer;

/// A learning rate or another number that may follow a schedule. It is cheap to copy. The host owns
/// the schedule, which lives as long as the component that was made with it.
class Rate {
 public:
  explicit Rate(double constant) : constant_(constant) {}
  explicit Rate(const Schedule& schedule) : schedule_(&schedule) {}
  /// Returns the value for the update that follows `count` finished updates (0 for the first), as
  /// optax counts. The value is finite and within the bounds of the option. Throws if a schedule
  /// gives any other value; do not catch that. Do not call it in constructors: a schedule knows its
  /// length only after all components are made.
  double at(std::int64_t count) const {
    return schedule_ != nullptr ? schedule_->value(count) : constant_;
  }

 private:
  const Schedule* schedule_ = nullptr;
  double constant_ = 0;
};

/// Gives read access to the options. Valid only during the constructor, and so are its strings:
/// copy what you need to keep. Asking for a name that is not in the component's table, or with a
/// type other than the declared one, throws std::logic_error, because it is a bug in the component.
class Options {
 public:
  /// Returns false only for an option whose default is null and that the config does not set.
  virtual bool has(std::string_view name) const = 0;

  virtual bool boolean(std::string_view name) const = 0;
  virtual std::int64_t integer(std::string_view name) const = 0;
  virtual double number(std::string_view name) const = 0;
  virtual Rate rate(std::string_view name) const = 0;
  /// Returns the value of a text or a choice.
  virtual std::string_view text(std::string_view name) const = 0;
  /// Returns the absolute path of a path option. The host does not check that the file exists.
  virtual std::string_view path(std::string_view name) const = 0;
  /// Returns the members of a group.
  virtual const Options& group(std::string_view name) const = 0;
  /// Returns a nested renderer. The host owns it; it outlives this component.
  virtual const Renderer& renderer(std::string_view name) const = 0;

  /// Return the number of elements of a list option, and the elements.
  virtual std::size_t size(std::string_view name) const = 0;
  virtual std::int64_t integer(std::string_view name, std::size_t index) const = 0;
  virtual double number(std::string_view name, std::size_t index) const = 0;
  virtual std::string_view text(std::string_view name, std::size_t index) const = 0;

  /// Returns the instructions to use: see instruction_set.h.
  virtual InstructionSet instruction_set() const = 0;

  // These exist since SDK 0.2.
  virtual bool boolean(std::string_view name, std::size_t index) const = 0;
  virtual Rate rate(std::string_view name, std::size_t index) const = 0;
  virtual std::string_view path(std::string_view name, std::size_t index) const = 0;
  virtual const Options& group(std::string_view name, std::size_t index) const = 0;
  virtual const Renderer& renderer(std::string_view name, std::size_t index) const = 0;

 protected:
  ~Options() = default;
};

}  // namespace assay
