#include "runner/logging/stored_content.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <utility>
#include <vector>

#include "assay/error.h"
#include "assay/number_text.h"
#include "assay/text.h"
#include "runner/base/utf8.h"
#include "runner/base/wording.h"

namespace assay::logging {
namespace {

constexpr std::int64_t largest_side = 32767;  // of pictures, as in renderer.h

template <class... Arguments>
[[noreturn]] void refuse(fmt::format_string<Arguments...> text, Arguments&&... arguments) {
  throw Error(fmt::format(text, std::forward<Arguments>(arguments)...));
}

std::string quoted(std::string_view text) { return base::quoted(base::one_line(text)); }

// Throws if a name occurs twice in the list.
void require_different(std::string_view what, std::vector<std::string_view> names) {
  std::ranges::sort(names);
  if (const auto twice = std::ranges::adjacent_find(names); twice != names.end())
    refuse("two {} are called {}; give each another name", what, quoted(*twice));
}

std::vector<std::string_view> names_of(const auto& named) {
  std::vector<std::string_view> names;
  for (const auto& one : named) names.push_back(one.name);
  return names;
}

// Copies contents into a storage, and checks what it copies.
class Copier {
 public:
  Copier(Storage& storage, const Mask& mask) : storage_(storage), mask_(mask) {}

  void copy(Scalar&) const {}
  void copy(Text& text) const { keep(text.markdown); }

  void copy(Image& image) const {
    check(image);
    image.png = storage_.keep(image.png);
  }

  void copy(Histogram& histogram) const {
    check(histogram);
    histogram.edges = storage_.keep(histogram.edges);
    histogram.counts = storage_.keep(histogram.counts);
  }

  void copy(Curve& curve) const {
    if (curve.lines.empty()) refuse("a curve has no lines; expected at least one");
    keep_line("a curve's label", curve.x_label);
    keep_line("a curve's label", curve.y_label);
    const auto lines = storage_.make<Curve::Line>(curve.lines.size());
    std::ranges::copy(curve.lines, lines.begin());
    for (Curve::Line& line : lines) {
      keep_line("the name of a curve's line", line.name);
      if (line.x.size() != line.y.size())
        refuse("the line {} of a curve has {} x and {} y; expected as many of each",
               quoted(line.name), grouped(line.x.size()), grouped(line.y.size()));
      for (std::size_t i = 0; i < line.x.size(); ++i)
        if (std::isnan(line.x[i])) refuse("x[{}] of the line {} is NaN", i, quoted(line.name));
      line.x = storage_.keep(line.x);
      line.y = storage_.keep(line.y);
    }
    require_different("lines of a curve", names_of(lines));
    curve.lines = lines;
  }

  void copy(Table& table) const {
    if (table.columns.empty()) refuse("a table has no columns; expected at least one");
    if (table.cells.size() % table.columns.size() != 0)
      refuse("a table of {} columns has {} cells; expected whole rows", table.columns.size(),
             grouped(table.cells.size()));
    keep_names("a table's column", table.columns, true);
    require_different("columns of a table", {table.columns.begin(), table.columns.end()});
    const auto cells = storage_.make<TypedValue>(table.cells.size());
    std::ranges::copy(table.cells, cells.begin());
    for (TypedValue& cell : cells) keep("a table's cell", cell);
    table.cells = cells;
  }

  void copy(Graph& graph) const {
    const auto nodes = storage_.make<Graph::Node>(graph.nodes.size());
    std::ranges::copy(graph.nodes, nodes.begin());
    for (Graph::Node& node : nodes) {
      keep_name("a graph's node", node.name);
      keep_line("the operation of a graph's node", node.operation);
      keep_names("an input of a graph's node", node.inputs, false);
      check_shape(node);
      node.output_shape = storage_.keep(node.output_shape);
      keep_values(fmt::format("attributes of the node {}", quoted(node.name)), node.attributes);
    }
    std::vector<std::string_view> names = names_of(nodes);
    require_different("nodes of a graph", names);
    std::ranges::sort(names);
    for (const Graph::Node& node : nodes)
      for (const std::string_view input : node.inputs)
        if (input == node.name || !std::ranges::binary_search(names, input))
          refuse("the node {} has the input {}; expected the name of another node",
                 quoted(node.name), quoted(input));
    graph.nodes = nodes;
  }

  void copy(HyperParameters& parameters) const {
    keep_values("hyper-parameters", parameters.values);
    keep_names("a metric of hyper-parameters", parameters.metrics, false);
  }

 private:
  void keep(std::string_view& text) const {
    text = mask_ ? storage_.keep(std::string_view(mask_(text))) : storage_.keep(text);
  }

  void keep_line(std::string_view what, std::string_view& text) const {
    keep(text);
    if (!is_line(text)) refuse("{} must be one line of text, found {}", what, quoted(text));
  }

  void keep_name(std::string_view what, std::string_view& name) const {
    keep_line(what, name);
    if (name.empty()) refuse("{} has an empty name", what);
  }

  void keep_names(std::string_view what, std::span<const std::string_view>& names,
                  bool may_be_empty) const {
    const auto copies = storage_.make<std::string_view>(names.size());
    std::ranges::copy(names, copies.begin());
    for (std::string_view& name : copies)
      if (may_be_empty) keep_line(what, name);
      else keep_name(what, name);
    names = copies;
  }

