#include "assay/transform.h"

namespace {

using namespace assay;

struct Doubling final : Transform {
  Shape shape(const Shape& sample) override { return sample; }
  void apply(const TransformPass& pass, MatrixView<const float> x,
             MatrixView<float> y) const override {
    if (pass.mode == Mode::training) y.data[0] = 2 * x.data[0];
  }
};

}  // namespace

int main() {
  Doubling doubling;
  Transform& transform = doubling;
  const float x = 3;
  float y = 0;
  transform.apply({}, {&x, 1, 1, 1}, {&y, 1, 1, 1});
  return transform.shape({1}).elements() == 1 && y == 6 && transform.kind == Kind::transform ? 0
                                                                                             : 1;
}
