// Axes: where values lie, and the ticks that name them.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "runner/contact_sheet/sheet.h"

namespace assay::contact_sheet {

struct Tick {
  double place = 0;  ///< 0 to 1
  std::string text;
};

/// A range of numbers, linear or logarithmic.
class Axis {
 public:
  /// `low` is at most `high`; both are finite, and positive on a logarithmic axis. A range of one
  /// number, but for rounding, is widened.
  Axis(double low, double high, bool logarithmic);

  bool logarithmic() const { return logarithmic_; }
  double low() const { return low_; }
  double high() const { return high_; }
  /// Returns 0 for the low end and 1 for the high one.
  double place_of(double value) const;
  /// Returns true for a finite value that has a place: positive on a logarithmic axis.
  bool has(double value) const;
  /// Returns the axis with room at both ends, a share of its length.
  Axis widened(double share) const;
  /// Returns about `wished` ticks at round numbers within the range.
  std::vector<Tick> ticks(std::size_t wished) const;

 private:
  std::vector<Tick> linear_ticks(std::size_t wished) const;
  std::vector<Tick> logarithmic_ticks(std::size_t wished) const;

  double low_, high_;
  bool logarithmic_;
};

/// Returns the axis of values, of which those that are not finite do not count. It is logarithmic
/// if all are positive and the largest is at least 100 times the smallest. Without any finite value
/// it is that of 0 to 1.
Axis axis_of(std::span<const double> values);

/// Returns the axis of a numeric key.
Axis axis_of(const Key& key);

/// Returns a number with at most so many significant digits: 0.00123, 1.2e-7, 17600.
std::string number_text(double number, int digits = 3);

}  // namespace assay::contact_sheet
