#include "runner/train/parameter_slices.h"

#include <algorithm>

namespace assay::train {

ParameterSlices::ParameterSlices(const ModelDescription& model, bool whole,
                                 const std::vector<bool>& left_out) {
  for (std::size_t i = 0; i < model.parameters.size(); ++i) {
    if (!left_out.empty() && left_out[i]) continue;
    const auto elements = static_cast<std::size_t>(model.parameters[i].shape.elements());
    const std::size_t size = whole ? elements : most_elements;
    for (std::size_t offset = 0; offset < elements; offset += size)
      add({i, offset, std::min(size, elements - offset)});
  }
}

// Adds a slice. Small slices share a task, because handing out a task costs more time than updating
// a bias.
void ParameterSlices::add(const ParameterSlice& slice) {
  slices_.push_back(slice);
  if (!groups_.empty() && groups_.back().elements + slice.count <= most_elements) {
    ++groups_.back().count;
    groups_.back().elements += slice.count;
  } else {
    groups_.push_back({slices_.size() - 1, 1, slice.count});
  }
}

}  // namespace assay::train