  void keep(std::string_view what, TypedValue& value) const {
    using enum TypedValue::Type;
    switch (value.type) {
      case none:
      case boolean:
      case number: value.text = {}; return;
      case TypedValue::Type::text: return keep(value.text);
    }
    refuse("the type of {} is {}, which is not one of TypedValue::Type", what,
           static_cast<std::uint32_t>(value.type));
  }

  void keep_values(const std::string& what, std::span<const NamedValue>& values) const {
    const auto copies = storage_.make<NamedValue>(values.size());
    std::ranges::copy(values, copies.begin());
    for (NamedValue& named : copies) {
      keep_name("one of the " + what, named.name);
      keep("one of the " + what, named.value);
    }
    require_different(what, names_of(copies));
    values = copies;
  }

  // Compares the size with that in the file's first chunk (PNG, 5.2 and 11.2.2).
  static void check(const Image& image) {
    for (const std::int64_t side : {image.width, image.height})
      if (side < 1 || side > largest_side)
        refuse("an image has {} x {} pixels; expected 1 to {} in each direction", image.width,
               image.height, grouped(largest_side));
    constexpr std::array<unsigned char, 16> start = {0x89, 'P', 'N', 'G', 0x0d, 0x0a, 0x1a, 0x0a,
                                                     0,    0,   0,   13,  'I',  'H',  'D',  'R'};
    constexpr std::size_t header = start.size() + 8;
    const auto byte = [&](std::size_t i) { return std::to_integer<std::uint32_t>(image.png[i]); };
    bool is_png = image.png.size() >= header;
    for (std::size_t i = 0; is_png && i < start.size(); ++i) is_png = byte(i) == start[i];
    if (!is_png) refuse("the bytes of an image are not a PNG file");
    const auto side_at = [&](std::size_t i) {
      return std::int64_t{byte(i) << 24 | byte(i + 1) << 16 | byte(i + 2) << 8 | byte(i + 3)};
    };
    const std::int64_t width = side_at(start.size()), height = side_at(start.size() + 4);
    if (width != image.width || height != image.height)
      refuse("an image is declared with {} x {} pixels, but its PNG file has {} x {}", image.width,
             image.height, width, height);
  }

  static void check(const Histogram& h) {
    if (h.counts.empty() || h.edges.size() != h.counts.size() + 1)
      refuse(
          "a histogram has {} edges and {} counts; expected at least one count, and one edge more",
          grouped(h.edges.size()), grouped(h.counts.size()));
    for (std::size_t i = 0; i < h.edges.size(); ++i)
      if (!std::isfinite(h.edges[i]) || (i > 0 && h.edges[i] <= h.edges[i - 1]))
        refuse("edges[{}] of a histogram is {}; expected finite numbers, each above the one before",
               i, h.edges[i]);
    for (std::size_t i = 0; i < h.counts.size(); ++i)
      if (!std::isfinite(h.counts[i]) || h.counts[i] < 0)
        refuse("counts[{}] of a histogram is {}; expected a finite number from 0 on", i,
               h.counts[i]);
    if (!std::isfinite(h.minimum) || !std::isfinite(h.maximum) || h.minimum > h.maximum)
      refuse("a histogram has the minimum {} and the maximum {}; expected finite numbers in order",
             h.minimum, h.maximum);
    if (!std::isfinite(h.number) || h.number < 0)
      refuse("a histogram counts {} numbers; expected a finite number from 0 on", h.number);
    if (std::isnan(h.sum)) refuse("the sum of a histogram is NaN; expected a number");
    if (!(h.sum_of_squares >= 0))
      refuse("the sum of squares of a histogram is {}; expected a number from 0 on",
             h.sum_of_squares);
  }

  static void check_shape(const Graph::Node& node) {
    if (!node.has_output_shape && !node.output_shape.empty())
      refuse("the node {} has dimensions, but has_output_shape is false", quoted(node.name));
    for (const std::int64_t dimension : node.output_shape)
      if (dimension < -1)
        refuse("the node {} has the dimension {}; expected 0 or more, or -1 for one that varies",
               quoted(node.name), dimension);
  }

  Storage& storage_;
  const Mask& mask_;
};

// Returns a copy of the struct that is as large as the host knows it.
template <Content T>
const void* stored(const void* content, std::size_t size, Storage& storage, const Mask& mask) {
  T& copy = storage.make<T>(1).front();
  std::memcpy(static_cast<void*>(&copy), content, std::min(size, sizeof copy));
  Copier(storage, mask).copy(copy);
  return &copy;
}

const void* stored(ContentType type, const void* content, std::size_t size, Storage& storage,
                   const Mask& mask) {
  switch (type) {
    case ContentType::scalar: return stored<Scalar>(content, size, storage, mask);
    case ContentType::text: return stored<Text>(content, size, storage, mask);
    case ContentType::image: return stored<Image>(content, size, storage, mask);
    case ContentType::histogram: return stored<Histogram>(content, size, storage, mask);
    case ContentType::curve: return stored<Curve>(content, size, storage, mask);
    case ContentType::table: return stored<Table>(content, size, storage, mask);
    case ContentType::graph: return stored<Graph>(content, size, storage, mask);
    case ContentType::hyper_parameters:
      return stored<HyperParameters>(content, size, storage, mask);
    case ContentType::unknown: break;
  }
  refuse("the content is of type {}, which this program does not know",
         static_cast<std::uint32_t>(type));
}

}  // namespace

StoredContent::StoredContent(ContentType type, const void* content, std::size_t size,
                             const Mask& mask)
    : type_(type), content_(stored(type, content, size, storage_, mask)) {}

}  // namespace assay::logging
