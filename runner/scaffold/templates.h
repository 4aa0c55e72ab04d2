// The files in templates/, as they were when this program was built.
#pragma once

#include <span>
#include <string_view>

namespace assay::scaffold {

struct Template {
  std::string_view name;  ///< "optimizer.cpp"
  std::string_view text;
};

std::span<const Template> templates();

}  // namespace assay::scaffold
