// Tests the picture library, which turns drawings into files.
#define BOOST_TEST_MODULE picture
#include <cairo.h>
#include <libdeflate.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "assay/error.h"
#include "runner/picture/load_painter.h"
#include "tests/plugins/renderer/bitmap.h"
#include "tests/plugins/renderer/digits.h"
#include "tests/support/component.h"

namespace {

using namespace assay;
using namespace assay::test;

// Returns a PDF followed by the content of its compressed streams.
std::string with_streams_inflated(std::string_view pdf) {
  std::string all(pdf);
  const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> inflater(
      libdeflate_alloc_decompressor(), &libdeflate_free_decompressor);
  constexpr std::string_view begin = "\nstream\n";
  for (std::size_t at = pdf.find(begin); at != std::string_view::npos;
       at = pdf.find(begin, at + 1)) {
    const std::string_view stream = pdf.substr(at + begin.size());
    std::string text(std::size_t{1} << 20, '\0');
    std::size_t used = 0, size = 0;
    if (libdeflate_zlib_decompress_ex(inflater.get(), stream.data(), stream.size(), text.data(),
                                      text.size(), &used, &size) == LIBDEFLATE_SUCCESS)
      all.append(text, 0, size);
  }
  return all;
}

std::unique_ptr<picture::Painter> painter() {
  const std::vector<std::filesystem::path> folders{"/nonexistent",
                                                   build_folder() + "/runner/picture"};
  return picture::load_painter(folders);
}

/// A red square over the upper left quarter, a half-transparent blue one over the lower right.
class Squares final : public Renderer {
 public:
  explicit Squares(Size size = {40, 20}) : size_(size) {}
  void plan(RendererNeeds&) override {}
  Size size() const override { return size_; }
  void draw(const Snapshot& snapshot, cairo_t* cairo, const Box& box) const override {
    if (snapshot.step < 0) throw Error("a step before the first");
    cairo_rectangle(cairo, box.x, box.y, box.width / 2, box.height / 2);
    cairo_set_source_rgb(cairo, 1, 0, 0);
    cairo_fill(cairo);
    cairo_rectangle(cairo, box.x + box.width / 2, box.y + box.height / 2, box.width, box.height);
    cairo_set_source_rgba(cairo, 0, 0, 1, 0.5);
    cairo_fill(cairo);
    if (snapshot.step > 99) cairo_show_text(cairo, "\xff");  // not UTF-8
  }

