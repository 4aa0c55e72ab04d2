// The data of a contact sheet: one picture of all runs of a batch. `gather` makes it of run
// folders, and `drawing/` draws it. It holds no order of the runs but that of their settings.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "assay/renderer.h"

namespace assay::contact_sheet {

/// A key that varies between runs, with the values that it has, in their order: numbers by size,
/// texts as people sort them ("a2" before "a10").
struct Key {
  std::string name;                 ///< "optimizer.learning_rate"
  std::string label;                ///< "learning_rate": the shortest end that no other key has
  std::vector<std::string> values;  ///< as text
  std::vector<double> numbers;      ///< of the values, if all are numbers; else empty
  bool logarithmic = false;         ///< the numbers are spread by factors

  bool is_numeric() const { return !numbers.empty(); }
};

/// The number of a value of a run; nothing where the run lacks the key.
using ValueIndex = std::optional<std::size_t>;

struct Point {
  double step = 0;
  double value = 0;  ///< may be NaN or infinite
};

struct SheetRun {
  std::string name;
  bool failed = false;
  std::vector<ValueIndex> values;          ///< by key
  std::vector<std::vector<Point>> curves;  ///< by tag, in the order of the steps; may be empty
  std::vector<std::byte> picture;          ///< a PNG file; empty unless it is shown
};

/// Which runs' pictures are shown. Either a grid along the axes of the first two keys, or a list of
/// runs: then there are no columns and no rows.
struct PictureGrid {
  std::vector<std::size_t> columns;              ///< numbers of values of the first key
  std::vector<std::size_t> rows;                 ///< numbers of values of the second key
  std::vector<std::optional<std::size_t>> runs;  ///< numbers of runs, row by row
  std::size_t left_out = 0;                      ///< runs with pictures that are not shown

  bool is_list() const { return columns.empty() && rows.empty(); }
};

struct Sheet {
  std::string title;
  std::string counts;             ///< "12 runs: 10 finished, 2 failed"
  std::vector<Key> keys;          ///< the ones that vary; the first ones are the axes
  std::vector<std::string> tags;  ///< of the curves; the last value of the first one is the result
  std::string picture_tag;        ///< of the pictures; may hold ${step}
  std::vector<SheetRun> runs;     ///< sorted by their settings
  PictureGrid pictures;
};

/// Returns the last value of the run's first curve; nothing where there is none.
inline std::optional<double> result_of(const SheetRun& run) {
  if (run.curves.empty() || run.curves.front().empty()) return std::nullopt;
  return run.curves.front().back().value;
}

/// The entry of the picture library: makes a renderer that draws the sheet, of which it keeps a
/// copy. It needs no snapshot.
inline constexpr const char* make_sheet_symbol = "assay_make_contact_sheet";
using MakeSheet = void (*)(const Sheet& sheet, std::unique_ptr<Renderer>& renderer);

}  // namespace assay::contact_sheet
