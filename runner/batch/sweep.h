// A sweep: the settings of many runs, from arguments in Hydra's grammar. points.h makes points of
// it, sweep_map.h reads the same from a config.
//
//   optimizer.learning_rate=0.1,0.01       each of these values
//   model.hidden=[64],[100,100]            a comma within brackets or quotes belongs to the value
//   seed=choice(1, 2)                      the same as seed=1,2
//   seed=range(0, 5), range(0, 1, 0.25)    from the first number on, below the second, in steps
//   model.width=interval(8, 64)            any number from the first to the second; uniform(...) is
//                                          the same, int(interval(...)) gives whole numbers
//   optimizer.learning_rate=loguniform(1e-4, 1e-1)    any number, uniform in its logarithm
//   zip(seed=1,2, name=a,b)                the first of each, then the second of each
//   @trials.csv                            a line of keys, and a line of values for each run
//
// The runs of several arguments are all their combinations; the last one varies fastest. The word
// `also` between arguments begins another sweep, whose runs follow.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runner/config/source.h"

namespace assay::batch {

/// One value for one key.
struct Setting {
  std::string key;
  std::string value;            ///< in the grammar of arguments (config/argument.h)
  config::Location where = {};  ///< in a config; nowhere for an argument

  bool operator==(const Setting& other) const { return key == other.key && value == other.value; }
};

/// The settings in which a run differs from others of its batch.
using Point = std::vector<Setting>;

/// Any number between two.
struct Interval {
  double low = 0, high = 0;
  bool logarithmic = false;  ///< uniform in the logarithm
  bool whole = false;        ///< rounded down; `high` is included
};

/// Keys that vary together: either a list of points, or one key with any number of an interval.
struct Axis {
  std::vector<std::string> keys;
  std::vector<Point> points;
  std::optional<Interval> interval;
  config::Location where = {};  ///< of an interval in a config
};

/// The axes of one sweep, and the arguments that all of its runs have.
struct Sweep {
  std::vector<Axis> axes;
  std::vector<std::string> fixed;

  /// Returns the number of combinations. Nothing if an axis has an interval, or if there are more
  /// than `most_points`.
  std::optional<std::size_t> combinations() const;
};

/// The largest number of runs of a batch.
inline constexpr std::size_t most_points = 1'000'000;

/// Returns the text of a file. Throws assay::Error.
using ReadFile = std::function<std::string(const std::string& path)>;

/// Reads the arguments of a batch. What is no sweep is fixed. Throws assay::Error, with the
/// argument, what was expected, and the place in it.
std::vector<Sweep> read_sweeps(std::span<const std::string> arguments, const ReadFile& read_file);

/// Reads the values of one key: "1,2", "range(0,5)", "loguniform(1e-4,1e-1)". Throws assay::Error.
Axis values_of(const std::string& key, std::string_view text);

/// Lets keys vary together. Throws assay::Error if they do not have as many values.
Axis zipped(std::span<const Axis> columns);

/// Returns true if the text is a key, as it stands before a '='.
bool is_key(std::string_view text);

/// Returns `key=value`, as an argument of `assay run`.
std::string argument_of(const Setting& setting);

}  // namespace assay::batch
