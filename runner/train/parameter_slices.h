// The parameters of a model in slices, which threads work on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "runner/train/model_description.h"
#include "runner/train/thread_team.h"

namespace assay::train {

/// A piece of one parameter, in elements.
struct ParameterSlice {
  std::size_t parameter;
  std::size_t offset;
  std::size_t count;

  template <class T>
  std::span<T> of(std::span<T> whole) const {
    return whole.subspan(offset, count);
  }
};

class ParameterSlices {
 public:
  /// The size is fixed, so that no result depends on the number of threads.
  static constexpr std::size_t most_elements = 4096;

  /// Cuts every parameter into slices of `most_elements`. If `whole`, each parameter is one slice.
  /// Leaves out the parameters for which `left_out` is true; it is empty, or has a value for each.
  ParameterSlices(const ModelDescription& model, bool whole,
                  const std::vector<bool>& left_out = {});

  std::size_t size() const { return slices_.size(); }
  const ParameterSlice& operator[](std::size_t index) const { return slices_[index]; }

  /// Calls work(index) once for every slice, on the threads of the team.
  template <class Work>
  void each(ThreadTeam& team, const Work& work) const {
    team.run(static_cast<std::int64_t>(groups_.size()), [&](std::int64_t number, int /*worker*/) {
      const Group& group = groups_[static_cast<std::size_t>(number)];
      for (std::size_t i = group.first; i < group.first + group.count; ++i) work(i);
    });
  }

 private:
  // A group of slices that one task processes.
  struct Group {
    std::size_t first;
    std::size_t count;
    std::size_t elements;
  };

  void add(const ParameterSlice& slice);

  std::vector<ParameterSlice> slices_;
  std::vector<Group> groups_;
};

}  // namespace assay::train
