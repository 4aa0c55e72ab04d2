#include "runner/batch/points.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/random/sobol.hpp>
#include <cmath>
#include <string>

#include "assay/error.h"
#include "assay/number_text.h"
#include "runner/base/wording.h"
#include "runner/train/threefry.h"

namespace assay::batch {
namespace {

std::uint64_t bits_of(train::Words words) { return std::uint64_t{words.high} << 32 | words.low; }

// The numbers from 0 to below 1 that trials choose their values by, one for each axis.
class Shares {
 public:
  Shares(const Trials& trials, std::size_t axes)
      : trials_(trials), key_(train::key(trials.seed)), axes_(axes) {
    if (trials.sampler == Sampler::sobol && axes > 0) points_ = sobol_points(trials.count, axes);
  }

  double of(std::size_t trial, std::size_t axis) const {
    const std::uint64_t bits = trials_.sampler == Sampler::sobol
                                   ? points_[trial * axes_ + axis] ^ shift(axis)
                                   : draw(trial, axis);
    return static_cast<double>(bits >> 11) * 0x1p-53;
  }

 private:
  std::uint64_t draw(std::size_t trial, std::size_t axis) const {
    const train::Words key = train::fold_in(key_, static_cast<std::uint32_t>(trial));
    return bits_of(train::threefry(key, train::words(axis)));
  }
  std::uint64_t shift(std::size_t axis) const {
    return bits_of(train::threefry(key_, train::words(axis)));
  }

  const Trials& trials_;
  train::Words key_;
  std::size_t axes_;
  std::vector<std::uint64_t> points_;
};

std::string value_in(const Interval& interval, double share) {
  const auto between = [share](double low, double high) { return low + share * (high - low); };
  if (interval.whole) {
    const double low = std::ceil(interval.low), above = std::floor(interval.high) + 1;
    const double value = interval.logarithmic ? std::exp(between(std::log(low), std::log(above)))
                                              : between(low, above);
    return fmt::format("{:.0f}", std::clamp(std::floor(value), low, above - 1));
  }
  const double value = interval.logarithmic
                           ? std::exp(between(std::log(interval.low), std::log(interval.high)))
                           : between(interval.low, interval.high);
  return fmt::format("{}", std::clamp(value, interval.low, interval.high));
}

Point trial(const Sweep& sweep, const Shares& shares, std::size_t number) {
  Point point;
  for (std::size_t i = 0; i < sweep.axes.size(); ++i) {
    const Axis& axis = sweep.axes[i];
    const double share = shares.of(number, i);
    if (axis.interval) {
      point.push_back({axis.keys.front(), value_in(*axis.interval, share), axis.where});
    } else {
      const auto index = static_cast<std::size_t>(share * static_cast<double>(axis.points.size()));
      point.insert(point.end(), axis.points[index].begin(), axis.points[index].end());
    }
  }
  return point;
}

}  // namespace

std::optional<Sampler> sampler_named(std::string_view name) {
  if (name == "random") return Sampler::random;
  if (name == "sobol") return Sampler::sobol;
  return std::nullopt;
}

std::vector<std::uint64_t> sobol_points(std::size_t count, std::size_t dimensions) {
  constexpr std::size_t most = boost::random::default_sobol_table::max_dimension;
  if (dimensions > most)
    throw Error(
        fmt::format("a Sobol sequence has at most {} dimensions, and this sweep varies {} "
                    "keys by themselves; draw at random",
                    grouped(most), grouped(dimensions)));
  std::vector<std::uint64_t> points(count * dimensions);
  if (points.empty()) return points;
  // The engine leaves out the first point, which is 0 in every dimension.
  boost::random::sobol sequence(dimensions);
  std::generate(points.begin() + static_cast<std::ptrdiff_t>(dimensions), points.end(),
                [&] { return sequence(); });
  return points;
}

std::vector<Point> points_of(const Sweep& sweep, const std::optional<Trials>& trials) {
  std::vector<Point> points;
  if (trials) {
    if (trials->count > most_points)
      throw Error(fmt::format("{} are too many: a batch has at most {}",
                              counted(trials->count, "trial"), counted(most_points, "run")));
    const Shares shares(*trials, sweep.axes.size());
    for (std::size_t i = 0; i < trials->count; ++i) points.push_back(trial(sweep, shares, i));
    return points;
  }
  for (const Axis& axis : sweep.axes)
    if (axis.interval)
      throw Error(
          fmt::format("{} may be any number of an interval; --trials N says how many runs "
                      "draw one",
                      base::quoted(axis.keys.front())));
  const auto count = sweep.combinations();
  if (!count)
    throw Error(
        fmt::format("this sweep has too many combinations: a batch has at most {}; "
                    "--trials N draws so many of them",
                    counted(most_points, "run")));
  points.resize(*count);
  for (std::size_t i = 0; i < *count; ++i) {
    std::size_t block = *count;
    for (const Axis& axis : sweep.axes) {
      block /= axis.points.size();
      const Point& part = axis.points[i / block % axis.points.size()];
      points[i].insert(points[i].end(), part.begin(), part.end());
    }
  }
  return points;
}

}  // namespace assay::batch
