// Renderers `sheet` and `test_sheet`: samples that are grey images, drawn as a sheet of cells.
//
// `sheet` labels each with its true class in green. `test_sheet` labels each with the class that
// the model predicts (its largest output; the first of equal ones): green if it is right, red if it
// is wrong.
//
//   split    which rows: train, validation, test, or all for the data's own order
//            (all for sheet, test for test_sheet)
//   rows     of cells (10)
//   columns  of cells (10); data that is shorter leaves cells blank
//
//   hooks:
//     training_data: {type: image, tag: "Training Data", renderer: {type: sheet, rows: 5}, at: 0}
//     test_sheet:
//       type: image
//       tag: "Step ${step} Accuracy Testsheet"
//       renderer: {type: test_sheet, split: test, rows: 10, columns: 10}
//       every: 500
#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>

#include "assay/number_text.h"
#include "assay/plugin.h"
#include "assay/renderer.h"
#include "figure.h"

namespace {

using namespace assay;

constexpr sheet::Colour green{0, 128.0 / 255, 0};
constexpr sheet::Colour red{1, 0, 0};

std::string text_of(const Shape& shape) {
  std::string text;
  for (const std::int64_t n : shape.dimensions())
    text += (text.empty() ? "" : ", ") + std::to_string(n);
  return "[" + text + "]";
}

std::string hint_for(const Shape& sample) {
  if (sample.rank() == 3) return "; only grey images are drawn";
  if (sample.rank() != 1) return "";
  const auto side = std::llround(std::sqrt(static_cast<double>(sample[0])));
  return "; if these are images laid out flat, the dataset should declare their height and width" +
         (side * side == sample[0] ? ", e.g. " + text_of({side, side}) : std::string());
}

class Sheet : public Renderer {
 public:
  static constexpr About about = {.name = "sheet",
                                  .doc = "A sheet of sample images with their true classes."};
  struct Options {
    std::string_view split = "all";
    std::int64_t rows = 10;
    std::int64_t columns = 10;
  };
  static constexpr auto table = options(
      option("split", &Options::split, "train, validation, test, or all for the data's own order"),
      option("rows", &Options::rows, "rows of cells", {.minimum = 1, .maximum = 100}),
      option("columns", &Options::columns, "columns of cells", {.minimum = 1, .maximum = 100}));

  explicit Sheet(const Options& given)
      : split_(given.split), rows_(given.rows), columns_(given.columns) {}

  void plan(RendererNeeds& needs) override { number_ = declare(needs); }

  void check(const Shape& sample, const Target& target) const override {
    const bool image = sample.rank() == 2 || (sample.rank() == 3 && sample[2] == 1);
    if (!image || sample.elements() == 0)
      throw Error("draws samples of shape [height, width] or [height, width, 1], not " +
                  text_of(sample) + hint_for(sample));
    if (target.classes == 0)
      throw Error("labels samples with their class, but the targets of this data are numbers");
  }

  Size size() const override { return sheet::Figure::size; }

  void draw(const Snapshot& snapshot, cairo_t* cairo, const Box& box) const override {
    const std::int64_t height = snapshot.sample_shape[0];
    const std::int64_t width = snapshot.sample_shape[1];
    const sheet::Figure figure(cairo, box, rows_, columns_, height, width);
    const RowsView& shown = rows(snapshot);
    const std::int64_t cells = std::min(rows_ * columns_, shown.samples.rows);
    for (std::int64_t i = 0; i < cells; ++i)
      figure.draw(i / columns_, i % columns_,
                  Eigen::Map<const sheet::Image>(shown.samples.row(i), height, width),
                  label(snapshot, i));
  }

 protected:
  std::string_view split() const { return split_; }
  std::int64_t cells() const { return rows_ * columns_; }

  const RowsView& rows(const Snapshot& snapshot) const {
    return snapshot.rows[static_cast<std::size_t>(number_)];
  }
  std::int64_t true_class(const Snapshot& snapshot, std::int64_t row) const {
    return rows(snapshot).targets.values<const std::int32_t>()[static_cast<std::size_t>(row)];
  }
  static std::string name_of_class(const Snapshot& snapshot, std::int64_t index) {
    const auto i = static_cast<std::size_t>(index);
    if (i >= snapshot.class_names.size())
      throw Error("class " + std::to_string(index) + " has no name: the data has " +
                  grouped(snapshot.class_names.size()) + " classes");
    return std::string(snapshot.class_names[i]);
  }

 private:
  /// Declares the rows, and returns their number.
  virtual int declare(RendererNeeds& needs) const {
    return needs.samples(split(), cells(), "split");
  }
  virtual sheet::Label label(const Snapshot& snapshot, std::int64_t row) const {
    return {name_of_class(snapshot, true_class(snapshot, row)), green};
  }

  std::string_view split_;
  std::int64_t rows_;
  std::int64_t columns_;
  int number_ = 0;  // of the rows
};

class TestSheet final : public Sheet {
 public:
  static constexpr About about = {
      .name = "test_sheet",
      .doc = "A sheet of sample images with the predicted classes, wrong ones in red."};
  struct Options : Sheet::Options {
    constexpr Options() { split = "test"; }
  };

  explicit TestSheet(const Options& given) : Sheet(given) {}

 private:
  int declare(RendererNeeds& needs) const override {
    return needs.outputs(split(), cells(), "split");
  }
  sheet::Label label(const Snapshot& snapshot, std::int64_t row) const override {
    const auto outputs = rows(snapshot).outputs.row_span(row);
    const std::int64_t predicted = std::ranges::max_element(outputs) - outputs.begin();
    return {name_of_class(snapshot, predicted),
            predicted == true_class(snapshot, row) ? green : red};
  }
};

}  // namespace

ASSAY_PLUGIN("sheet", "1.0.0", "MIT", Sheet, TestSheet)
