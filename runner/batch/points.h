// The points of a sweep: all combinations, or so many trials drawn from it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "runner/batch/sweep.h"

namespace assay::batch {

/// The source of the numbers of trials.
enum class Sampler {
  random,  ///< independent draws
  /// A Sobol sequence, which fills the space of all axes evenly: the direction numbers of Joe and
  /// Kuo (2008), points in Gray code order from 0 on, as in scipy.stats.qmc.Sobol. The seed shifts
  /// its bits, which keeps it even (a digital shift).
  sobol
};

/// Returns nothing if no sampler has this name.
std::optional<Sampler> sampler_named(std::string_view name);

/// Trials: each draws a value from every axis.
struct Trials {
  std::size_t count = 0;
  std::uint64_t seed = 0;
  Sampler sampler = Sampler::random;
};

/// Returns the points of a sweep in order: all combinations, or those of the trials. A trial
/// depends on its number and the seed alone, so more trials add points and change none. Throws
/// assay::Error where an interval has no trials, and where there are too many points.
std::vector<Point> points_of(const Sweep& sweep, const std::optional<Trials>& trials);

/// Returns the first points of the Sobol sequence, one after the other, as numbers from 0 to below
/// 2^64. Throws assay::Error for more dimensions than the tables have.
std::vector<std::uint64_t> sobol_points(std::size_t count, std::size_t dimensions);

}  // namespace assay::batch
