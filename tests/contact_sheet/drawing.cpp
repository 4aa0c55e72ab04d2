// Contact sheets of many shapes: every letter is on the page, none lies upon another, and the
// values are there.
#include <cairo.h>
#include <fmt/format.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runner/contact_sheet/drawing/axis.h"
#include "runner/contact_sheet/drawing/contact_sheet.h"

namespace {

using namespace assay;
using namespace assay::contact_sheet;

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

using Surface = std::unique_ptr<cairo_surface_t, decltype(&cairo_surface_destroy)>;

struct Drawn {
  std::vector<PlacedText> texts;
  std::vector<unsigned char> pixels;
};

Drawn drawn(const Sheet& sheet) {
  const Size size = size_of(sheet);
  BOOST_TEST(size.width == 1100);
  BOOST_TEST(size.height < 8000);
  const Surface surface(cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(size.width),
                                                   static_cast<int>(size.height)),
                        &cairo_surface_destroy);
  const std::unique_ptr<cairo_t, decltype(&cairo_destroy)> cairo(cairo_create(surface.get()),
                                                                 &cairo_destroy);
  Drawn result;
  result.texts = draw_sheet(sheet, cairo.get());
  BOOST_TEST(cairo_status(cairo.get()) == CAIRO_STATUS_SUCCESS);
  cairo_surface_flush(surface.get());
  const unsigned char* data = cairo_image_surface_get_data(surface.get());
  result.pixels.assign(data, data + cairo_image_surface_get_stride(surface.get()) * size.height);
  return result;
}

bool overlap(const Box& a, const Box& b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

// Draws the sheet and checks where its letters are. Returns what is written.
std::vector<std::string> checked_texts(const Sheet& sheet) {
  const Drawn picture = drawn(sheet);
  const Size size = size_of(sheet);
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < picture.texts.size(); ++i) {
    const PlacedText& text = picture.texts[i];
    texts.push_back(text.text);
    BOOST_TEST((text.box.x >= 2 && text.box.y >= 2 &&
                text.box.x + text.box.width <= static_cast<double>(size.width) - 2 &&
                text.box.y + text.box.height <= static_cast<double>(size.height) - 2),
               "'" << text.text << "' leaves the page");
    for (std::size_t j = 0; j < i; ++j)
      BOOST_TEST(!overlap(text.box, picture.texts[j].box),
                 "'" << text.text << "' lies upon '" << picture.texts[j].text << "'");
  }
  return texts;
}

bool has(const std::vector<std::string>& texts, std::string_view text) {
  return std::ranges::find(texts, text) != texts.end();
}

Key numbers(std::string name, std::vector<double> values, bool logarithmic = false) {
  Key key{.name = "part." + name, .label = std::move(name), .values = {}, .numbers = values};
  for (const double value : values) key.values.push_back(std::to_string(value));
  key.logarithmic = logarithmic;
  return key;
}
Key words(std::string name, std::vector<std::string> values) {
  return {
      .name = "part." + name, .label = std::move(name), .values = std::move(values), .numbers = {}};
}

std::vector<Point> curve(double end, std::size_t points = 50) {
  std::vector<Point> curve;
  for (std::size_t i = 1; i <= points; ++i)
    curve.push_back({static_cast<double>(10 * i), end + 1 / static_cast<double>(i)});
  return curve;
}

std::vector<std::byte> png(int width, int height) {
  const Surface surface(cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height),
                        &cairo_surface_destroy);
  std::vector<std::byte> bytes;
  cairo_surface_write_to_png_stream(
      surface.get(),
      [](void* to, const unsigned char* data, unsigned count) {
        const auto* first = reinterpret_cast<const std::byte*>(data);
        static_cast<std::vector<std::byte>*>(to)->insert(
            static_cast<std::vector<std::byte>*>(to)->end(), first, first + count);
        return CAIRO_STATUS_SUCCESS;
      },
      &bytes);
  return bytes;
}

