// Some rows of a dataset, read into memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/dataset.h"
#include "runner/data/buffer.h"
#include "runner/plugin_host/component.h"

namespace assay::data {

/// What Dataset::describe said.
struct Description {
  std::int64_t rows = 0;
  Shape sample_shape;
  Target target;
  std::vector<std::string> class_names;
  struct Split {
    std::string name;
    std::vector<std::int64_t> rows;
  };
  std::vector<Split> splits;
};

/// Asks the dataset and checks what it says. Throws plugin_host::ComponentError or assay::Error.
Description describe(const plugin_host::Handle<Dataset>& dataset);

class Rows {
 public:
  Shape sample_shape;
  Target target;
  std::int64_t count = 0;

  /// [count, elements of a sample]
  MatrixView<const float> samples() const {
    const std::int64_t columns = sample_shape.elements();
    return {samples_.as<float>(), count, columns, columns};
  }
  /// [count, ...], contiguous
  ConstTensorView targets() const;
  std::span<const std::string_view> class_names() const { return *class_names_; }

 private:
  friend Rows read(const plugin_host::Handle<Dataset>&, const Description&,
                   std::span<const std::int64_t>);
  Buffer samples_;
  Buffer targets_;
  std::shared_ptr<const std::vector<std::string>> name_texts_;
  std::shared_ptr<const std::vector<std::string_view>> class_names_;
};

/// Reads rows by number, in the order given. Throws plugin_host::ComponentError, and assay::Error
/// for a class that was not declared.
Rows read(const plugin_host::Handle<Dataset>& dataset, const Description& description,
          std::span<const std::int64_t> rows);

}  // namespace assay::data
