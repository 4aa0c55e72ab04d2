#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "runner/contact_sheet/drawing/panels.h"

namespace assay::contact_sheet {
namespace {

constexpr std::size_t most_values = 12;  // of a key with a row or column each
constexpr std::size_t bins = 8;
constexpr double right = 74, top = 6;
constexpr double most_letters = 110;  // the length of a label

// The rows or columns of a heat map: values of a key, or ranges of its numbers.
struct Side {
  std::vector<std::string> labels;
  std::vector<std::size_t> of_value;  // by number of the value
  bool has_ranges = false;
};

Side side_of(const Key& key) {
  Side side;
  if (key.values.size() <= most_values || !key.is_numeric()) {
    for (std::size_t i = 0; i < key.values.size(); ++i) {
      side.labels.push_back(key.is_numeric() ? number_text(key.numbers[i], 4) : key.values[i]);
      side.of_value.push_back(i);
    }
    return side;
  }
  side.has_ranges = true;
  const Axis axis = axis_of(key);
  for (const double number : key.numbers)
    side.of_value.push_back(std::min(
        bins - 1, static_cast<std::size_t>(axis.place_of(number) * static_cast<double>(bins))));
  for (std::size_t i = 0; i < bins; ++i) {
    const double middle = (static_cast<double>(i) + 0.5) / bins;
    const double value = axis.logarithmic()
                             ? axis.low() * std::pow(axis.high() / axis.low(), middle)
                             : axis.low() + middle * (axis.high() - axis.low());
    side.labels.push_back("~" + number_text(value, 2));
  }
  return side;
}

struct Cell {
  std::size_t runs = 0;
  std::size_t with_result = 0;
  double sum = 0;
};

// Writes numbers for the cells: all with the same decimals where they are of one size.
class CellText {
 public:
  explicit CellText(const Axis& values) {
    const double size = std::max(std::abs(values.low()), std::abs(values.high()));
    if (values.logarithmic() || size < 1e-2 || size >= 1e5) return;
    decimals_ = std::clamp(2 - static_cast<int>(std::floor(std::log10(size) + 1e-9)), 0, 3);
  }
  std::string of(double number) const {
    return decimals_ && std::isfinite(number) ? fmt::format("{:.{}f}", number, *decimals_)
                                              : number_text(number);
  }

 private:
  std::optional<int> decimals_;
};

// Returns which labels of a side are drawn, every one, every second, ..., so that none touch.
std::size_t stride_for(double needed, double room) {
  return static_cast<std::size_t>(std::max(1.0, std::ceil(needed / room)));
}

double widest_of(const Canvas& canvas, const Side& side) {
  double widest = 0;
  for (const std::string& label : side.labels)
    widest = std::max(widest, std::min(canvas.width_of(label, tick_letters), most_letters));
  return widest;
}

// The labels of the columns stand upright if they are too wide to lie beside each other. Of ranges
// some labels are enough.
struct ColumnLabels {
  bool upright = false;
  std::size_t stride = 1;
  double room = 0;    // of a label, along its letters
  double height = 0;  // of all