// Returns a sheet with a run for every combination of values.
Sheet all_combinations(std::vector<Key> keys, std::vector<std::string> tags) {
  Sheet sheet{.title = "digits",
              .counts = "some runs",
              .keys = std::move(keys),
              .tags = std::move(tags),
              .picture_tag = "Step ${step}",
              .runs = {},
              .pictures = {}};
  std::vector<ValueIndex> values(sheet.keys.size(), ValueIndex(0));
  for (bool goes_on = true; goes_on;) {
    SheetRun run{.name = "run", .values = values, .curves = {}, .picture = {}};
    double end = 0.1;
    for (const ValueIndex& value : values) end = 1.7 * end + 0.03 * static_cast<double>(*value);
    for (std::size_t tag = 0; tag < sheet.tags.size(); ++tag) run.curves.push_back(curve(end));
    sheet.runs.push_back(run);
    goes_on = false;
    for (std::size_t key = values.size(); key-- > 0 && !goes_on;) {
      goes_on = ++*values[key] < sheet.keys[key].values.size();
      if (!goes_on) values[key] = 0;
    }
  }
  return sheet;
}

void add_pictures(Sheet& sheet) {
  const std::size_t rows = sheet.keys.size() > 1 ? sheet.keys[1].values.size() : 1;
  for (std::size_t i = 0; i < sheet.keys[0].values.size(); ++i) sheet.pictures.columns.push_back(i);
  if (sheet.keys.size() > 1)
    for (std::size_t i = 0; i < rows; ++i) sheet.pictures.rows.push_back(i);
  sheet.pictures.runs.resize(rows * sheet.keys[0].values.size());
  for (std::size_t i = 0; i < sheet.runs.size(); ++i) {
    const auto& values = sheet.runs[i].values;
    const std::size_t row = rows > 1 ? *values[1] : 0;
    sheet.pictures.runs[row * sheet.keys[0].values.size() + *values[0]] = i;
    sheet.runs[i].picture = png(60, 40);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(drawing)

BOOST_AUTO_TEST_CASE(a_sheet_of_two_keys_has_all_panels_with_their_values) {
  Sheet sheet = all_combinations({numbers("learning_rate", {0.001, 0.01, 0.1}, true),
                                  words("activation", {"selu", "tanh"}), numbers("seed", {0, 1})},
                                 {"Accuracy", "Loss"});
  add_pictures(sheet);
  const auto texts = checked_texts(sheet);
  for (const char* expected :
       {"digits", "Accuracy", "Loss", "Runs", "Step …", "learning_rate", "activation", "seed",
        "0.001", "0.01", "0.1", "selu", "tanh", "step", "mean of up to 2 runs"})
    BOOST_TEST(has(texts, expected), expected << " is missing");
  // The lower left cell: the mean of the last values of the runs with the first values.
  const double first = 0.1 * 1.7 * 1.7 * 1.7 + 0.02, second = first + 0.03;
  BOOST_TEST(has(texts, fmt::format("{:.3f}", (first + second) / 2)));
}

BOOST_AUTO_TEST_CASE(each_column_of_a_heat_map_has_its_label) {
  std::vector<std::string> kinds;
  for (char kind = 'a'; kind <= 'k'; ++kind) kinds.push_back("a long word " + std::string(1, kind));
  const auto texts =
      checked_texts(all_combinations({words("word", kinds), words("kind", {"a", "b"})}, {"Loss"}));
  // The legend of the curves has them, too.
  for (const std::string& kind : kinds) BOOST_TEST(std::ranges::count(texts, kind) == 2, kind);
}

BOOST_AUTO_TEST_CASE(the_same_sheet_gives_the_same_pixels) {
  Sheet sheet = all_combinations({numbers("width", {8, 16}), words("kind", {"a", "b"})}, {"Loss"});
  add_pictures(sheet);
  BOOST_TEST((drawn(sheet).pixels == drawn(sheet).pixels));
}

BOOST_AUTO_TEST_CASE(one_run_has_its_curves_and_its_picture) {
  Sheet sheet = all_combinations({}, {"Loss"});
  BOOST_REQUIRE_EQUAL(sheet.runs.size(), 1U);
  const Size without = size_of(sheet);
  sheet.runs[0].picture = png(300, 300);
  sheet.pictures.runs = {0};
  const auto texts = checked_texts(sheet);
  BOOST_TEST(has(texts, "Loss"));
  BOOST_TEST(!has(texts, "Runs"));
  BOOST_TEST(size_of(sheet).height > without.height);
}

BOOST_AUTO_TEST_CASE(a_sheet_without_any_value_says_what_there_is) {
  Sheet sheet = all_combinations({words("kind", {"a", "b"})}, {});
  sheet.counts = "2 runs: 2 waiting";
  const auto texts = checked_texts(sheet);
  BOOST_TEST(has(texts, "2 runs: 2 waiting  ·  varies: part.kind"));
}

BOOST_AUTO_TEST_CASE(runs_without_values_and_values_that_are_not_finite) {
  Sheet sheet = all_combinations({numbers("rate", {1, 2, 3}), numbers("width", {4, 5})}, {"Loss"});
  for (SheetRun& run : sheet.runs) run.curves[0].clear();
  BOOST_TEST(has(checked_texts(sheet), "6 runs have no values"));
  sheet.runs[0].curves[0] = {{1, not_a_number}, {2, not_a_number}};
  sheet.runs[1].curves[0] = {{1, 2}, {2, std::numeric_limits<double>::infinity()}};
  sheet.runs[2].curves[0] = {{1, 3}};
  sheet.runs[3].curves[0] = {{1, 3}, {2, not_a_number}, {3, 1e-30}, {4, 1e30}};
  sheet.runs[4].values[0].reset();
  const auto texts = checked_texts(sheet);
  BOOST_TEST(has(texts, "2 runs have no values"));
  BOOST_TEST(has(texts, "NaN"));
}

BOOST_AUTO_TEST_CASE(every_kind_of_text) {
  const std::string longest(400, 'w');
  Sheet sheet = all_combinations({words("Größe/損失", {"ä", "β", "Ж", longest, longest + "2"}),
                                  words(longest, {"[100, 100, 100, 100, 100]", "[8]", "true"})},
                                 {"损失 \"ä\"", longest});
  sheet.title = longest + longest;
  sheet.picture_tag = longest;
  add_pictures(sheet);
  const auto texts = checked_texts(sheet);
  BOOST_TEST(has(texts, "Größe/損失"));
  BOOST_TEST(has(texts, "β"));
}

BOOST_AUTO_TEST_CASE(many_keys) {
  std::vector<Key> keys;
  for (int i = 0; i < 14; ++i)
    keys.push_back(words("a_key_with_a_long_name_" + std::to_string(i), {"0"}));
  keys[0] = numbers("rate", {1e-5, 1e-3, 1e-1}, true);
  keys[7] = words("kind", {"a", "b"});
  BOOST_TEST(has(checked_texts(all_combinations(keys, {"Loss"})), "5 more keys are not shown"));
}

BOOST_AUTO_TEST_CASE(five_hundred_runs) {
  std::vector<double> rates, seeds;
  for (int i = 0; i < 25; ++i) rates.push_back(1e-4 * std::pow(10, i / 8.0));
  for (int i = 0; i < 20; ++i) seeds.push_back(i);
  Sheet sheet = all_combinations({numbers("rate", rates, true), numbers("seed", seeds)},
                                 {"Accuracy", "Loss"});
  BOOST_REQUIRE_EQUAL(sheet.runs.size(), 500U);
  for (SheetRun& run : sheet.runs) run.curves[0] = curve(0.3, 3000);
  for (std::size_t i = 0; i < 24; ++i) {
    sheet.runs[20 * i].picture = png(30, 30);
    sheet.pictures.runs.emplace_back(20 * i);
  }
  sheet.pictures.left_out = 476;
  checked_texts(sheet);
}

BOOST_AUTO_TEST_CASE(a_damaged_picture_is_shown_as_such) {
  Sheet sheet = all_combinations({words("kind", {"a", "b"})}, {"Loss"});
  add_pictures(sheet);
  sheet.runs[0].picture.resize(sheet.runs[0].picture.size() / 2);
  sheet.runs[1].picture.resize(3);
  checked_texts(sheet);
}

BOOST_AUTO_TEST_SUITE_END()
