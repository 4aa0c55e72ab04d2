#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "runner/contact_sheet/drawing/panels.h"

namespace assay::contact_sheet {
namespace {

constexpr std::size_t most_keys = 9;
constexpr double top = 26, bottom = 14;

// One upright axis.
struct Column {
  double x = 0;
  std::string label;
  std::vector<Tick> ticks;
};

double place_of_value(const Key& key, std::size_t value) {
  if (key.is_numeric()) return axis_of(key).place_of(key.numbers[value]);
  if (key.values.size() == 1) return 0.5;
  return static_cast<double>(value) / static_cast<double>(key.values.size() - 1);
}

std::vector<Tick> ticks_of(const Key& key, double height) {
  const auto room = static_cast<std::size_t>(std::max(2.0, height / 22));
  std::vector<Tick> ticks;
  if (!key.is_numeric() || key.values.size() <= 6) {
    const std::size_t stride = (key.values.size() + room - 1) / room;
    double before = -1;
    for (std::size_t i = 0; i < key.values.size(); i += stride) {
      const double place = place_of_value(key, i);
      // Numbers that lie close to each other have one tick.
      if (before >= 0 && (place - before) * height < 14) continue;
      before = place;
      ticks.push_back({place, key.is_numeric() ? number_text(key.numbers[i], 4) : key.values[i]});
    }
    return ticks;
  }
  return axis_of(key).ticks(std::min<std::size_t>(room, 6));
}

// Adds a smooth way from one axis to the next, level at both ends.
void add_way(std::vector<Spot>& way, Spot from, Spot to) {
  constexpr int parts = 24;
  for (int i = way.empty() ? 0 : 1; i <= parts; ++i) {
    const double t = static_cast<double>(i) / parts;
    const double smooth = t * t * (3 - 2 * t);
    way.push_back({from.x + t * (to.x - from.x), from.y + smooth * (to.y - from.y)});
  }
}

}  // namespace

void draw_parallel_coordinates(Canvas& canvas, const Box& box, const Sheet& sheet) {
  const std::size_t keys = std::min(sheet.keys.size(), most_keys);
  std::string remark = sheet.tags.empty() ? "" : "coloured by the result";
  if (keys < sheet.keys.size())
    remark = std::to_string(sheet.keys.size() - keys) + " more keys are not shown";
  const Box rest = titled(canvas, box, "Runs", remark);
  const Box plot{rest.x + 46, rest.y + top, rest.width - 46 - 56, rest.height - top - bottom};

  std::vector<double> results;
  for (const SheetRun& run : sheet.runs)
    if (const auto result = result_of(run)) results.push_back(*result);
  const Axis values = axis_of(results);

  std::vector<Column> columns;
  const bool has_results = !sheet.tags.empty();
  const std::size_t count = keys + (has_results ? 1 : 0);
  const double distance = count > 1 ? plot.width / static_cast<double>(count - 1) : 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double x = plot.x + static_cast<double>(i) * distance;
    if (i < keys) columns.push_back({x, sheet.keys[i].label, ticks_of(sheet.keys[i], plot.height)});
    else
      columns.push_back({x, sheet.tags.front(),
                         values.ticks(static_cast<std::size_t>(std::max(2.0, plot.height / 50)))});
  }

  // The best seen results are not known, so no run lies on top for its result: those without one
  // are drawn first, the others from the middle of the results to both ends.
  std::vector<std::size_t> order(sheet.runs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) {
    const auto result = result_of(sheet.runs[i]);
    return result && values.has(*result) ? std::abs(values.place_of(*result) - 0.5) : -1.0;
  });
  const std::size_t runs = sheet.runs.size();
  const double width = runs <= 12 ? 1.8 : runs <= 60 ? 1.3 : 0.9;
  const double opacity = runs <= 12 ? 0.9 : runs <= 60 ? 0.7 : 0.45;
  for (const std::size_t i : order) {
    const SheetRun& run = sheet.runs[i];
    const auto result = result_of(run);
    const bool has_place = result && values.has(*result);
    const Colour colour = has_place ? line_colour(values.place_of(*result)) : grey;
    std::vector<Spot> way;
    std::optional<Spot> before;
    const auto draw_way = [&] {
      canvas.polyline(way, colour, width, opacity);
      way.clear(), before.reset();
    };
    const auto go_to = [&](double x, double place) {
      const Spot spot{x, plot.y + plot.height * (1 - place)};
      if (before) add_way(way, *before, spot);
      before = spot;
    };
    for (std::size_t key = 0; key < keys; ++key) {
      if (run.values[key]) go_to(columns[key].x, place_of_value(sheet.keys[key], *run.values[key]));
      else draw_way();  // a run that lacks the key has a gap there
    }
    if (has_results && has_place) go_to(columns.back().x, values.place_of(*result));
    const bool ends_early = has_results && !has_place && before.has_value();
    const Spot end = before.value_or(Spot{});
    draw_way();
    if (ends_early) canvas.cross(end, 3.5, grey);
  }

  for (std::size_t i = 0; i < columns.size(); ++i) {
    const Column& column = columns[i];
    const bool is_result = has_results && i + 1 == columns.size();
    canvas.line({column.x, plot.y}, {column.x, plot.y + plot.height}, black, 1.2);
    for (const Tick& tick : column.ticks) {
      const double y = plot.y + plot.height * (1 - tick.place);
      canvas.line({column.x - 3, y}, {column.x + 3, y}, black, 1);
      const Letters letters{.size = 10, .colour = black, .halo = true};
      if (is_result)
        canvas.text(column.x + 7, y, canvas.fitted(tick.text, letters, 48), letters, from_left);
      else
        canvas.text(column.x - 7, y, canvas.fitted(tick.text, letters, i == 0 ? 44 : distance - 20),
                    letters, to_right);
    }
    // The names of the axes share the width, each as wide as its neighbours leave it.
    const double room = count > 1 ? distance - 12 : plot.width;
    const Letters letters{.size = 11, .bold = is_result};
    const bool is_first = i == 0;
    const double side = is_first ? 46 : is_result ? 56 : distance / 2;
    const double widest = std::min(room, 2 * std::min(side, distance / 2));
    canvas.text(column.x, plot.y - 14, canvas.fitted(column.label, letters, std::max(widest, 40.0)),
                letters, centred);
  }
}

}  // namespace assay::contact_sheet
