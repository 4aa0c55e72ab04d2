// Compares the sheets with the figures that matplotlib drew for the tutorial.
#define BOOST_TEST_MODULE renderer
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <string>
#include <vector>

#include "assay/error.h"
#include "assay/renderer.h"
#include "tests/plugins/renderer/bitmap.h"
#include "tests/plugins/renderer/digits.h"
#include "tests/support/component.h"
#include "tests/support/reference.h"

namespace {

using namespace assay;
using namespace assay::test;

constexpr int label_width = 15;   // of the corner that holds a label, from the frame
constexpr int label_height = 18;  //

/// Both lines of a cell's frame and the area between them.
struct Cell {
  int left, top, right, bottom;

  bool on_frame(int x, int y) const {  // and the shade beside it
    return x <= left + 1 || x >= right - 1 || y <= top + 1 || y >= bottom - 1;
  }
  bool in_label(int x, int y) const {
    return !on_frame(x, y) && x < left + label_width && y > bottom - label_height;
  }
};

/// Returns the columns (or rows) that are black along the whole first cell.
std::vector<int> frame_lines(const Bitmap& picture, bool columns) {
  std::vector<int> lines;
  for (int i = 0; i < picture.width; ++i) {
    bool black = true;
    for (int j = 76; j < 113; ++j)
      black = black && (columns ? picture.at(i, j) : picture.at(j, i)) == Pixel{0, 0, 0};
    if (black) lines.push_back(i);
  }
  return lines;
}

std::vector<Cell> cells_of(const Bitmap& picture) {
  const auto x = frame_lines(picture, true);
  const auto y = frame_lines(picture, false);
  BOOST_REQUIRE_EQUAL(x.size(), 20U);
  BOOST_REQUIRE_EQUAL(y.size(), 20U);
  std::vector<Cell> cells;
  for (std::size_t i = 0; i < 20; i += 2)
    for (std::size_t j = 0; j < 20; j += 2) cells.push_back({x[j], y[i], x[j + 1], y[i + 1]});
  return cells;
}

/// Returns the mean of the largest channel difference over all pixels of the cell that `counts`
/// selects.
template <class Counts>
double difference(const Bitmap& a, const Bitmap& b, const Cell& cell, Counts counts) {
  int sum = 0;
  int pixels = 0;
  for (int y = cell.top - 1; y <= cell.bottom + 1; ++y)
    for (int x = cell.left - 1; x <= cell.right + 1; ++x) {
      if (!counts(x, y)) continue;
      int largest = 0;
      for (std::size_t c = 0; c < 3; ++c)
        largest = std::max(largest, std::abs(a.at(x, y)[c] - b.at(x, y)[c]));
      sum += largest;
      ++pixels;
    }
  return static_cast<double>(sum) / pixels;
}

struct Ink {
  int green = 0;
  int red = 0;
  int left = std::numeric_limits<int>::max();
  int top = std::numeric_limits<int>::max();
  int right = 0;
  int bottom = 0;
};

/// Returns the coloured pixels of a cell.
Ink ink(const Bitmap& picture, const Cell& cell) {
  Ink result;
  for (int y = cell.top; y <= cell.bottom; ++y)
    for (int x = cell.left; x <= cell.right; ++x) {
      const auto [r, g, b] = picture.at(x, y);
      if (std::abs(r - g) < 48) continue;
      (g > r ? result.green : result.red) += 1;
      result.left = std::min(result.left, x);
      result.top = std::min(result.top, y);
      result.right = std::max(result.right, x);
      result.bottom = std::max(result.bottom, y);
    }
  return result;
}

/// Compares a drawing with matplotlib's, and prints the deviations.
void compare(const std::string& file, const Bitmap& ours) {
  const Bitmap theirs = read_png(reference_file(file));
  BOOST_REQUIRE_EQUAL(ours.width, theirs.width);
  BOOST_REQUIRE_EQUAL(ours.height, theirs.height);
  BOOST_TEST(frame_lines(ours, true) == frame_lines(theirs, true));
  BOOST_TEST(frame_lines(ours, false) == frame_lines(theirs, false));

  double worst_digit = 0, worst_frame = 0, worst_label = 0;
  int worst_ink = 0, worst_place = 0;
  for (const Cell& cell : cells_of(theirs)) {
    const auto in_digit = [&](int x, int y) {
      return !cell.on_frame(x, y) && !cell.in_label(x, y);
    };
    const auto on_frame = [&](int x, int y) { return cell.on_frame(x, y); };
    const auto in_label = [&](int x, int y) { return cell.in_label(x, y); };
    worst_digit = std::max(worst_digit, difference(ours, theirs, cell, in_digit));
    worst_frame = std::max(worst_frame, difference(ours, theirs, cell, on_frame));
    worst_label = std::max(worst_label, difference(ours, theirs, cell, in_label));
    const Ink a = ink(ours, cell);
    const Ink b = ink(theirs, cell);
    BOOST_TEST((a.green > 0) == (b.green > 0));
    BOOST_TEST((a.red > 0) == (b.red > 0));
    worst_ink = std::max({worst_ink, std::abs(a.green - b.green), std::abs(a.red - b.red)});
    worst_place = std::max({worst_place, std::abs(a.left - b.left), std::abs(a.top - b.top),
                            std::abs(a.right - b.right), std::abs(a.bottom - b.bottom)});
  }
  double total = 0;
  for (std::size_t i = 0; i < ours.pixels.size(); ++i)
    for (std::size_t c = 0; c < 3; ++c) total += std::abs(ours.pixels[i][c] - theirs.pixels[i][c]);
  total /= 3 * static_cast<double>(ours.pixels.size());

  std::cout << file << ": worst cell's mean difference in levels: digit " << worst_digit
            << ", frame " << worst_frame << ", label " << worst_label
            << "; coloured pixels of a label " << worst_ink << ", its edges " << worst_place
            << " px; whole picture " << total << '\n';
  BOOST_TEST(worst_digit <= 1);
  BOOST_TEST(worst_frame <= 1);
  BOOST_TEST(worst_label <= 2);
  BOOST_TEST(worst_ink <= 6);
  BOOST_TEST(worst_place <= 1);
}

class Needs final : public RendererNeeds {
 public:
  int samples(std::string_view split, std::int64_t rows, std::string_view option) override {
    BOOST_TEST(option == "split");
    text += "samples " + std::string(split) + " " + std::to_string(rows) + ";";
    return 0;
  }
  int outputs(std::string_view split, std::int64_t rows, std::string_view option) override {
    BOOST_TEST(option == "split");
    text += "outputs " + std::string(split) + " " + std::to_string(rows) + ";";
    return 0;
  }
  int weights(std::string_view, std::string_view) override { return 0; }
  void values() override {}
  std::string text;
};

std::string needs(std::string_view type, std::string_view options) {
  Needs result;
  make<Renderer>(type, options)->plan(result);
  return result.text;
}

constexpr Target class_target{.dtype = DType::int32, .shape = {}, .classes = 10};

std::string refusal(const Shape& sample, const Target& target) {
  try {
    make<Renderer>("sheet")->check(sample, target);
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

bool is_white(const Bitmap& picture, int left, int top, int right, int bottom) {
  for (int y = top; y < bottom; ++y)
    for (int x = left; x < right; ++x)
      if (picture.at(x, y) != Pixel{255, 255, 255}) return false;
  return true;
}

}  // namespace

BOOST_AUTO_TEST_CASE(training_data_is_matplotlibs) {
  Digits digits = digits_in_order(100);
  compare("training_data_matplotlib.png", draw(*make<Renderer>("sheet"), digits.snapshot()));
}

BOOST_AUTO_TEST_CASE(test_sheets_are_matplotlibs) {
  const auto renderer = make<Renderer>("test_sheet");
  for (const std::string step : {"1", "3000"}) {
    Digits digits = digits_predicted(100, step);
    compare("testsheet_step" + step + "_matplotlib.png", draw(*renderer, digits.snapshot()));
  }
}

BOOST_AUTO_TEST_CASE(labels_are_right_in_green_and_wrong_in_red) {
  Digits digits = digits_predicted(100, "3000");
  const Bitmap picture = draw(*make<Renderer>("test_sheet"), digits.snapshot());
  const auto cells = cells_of(picture);
  int wrong = 0;
  for (std::size_t i = 0; i < 100; ++i) {
    const Cell& cell = cells[i];
    const bool right = digits.outputs[10 * i + static_cast<std::size_t>(digits.targets[i])] == 1;
    wrong += right ? 0 : 1;
    BOOST_TEST((ink(picture, cell).green > 0) == right);
    BOOST_TEST((ink(picture, cell).red > 0) == !right);
    const Pixel colour = right ? Pixel{0, 128, 0} : Pixel{255, 0, 0};
    int pure = 0;
    for (int y = cell.top; y <= cell.bottom; ++y)
      for (int x = cell.left; x <= cell.right; ++x) {
        int away = 0;
        for (std::size_t c = 0; c < 3; ++c)
          away = std::max(away, std::abs(picture.at(x, y)[c] - colour[c]));
        pure += away <= 64 ? 1 : 0;
      }
    BOOST_TEST(pure > 0);
  }
  BOOST_TEST(wrong == 2);  // like in test_predictions.json
}

BOOST_AUTO_TEST_CASE(of_equal_outputs_the_first_wins) {
  Digits digits = digits_in_order(1);
  digits.outputs = {0, 0, 5, 0, 5, 0, 0, 0, 0, 0};
  const auto renderer = make<Renderer>("test_sheet", "{rows: 1, columns: 1}");
  const Bitmap tie = draw(*renderer, digits.snapshot());
  digits.outputs = {0, 0, 5, 0, 0, 0, 0, 0, 0, 0};
  BOOST_TEST((tie == draw(*renderer, digits.snapshot())));
  digits.outputs = {0, 0, 0, 0, 5, 0, 0, 0, 0, 0};
  BOOST_TEST((tie != draw(*renderer, digits.snapshot())));
}

BOOST_AUTO_TEST_CASE(same_values_same_picture) {
  Digits digits = digits_predicted(100, "1");
  const auto renderer = make<Renderer>("test_sheet");
  BOOST_TEST((draw(*renderer, digits.snapshot()) == draw(*renderer, digits.snapshot())));
}

BOOST_AUTO_TEST_CASE(short_data_leaves_blank_cells) {
  const auto renderer = make<Renderer>("sheet");
  const Bitmap full = draw(*renderer, digits_in_order(100).snapshot());
  const Bitmap some = draw(*renderer, digits_in_order(17).snapshot());
  const auto cells = cells_of(full);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const Cell& c = cells[i];
    if (i < 17) BOOST_TEST(difference(full, some, c, [](int, int) { return true; }) == 0);
    else BOOST_TEST(is_white(some, c.left, c.top, c.right + 1, c.bottom + 1));
  }
  BOOST_TEST(is_white(draw(*renderer, digits_in_order(0).snapshot()), 0, 0, 600, 600));
}

BOOST_AUTO_TEST_CASE(draws_in_its_box_only) {
  Digits digits = digits_in_order(100);
  const auto renderer = make<Renderer>("sheet");
  const Bitmap natural = draw(*renderer, digits.snapshot());
  // The box is too wide, so the picture is in its middle.
  const Bitmap placed = draw(*renderer, digits.snapshot(), {900, 700}, {50, 30, 800, 600});
  bool equal = true;
  for (int y = 0; y < 600; ++y)
    for (int x = 0; x < 600; ++x) equal = equal && placed.at(x + 150, y + 30) == natural.at(x, y);
  BOOST_TEST(equal);
  BOOST_TEST(is_white(placed, 0, 0, 150, 700));
  BOOST_TEST(is_white(placed, 750, 0, 900, 700));
}

// At twice the size the digits are sampled anew; half of that is nearly the same picture.
BOOST_AUTO_TEST_CASE(scales) {
  Digits digits = digits_in_order(100);
  const auto renderer = make<Renderer>("sheet");
  const Bitmap natural = draw(*renderer, digits.snapshot());
  const Bitmap large = draw(*renderer, digits.snapshot(), {1200, 1200}, {0, 0, 1200, 1200});
  double worst = 0;
  for (const Cell& cell : cells_of(natural)) {
    double sum = 0;
    int pixels = 0;
    for (int y = cell.top + 3; y < cell.bottom - label_height; ++y)
      for (int x = cell.left + 3; x < cell.right - 2; ++x, ++pixels) {
        const int four = large.at(2 * x, 2 * y)[0] + large.at(2 * x + 1, 2 * y)[0] +
                         large.at(2 * x, 2 * y + 1)[0] + large.at(2 * x + 1, 2 * y + 1)[0];
        sum += std::abs(four / 4.0 - natural.at(x, y)[0]);
      }
    worst = std::max(worst, sum / pixels);
  }
  std::cout << "twice the size, halved: worst cell's mean difference " << worst << " levels\n";
  BOOST_TEST(worst < 2);
}

BOOST_AUTO_TEST_CASE(one_channel_is_an_image_too) {
  Digits digits = digits_in_order(100);
  const auto renderer = make<Renderer>("sheet");
  const Bitmap flat = draw(*renderer, digits.snapshot());
  digits.shape = {8, 8, 1};
  BOOST_TEST((draw(*renderer, digits.snapshot()) == flat));
}

BOOST_AUTO_TEST_CASE(cells_have_the_shape_of_the_image) {
  Digits digits = digits_in_order(2);
  digits.shape = {4, 8};  // twice as wide as high
  digits.targets.resize(1);
  const Bitmap picture = draw(*make<Renderer>("sheet", "{rows: 1, columns: 1}"), digits.snapshot());
  // The axes are 465 wide, so the frame is 232.5 high, in the middle of 72..534.
  int top = 0, bottom = 0;
  for (int y = 0; y < 600; ++y)
    if (picture.at(530, y) == Pixel{0, 0, 0}) (top == 0 ? top : bottom) = y;
  BOOST_TEST(std::abs(top - 187) <= 1);
  BOOST_TEST(std::abs(bottom - 419) <= 1);
}

BOOST_AUTO_TEST_CASE(images_without_contrast_or_numbers_are_white) {
  Digits digits = digits_in_order(3);
  std::fill_n(digits.samples.begin(), 64, 7.0F);
  std::fill_n(digits.samples.begin() + 64, 64, std::numeric_limits<float>::quiet_NaN());
  digits.samples[2 * 64 + 63] = std::numeric_limits<float>::infinity();
  const Bitmap picture =
      draw(*make<Renderer>("sheet", "{rows: 10, columns: 10}"), digits.snapshot());
  const auto right_of_label = [&](int cell) {
    const int left = 75 + 47 * cell;
    return is_white(picture, left + 18, 76, left + 39, 110);
  };
  BOOST_TEST(right_of_label(0));
  BOOST_TEST(right_of_label(1));
  BOOST_TEST(!right_of_label(2));
}

BOOST_AUTO_TEST_CASE(long_class_names_stay_in_their_cell) {
  Digits digits = digits_in_order(1);
  digits.names[0] = "Großkatze, gestreift";
  const Bitmap picture = draw(*make<Renderer>("sheet"), digits.snapshot());
  const Ink label = ink(picture, {0, 0, 599, 599});
  BOOST_TEST(label.green > 0);
  BOOST_TEST(label.left > 75);
  BOOST_TEST(label.right < 118);
  BOOST_TEST(label.bottom < 116);
}

BOOST_AUTO_TEST_CASE(declares_what_it_needs) {
  BOOST_TEST(needs("sheet", "{}") == "samples all 100;");
  BOOST_TEST(needs("sheet", "{split: train, rows: 2, columns: 7}") == "samples train 14;");
  BOOST_TEST(needs("test_sheet", "{}") == "outputs test 100;");
}

BOOST_AUTO_TEST_CASE(refuses_what_it_cannot_draw) {
  BOOST_TEST(refusal({8, 8}, class_target) == "");
  BOOST_TEST(refusal({28, 28, 1}, class_target) == "");
  BOOST_TEST(holds(refusal({64}, class_target), "not [64]"));
  BOOST_TEST(holds(refusal({64}, class_target), "e.g. [8, 8]"));
  BOOST_TEST(!holds(refusal({63}, class_target), "e.g."));
  BOOST_TEST(holds(refusal({32, 32, 3}, class_target), "only grey images"));
  BOOST_TEST(holds(refusal({}, class_target), "not []"));
  BOOST_TEST(holds(refusal({0, 8}, class_target), "not [0, 8]"));
  BOOST_TEST(holds(refusal({8, 8}, {.dtype = DType::float32, .shape = {2}, .classes = 0}),
                   "targets of this data are numbers"));
}

BOOST_AUTO_TEST_CASE(a_class_without_a_name_is_an_error) {
  Digits digits = digits_in_order(4);
  digits.names.resize(2);
  BOOST_CHECK_THROW(draw(*make<Renderer>("sheet"), digits.snapshot()), std::exception);
}
