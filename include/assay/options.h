// What a component is made from: the values of its parameter table, validated and complete.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "assay/instruction_set.h"
#include "assay/schedule.h"

namespace assay {

class Renderer;

/// A learning rate or any other number that may follow a schedule. A small value; the schedule is
/// the host's and lives as long as the component that was made with it.
class Rate {
 public:
  explicit Rate(double constant) : constant_(constant) {}
  explicit Rate(const Schedule& schedule) : schedule_(&schedule) {}
  /// The value for the update that follows `count` finished updates (0 for the first), as optax
  /// counts: finite, and within the bounds of the option. Throws where a schedule gives another;
  /// let that pass. Not for constructors: a schedule knows its length only when all is made.
  double at(std::int64_t count) const {
    return schedule_ != nullptr ? schedule_->value(count) : constant_;
  }

 private:
  const Schedule* schedule_ = nullptr;
  double constant_ = 0;
};

/// Read-only and lent for the duration of the constructor: copy what must stay.
/// Strings stay valid for the constructor only. Asking for a name that is not in the component's
/// table, or with another type than declared, throws std::logic_error: a mistake of the component's
/// author.
class Options {
 public:
  /// False only for an option whose default is null and that the config does not set.
  virtual bool has(std::string_view name) const = 0;

  virtual bool boolean(std::string_view name) const = 0;
  virtual std::int64_t integer(std::string_view name) const = 0;
  virtual double number(std::string_view name) const = 0;
  virtual Rate rate(std::string_view name) const = 0;
  /// text and choice.
  virtual std::string_view text(std::string_view name) const = 0;
  /// The absolute path of a path option. That the file exists is not checked.
  virtual std::string_view path(std::string_view name) const = 0;
  /// The members of a group.
  virtual const Options& group(std::string_view name) const = 0;
  /// A nested renderer. Owned by the host; it outlives this component.
  virtual const Renderer& renderer(std::string_view name) const = 0;

  /// The number of elements of a list option, and the elements.
  virtual std::size_t size(std::string_view name) const = 0;
  virtual std::int64_t integer(std::string_view name, std::size_t index) const = 0;
  virtual double number(std::string_view name, std::size_t index) const = 0;
  virtual std::string_view text(std::string_view name, std::size_t index) const = 0;

  /// The instructions to use: see instruction_set.h.
  virtual InstructionSet instruction_set() const = 0;

  // Since SDK 0.2.
  virtual bool boolean(std::string_view name, std::size_t index) const = 0;
  virtual Rate rate(std::string_view name, std::size_t index) const = 0;
  virtual std::string_view path(std::string_view name, std::size_t index) const = 0;
  virtual const Options& group(std::string_view name, std::size_t index) const = 0;
  virtual const Renderer& renderer(std::string_view name, std::size_t index) const = 0;

 protected:
  ~Options() = default;
};

}  // namespace assay
