#include "assay/tensor.h"

int main() {
  using namespace assay;
  float numbers[6] = {1, 2, 3, 4, 5, 6};
  const MatrixView<float> matrix{numbers, 2, 3, 3};
  const MatrixView<const float> part = matrix.slice(1, 1);
  const TensorView tensor(numbers, dtype_of<float>(), {2, 3});
  const ConstTensorView rows = tensor.rows(1, 1);
  const bool same = part.row(0)[2] == rows.values<const float>()[2] &&
                    matrix.row_span(1)[2] == tensor.values<float>()[5] && !matrix.empty();
  const Shape shape = {2, 3};
  return same && rows.contiguous() && shape.elements() == 6 && shape.rank() == 2 &&
                 shape[1] == shape.dimensions()[1] && shape == tensor.shape &&
                 size_of(DType::float32) == 4
             ? 0
             : 1;
}
