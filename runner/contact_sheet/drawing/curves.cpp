#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <span>

#include "runner/contact_sheet/drawing/panels.h"

namespace assay::contact_sheet {
namespace {

constexpr double left = 52, right = 8, bottom = 36, top = 6;

// Thins a curve out: of the points in one column of half a unit only the first, the last, the
// lowest and the highest are drawn, so the line looks the same.
std::vector<Spot> thinned(std::span<const Spot> spots) {
  std::vector<Spot> kept;
  for (std::size_t begin = 0; begin < spots.size();) {
    std::size_t end = begin;
    const double column = std::floor(2 * spots[begin].x);
    while (end < spots.size() && std::floor(2 * spots[end].x) == column) ++end;
    const std::span<const Spot> part = spots.subspan(begin, end - begin);
    std::vector<std::size_t> numbers = {0, part.size() - 1};
    const auto [low, high] = std::ranges::minmax_element(part, {}, &Spot::y);
    numbers.push_back(static_cast<std::size_t>(low - part.begin()));
    numbers.push_back(static_cast<std::size_t>(high - part.begin()));
    std::ranges::sort(numbers);
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    for (const std::size_t number : numbers) kept.push_back(part[number]);
    begin = end;
  }
  return kept;
}

// Returns the runs in an order that is theirs but mixes them, so that no value of a key lies on top
// of all others: by the fractional parts of multiples of the golden ratio.
std::vector<std::size_t> mixed_order(std::size_t count) {
  constexpr double golden = 0.6180339887498949;
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [](std::size_t i) {
    const double multiple = golden * static_cast<double>(i);
    return multiple - std::floor(multiple);
  });
  return order;
}

}  // namespace

void draw_curves(Canvas& canvas, const Box& box, const Sheet& sheet, std::size_t tag,
                 const KeyColours& colours) {
  std::vector<double> steps, values;
  std::size_t without = 0;
  for (const SheetRun& run : sheet.runs) {
    without += run.curves[tag].empty() ? 1 : 0;
    for (const Point& point : run.curves[tag])
      steps.push_back(point.step), values.push_back(point.value);
  }
  const std::string remark =
      without == 0
          ? ""
          : std::to_string(without) + (without == 1 ? " run has" : " runs have") + " no values";
  const Box rest = titled(canvas, box, sheet.tags[tag], remark);
  const Box plot{rest.x + left, rest.y + top, rest.width - left - right,
                 rest.height - top - bottom};
  const auto [first, last] = std::ranges::minmax_element(steps);
  // An axis from 0 on is easier to read, and nearly every run begins there.
  const Axis x = steps.empty()             ? Axis(0, 1, false)
                 : *first <= 0.1 * (*last) ? Axis(std::min(*first, 0.0), *last, false)
                                           : Axis(*first, *last, false);
  const Axis y = axis_of(values).widened(0.03);
  const auto spot = [&](const Point& point) {
    return Spot{plot.x + plot.width * x.place_of(point.step),
                plot.y + plot.height * (1 - y.place_of(point.value))};
  };

  for (const Tick& tick : y.ticks(static_cast<std::size_t>(plot.height / 50))) {
    const double at = plot.y + plot.height * (1 - tick.place);
    canvas.line({plot.x, at}, {plot.x + plot.width, at}, light, 1);
    canvas.text(plot.x - 7, at, tick.text, tick_letters, to_right);
  }
  for (const Tick& tick : x.ticks(static_cast<std::size_t>(plot.width / 65))) {
    const double at = plot.x + plot.width * tick.place;
    canvas.line({at, plot.y + plot.height}, {at, plot.y + plot.height + 4}, grey, 1);
    canvas.text(at, plot.y + plot.height + 14, tick.text, tick_letters, centred);
  }
  canvas.line({plot.x, plot.y + plot.height}, {plot.x + plot.width, plot.y + plot.height}, grey, 1);
  canvas.text(plot.x + plot.width / 2, plot.y + plot.height + 29, "step", label_letters, centred);

  const std::size_t count = sheet.runs.size();
  const double width = count <= 12 ? 1.8 : count <= 60 ? 1.2 : 0.8;
  const double opacity = count <= 12 ? 0.95 : count <= 60 ? 0.75 : 0.5;
  for (const std::size_t i : mixed_order(count)) {
    const SheetRun& run = sheet.runs[i];
    const Colour colour = colours.of(sheet.keys.empty() ? ValueIndex() : run.values.front());
    std::vector<Spot> part;
    Spot end;
    const auto draw_part = [&] {
      if (part.size() == 1) canvas.dot(part.front(), 1.2 * width, colour, opacity);
      canvas.polyline(thinned(part), colour, width, opacity);
      part.clear();
    };
    for (const Point& point : run.curves[tag]) {
      if (y.has(point.value)) part.push_back(end = spot(point));
      else draw_part();
    }
    const bool went_wrong = !run.curves[tag].empty() && part.empty();
    draw_part();
    if (went_wrong && end.x > 0) canvas.cross(end, 4, colour);
  }
}

}  // namespace assay::contact_sheet
