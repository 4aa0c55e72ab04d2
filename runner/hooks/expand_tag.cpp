#include "runner/hooks/expand_tag.h"

#include "runner/config/reference.h"

namespace assay::hooks {

std::string expand_tag(std::string_view tag, std::int64_t step, std::int64_t epoch) {
  std::string text;
  std::size_t at = 0;
  while (const auto reference = config::next_reference(tag, at)) {
    text += config::literal(tag.substr(at, reference->begin - at));
    at = reference->end;
    if (reference->name == "step") text += std::to_string(step);
    else if (reference->name == "epoch") text += std::to_string(epoch);
    else text += tag.substr(reference->begin, reference->end - reference->begin);
  }
  return text + config::literal(tag.substr(at));
}

}  // namespace assay::hooks