  ColumnLabels(const Canvas& canvas, const Side& side, double column_width) {
    const double widest = widest_of(canvas, side);
    upright = !side.has_ranges && widest + 8 > column_width;
    stride = stride_for(upright ? 13 : widest + 8, column_width);
    room = upright ? std::min(widest, 80.0) : column_width * static_cast<double>(stride) - 6;
    height = upright ? room + 8 : 18;
  }
};

}  // namespace

bool has_heat_map(const Sheet& sheet) { return sheet.keys.size() >= 2 && !sheet.tags.empty(); }

void draw_heat_map(Canvas& canvas, const Box& box, const Sheet& sheet) {
  const Key& across = sheet.keys[0];
  const Key& upwards = sheet.keys[1];
  const Side columns = side_of(across);
  const Side rows = side_of(upwards);
  std::vector<Cell> cells(columns.labels.size() * rows.labels.size());
  std::size_t left_out = 0;
  for (const SheetRun& run : sheet.runs) {
    if (!run.values[0] || !run.values[1]) {
      ++left_out;
      continue;
    }
    Cell& cell = cells[rows.of_value[*run.values[1]] * columns.labels.size() +
                       columns.of_value[*run.values[0]]];
    ++cell.runs;
    if (const auto result = result_of(run)) ++cell.with_result, cell.sum += *result;
  }
  std::vector<double> means;
  std::size_t most_runs = 0;
  for (const Cell& cell : cells) {
    most_runs = std::max(most_runs, cell.with_result);
    if (cell.with_result > 0) means.push_back(cell.sum / static_cast<double>(cell.with_result));
  }
  const Axis values = axis_of(means);
  const CellText text(values);

  std::string remark =
      most_runs > 1 ? "mean of up to " + std::to_string(most_runs) + " runs" : "last value";
  if (left_out > 0) remark += ", " + std::to_string(left_out) + " without both keys";
  const Box rest = titled(canvas, box, sheet.tags.front(), remark);

  const double left = widest_of(canvas, rows) + 34;
  const double width = (rest.width - left - right) / static_cast<double>(columns.labels.size());
  const ColumnLabels below(canvas, columns, width);
  const Box plot{rest.x + left, rest.y + top, rest.width - left - right,
                 rest.height - top - below.height - 22};
  const double height = plot.height / static_cast<double>(rows.labels.size());
  const double gap = std::min(width, height) > 14 ? 1 : 0;

  // The letters in the cells are as large as the longest of them allows.
  Letters inside{.size = 11};
  double longest = 1;
  for (const double mean : means)
    longest = std::max(longest, canvas.width_of(text.of(mean), inside));
  inside.size = std::min({12.0, inside.size * (width - 8) / longest, 0.7 * height});
  const bool has_letters = inside.size >= 6.5;

  for (std::size_t row = 0; row < rows.labels.size(); ++row)
    for (std::size_t column = 0; column < columns.labels.size(); ++column) {
      const Cell& cell = cells[row * columns.labels.size() + column];
      const Box place{plot.x + static_cast<double>(column) * width + gap,
                      plot.y + plot.height - static_cast<double>(row + 1) * height + gap,
                      width - 2 * gap, height - 2 * gap};
      const Spot middle{place.x + place.width / 2, place.y + place.height / 2};
      if (cell.runs == 0) {
        canvas.fill(place, faint);
        continue;
      }
      const double mean = cell.sum / static_cast<double>(cell.with_result);
      if (cell.with_result == 0 || !values.has(mean)) {
        canvas.fill(place, light);
        if (cell.with_result == 0) canvas.cross(middle, std::min({width, height, 30.0}) / 6, grey);
        else if (has_letters)
          canvas.text(middle.x, middle.y, text.of(mean), {.size = inside.size, .colour = grey},
                      centred);
        continue;
      }
      const Colour colour = viridis(values.place_of(mean));
      canvas.fill(place, colour);
      inside.colour = letters_on(colour);
      if (has_letters) canvas.text(middle.x, middle.y, text.of(mean), inside, centred);
    }

  const std::size_t row_stride = stride_for(13, height);
  for (std::size_t row = 0; row < rows.labels.size(); row += row_stride)
    canvas.text(plot.x - 7, plot.y + plot.height - (static_cast<double>(row) + 0.5) * height,
                canvas.fitted(rows.labels[row], tick_letters, most_letters), tick_letters,
                to_right);
  Letters letters = tick_letters;
  letters.upwards = below.upright;
  for (std::size_t column = 0; column < columns.labels.size(); column += below.stride)
    canvas.text(plot.x + (static_cast<double>(column) + 0.5) * width,
                plot.y + plot.height + (below.upright ? 6 : 12),
                canvas.fitted(columns.labels[column], tick_letters, below.room), letters,
                below.upright ? to_right : centred);
  canvas.text(plot.x + plot.width / 2, plot.y + plot.height + below.height + 13,
              canvas.fitted(across.label, label_letters, plot.width), label_letters, centred);
  Letters turned = label_letters;
  turned.upwards = true;
  canvas.text(rest.x + 6, plot.y + plot.height / 2,
              canvas.fitted(upwards.label, label_letters, plot.height), turned, centred);
  if (!means.empty())
    draw_colour_bar(canvas, {plot.x + plot.width + 14, plot.y, 14, plot.height}, values, 1);
}

}  // namespace assay::contact_sheet