 private:
  Size size_;
};

std::string_view text(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool says(const std::exception& error, std::string_view part) {
  return std::string_view(error.what()).find(part) != std::string_view::npos;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_png_has_the_pixels_that_were_drawn) {
  for (const int scale : {1, 3}) {
    const Bitmap bitmap = decode_png(painter()->paint(Squares(), {}, PictureFormat::png, scale));
    BOOST_TEST(bitmap.width == 40 * scale);
    BOOST_TEST(bitmap.height == 20 * scale);
    for (int y = 0; y < bitmap.height; ++y)
      for (int x = 0; x < bitmap.width; ++x) {
        const bool right = x >= 20 * scale;
        const bool low = y >= 10 * scale;
        const Pixel expected = right && low     ? Pixel{127, 127, 255}
                               : !right && !low ? Pixel{255, 0, 0}
                                                : Pixel{255, 255, 255};
        for (std::size_t c = 0; c < 3; ++c)
          BOOST_REQUIRE(std::abs(bitmap.at(x, y)[c] - expected[c]) <= 1);
      }
  }
}

BOOST_AUTO_TEST_CASE(a_sheet_as_png_is_what_it_draws) {
  Digits digits = digits_predicted(100, "3000");
  const auto sheet = make<Renderer>("test_sheet");
  const auto bytes = painter()->paint(*sheet, digits.snapshot(), PictureFormat::png, 1);
  BOOST_TEST((decode_png(bytes) == draw(*sheet, digits.snapshot())));
  std::cout << "the test sheet's PNG: " << bytes.size() << " bytes (matplotlib's: 161,482 for the "
            << "training data)\n";
  BOOST_TEST(bytes.size() < 170'000U);
}

BOOST_AUTO_TEST_CASE(vector_files) {
  Digits digits = digits_in_order(100);
  const auto sheet = make<Renderer>("sheet");
  const auto svg = painter()->paint(*sheet, digits.snapshot(), PictureFormat::svg, 1);
  BOOST_TEST(text(svg).starts_with("<?xml"));
  BOOST_TEST(text(svg).find("width=\"600px\" height=\"600px\"") != std::string_view::npos);
  BOOST_TEST(text(svg).ends_with("</svg>\n"));
  const auto pdf = painter()->paint(*sheet, digits.snapshot(), PictureFormat::pdf, 1);
  BOOST_TEST(text(pdf).starts_with("%PDF-"));
  // Cairo 1.18 packs objects into compressed streams. It also formats numbers differently: 1.16
  // writes "[ 0 0 432 432 ]", 1.18 writes "[0 0 432 432]".
  const std::string objects = with_streams_inflated(text(pdf));
  const std::size_t box = objects.find("/MediaBox [");
  BOOST_REQUIRE(box != std::string::npos);
  std::istringstream corners(objects.substr(box + 11, 40));
  double left = -1, bottom = -1, right = -1, top = -1;
  corners >> left >> bottom >> right >> top;
  BOOST_TEST(left == 0);
  BOOST_TEST(bottom == 0);
  BOOST_TEST(right == 432);
  BOOST_TEST(top == 432);
  BOOST_TEST(text(pdf).ends_with("%%EOF\n"));
}

BOOST_AUTO_TEST_CASE(same_snapshot_same_bytes) {
  Digits digits = digits_in_order(30);
  const auto sheet = make<Renderer>("sheet");
  for (const PictureFormat format : {PictureFormat::png, PictureFormat::svg, PictureFormat::pdf}) {
    const auto first = painter()->paint(*sheet, digits.snapshot(), format, 1);
    const auto again = painter()->paint(*sheet, digits.snapshot(), format, 1);
    BOOST_TEST((first == again), "format " << static_cast<int>(format));
    BOOST_TEST(text(first).find("CreationDate") == std::string_view::npos);
  }
}

BOOST_AUTO_TEST_CASE(a_renderers_error_comes_through) {
  Snapshot snapshot;
  snapshot.step = -1;
  for (const PictureFormat format : {PictureFormat::png, PictureFormat::svg, PictureFormat::pdf})
    BOOST_CHECK_EXCEPTION(
        painter()->paint(Squares(), snapshot, format, 1), Error,
        [](const Error& error) { return says(error, "a step before the first"); });
}

BOOST_AUTO_TEST_CASE(cairos_error_is_an_error) {
  Snapshot snapshot;
  snapshot.step = 100;
  for (const PictureFormat format : {PictureFormat::png, PictureFormat::svg, PictureFormat::pdf})
    BOOST_CHECK_EXCEPTION(painter()->paint(Squares(), snapshot, format, 1), Error,
                          [](const Error& error) { return says(error, "UTF-8"); });
}

BOOST_AUTO_TEST_CASE(impossible_sizes_are_errors) {
  for (const double scale : {0.0, -1.0, 1e9})
    BOOST_CHECK_THROW(painter()->paint(Squares(), {}, PictureFormat::png, scale), Error);
}

BOOST_AUTO_TEST_CASE(a_missing_library_names_the_folders) {
  const std::vector<std::filesystem::path> folders{"/nonexistent/one", "/nonexistent/two"};
  BOOST_CHECK_EXCEPTION(picture::load_painter(folders), Error, [](const Error& error) {
    return says(error, "libassay-picture.so") && says(error, "/nonexistent/one") &&
           says(error, "/nonexistent/two");
  });
}

BOOST_AUTO_TEST_CASE(a_broken_library_says_why) {
  const auto folder = std::filesystem::temp_directory_path() / "assay_picture_test";
  std::filesystem::create_directories(folder);
  std::filesystem::copy_file("/proc/self/status", folder / picture::library_name,
                             std::filesystem::copy_options::overwrite_existing);
  const std::vector<std::filesystem::path> folders{folder};
  BOOST_CHECK_EXCEPTION(picture::load_painter(folders), Error, [](const Error& error) {
    return says(error, "cannot open the picture library");
  });
  std::filesystem::remove_all(folder);
}
