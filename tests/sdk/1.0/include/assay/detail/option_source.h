// The values of a component's options as the host hands them over. Only detail/option_table.h calls
// it, to fill a component's struct of options.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "assay/host.h"
#include "assay/kind.h"
#include "assay/schedule.h"

namespace assay::detail {

/// An option, or one element of it.
struct OptionKey {
  static constexpr std::size_t whole = static_cast<std::size_t>(-1);

  std::string_view name;
  std::size_t index = whole;
};

/// Values that were checked against the component's table, with its defaults. Asking for a name
/// that is not in the table, or with another type than the declared one, throws std::logic_error,
/// because it is a bug in the component. What is returned lives as long as the component.
class OptionSource {
 public:
  /// Returns false only for an option whose default is null and that the config does not set.
  virtual bool has(std::string_view name) const = 0;
  /// Returns the number of elements of a list.
  virtual std::size_t size(std::string_view name) const = 0;

  virtual bool boolean(OptionKey key) const = 0;
  virtual std::int64_t integer(OptionKey key) const = 0;
  virtual double number(OptionKey key) const = 0;
  /// Returns the value of a text, choice, path, tag or value.
  virtual std::string_view text(OptionKey key) const = 0;
  /// Returns the schedule of a rate; null if it is a number.
  virtual const Schedule* schedule(OptionKey key) const = 0;
  /// Makes a component of this kind. Returns a pointer to the kind's interface.
  virtual void* component(OptionKey key, Kind kind) const = 0;
  /// Returns the members of a group. Valid while this object is.
  virtual const OptionSource& group(OptionKey key) const = 0;

  /// Returns what the component's rates are multiplied by (Actions::set_rate_factor); null if
  /// nothing does that.
  virtual const double* rate_factor() const = 0;

  virtual const Host& host() const = 0;

 protected:
  ~OptionSource() = default;
};

}  // namespace assay::detail
