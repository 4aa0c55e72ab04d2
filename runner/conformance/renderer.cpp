#include "assay/renderer.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "assay/number_text.h"
#include "runner/conformance/neutral.h"
#include "runner/conformance/refusal.h"
#include "runner/conformance/suites.h"
#include "runner/hooks/needs.h"

namespace assay::conformance {
namespace {

using Handle = plugin_host::Handle<Renderer>;

// A renderer after the first calls of a run: its needs and its size are known.
struct Declared {
  explicit Declared(const Subject& subject)
      : renderer(subject.make<Renderer>()), needs(hooks::needs_of(renderer)) {
    state = &subject.declare_state(renderer);
    size = renderer.call([](const Renderer& r) { return r.size(); });
    require(picture::possible(size),
            "its natural size is {} x {} pixels; expected 1 to {} each way, and no more than {} in "
            "all",
            grouped(size.width), grouped(size.height), grouped(picture::largest),
            grouped(picture::most_pixels));
  }
  Handle renderer;
  hooks::RendererNeeded needs;
  state::ComponentState* state;  // the subject's
  Size size;
};

// A renderer with values that it can draw.
class Setting : public Declared {
 public:
  explicit Setting(const Subject& subject) : Declared(subject) {
    choose();
    for (std::int64_t i = 0; i < target_.classes; ++i) names_.push_back(std::to_string(i));
    name_views_.assign(names_.begin(), names_.end());
  }

  /// Returns at most this many rows of each set, and all else that it needs. Its numbers depend on
  /// `numbers`. Valid as long as this object, until the next call.
  const Snapshot& snapshot(std::int64_t most, int numbers = 0) {
    numbers_ = numbers;
    const std::int64_t columns = shape_.elements();
    const std::int64_t outputs = target_.classes > 0 ? target_.classes : target_.shape.elements();
    const std::int64_t count = std::max<std::int64_t>(std::min(most, rows()), 1);
    samples_ = spread(static_cast<std::size_t>(count * columns), seed(31), 8);
    outputs_ = spread(static_cast<std::size_t>(count * outputs), seed(32));
    targets_.emplace(target_, count, seed(33));
    kernel_ = spread(kernel_size, seed(34));
    rows_.clear();
    for (const hooks::RowsNeed& need : needs.rows) {
      const std::int64_t n = std::min(need.rows, count);
      RowsView& view = rows_.emplace_back();
      view.samples = {samples_.data(), n, columns, columns};
      view.targets = targets_->view().rows(0, n);
      if (need.outputs) view.outputs = {outputs_.data(), n, outputs, outputs};
    }
    weights_.clear();
    for (const hooks::WeightsNeed& need : needs.weights)
      weights_.push_back({need.parameter, {kernel_rows, kernel_columns}, Role::kernel, kernel_});
    snapshot_ = {};
    snapshot_.step = 100;
    snapshot_.sample_shape = shape_;
    snapshot_.target = target_;
    snapshot_.class_names = name_views_;
    snapshot_.rows = rows_;
    snapshot_.weights = weights_;
    if (needs.values)
      snapshot_.values = {kernel_.data(), kernel_rows, kernel_columns, kernel_columns};
    return snapshot_;
  }
  /// Throws Failed if the renderer wrote to the data of the snapshot.
  void require_unchanged() const {
    const TargetRows targets(target_, targets_->view().shape[0], seed(33));
    require(samples_ == spread(samples_.size(), seed(31), 8) &&
                outputs_ == spread(outputs_.size(), seed(32)) && *targets_ == targets &&
                kernel_ == spread(kernel_size, seed(34)),
            "it writes into its snapshot, which others draw as well");
  }
  /// Returns how many rows it draws, at most 256; 0 if it draws none.
  std::int64_t rows() const {
    std::int64_t most = 0;
    for (const hooks::RowsNeed& need : needs.rows) most = std::max(most, need.rows);
    return std::min<std::int64_t>(most, 256);
  }
  /// Returns `factor`, or less for a large picture, so that drawing takes little time. The natural
  /// size times the result is at least one pixel.
  double scale(double factor) const {
    return std::max(factor * share(), 1 / static_cast<double>(std::min(size.width, size.height)));
  }
  /// Returns the natural size times scale().
  Size scaled(double factor) const {
    const auto extent = [&](std::int64_t n) {
      return std::max<std::int64_t>(std::llround(factor * share() * static_cast<double>(n)), 1);
    };
    return {extent(size.width), extent(size.height)};
  }

 private:
  std::uint64_t seed(std::uint64_t of) const { return seed_of(of, numbers_); }

  double share() const {
    constexpr double most_pixels = 250'000, most_each_way = picture::largest / 2;
    const auto width = static_cast<double>(size.width), height = static_cast<double>(size.height);
    return std::min(
        {1.0, std::sqrt(most_pixels / (width * height)), most_each_way / std::max(width, height)});
  }

  void choose() {
    std::string refusals;
    for (const Target& target : targets())
      for (const Shape& shape : sample_shapes()) {
        try {
          renderer.call([&](const Renderer& r) { r.check(shape, target); });
          shape_ = shape;
          target_ = target;
          return;
        } catch (const plugin_host::ComponentError& error) {
          require_refusal(error);
          refusals +=
              fmt::format("; {} with {}: {}", described(shape), described(target), error.message());
        }
      }
    throw NotRun("it draws none of the shapes that are tried" + refusals);
  }

  static constexpr std::int64_t kernel_rows = 6, kernel_columns = 4;
  static constexpr std::size_t kernel_size = kernel_rows * kernel_columns;

  int numbers_ = 0;
  Shape shape_;
  Target target_;
  std::vector<std::string> names_;
  std::vector<std::string_view> name_views_;
  std::vector<float> samples_, outputs_, kernel_;
  std::optional<TargetRows> targets_;
  std::vector<RowsView> rows_;
  std::vector<ParameterView> weights_;
  Snapshot snapshot_;
};

std::string declares(const Subject& subject) {
  const Declared first(subject), second(subject);
  const Size again = first.renderer.call([](const Renderer& r) { return r.size(); });
  for (const Size& other : {again, second.size})
    require(other.width == first.size.width && other.height == first.size.height,
            "its natural size is {} x {} pixels, and {} x {} when asked again",
            grouped(first.size.width), grouped(first.size.height), grouped(other.width),
            grouped(other.height));
  std::string drawn;
  for (const hooks::RowsNeed& need : first.needs.rows)
    drawn += fmt::format(", {} rows of split '{}'", grouped(need.rows), need.split);
  for (const hooks::WeightsNeed& need : first.needs.weights)
    drawn += fmt::format(", the weights of {}", need.parameter);
  if (first.needs.values) drawn += ", values of a hook";
  return fmt::format("{} x {} pixels from {}", grouped(first.size.width),
                     grouped(first.size.height), drawn.substr(2));
}

std::string files(const Subject& subject) {
  Setting s(subject);
  const auto painter = subject.painter();
  // Use few rows and a smaller size: Cairo is slow to write images to SVG and PDF.
  const Snapshot& snapshot = s.snapshot(std::min<std::int64_t>(s.rows(), 20));
  struct File {
    PictureFormat format;
    const char* name;
    double factor;
  };
  for (const auto& [format, name, factor] : {File{PictureFormat::png, "PNG", 1},
                                             {PictureFormat::png, "PNG", 1.5},
                                             {PictureFormat::svg, "SVG", 0.5},
                                             {PictureFormat::pdf, "PDF", 0.5}}) {
    const auto paint = [&, wanted = format, scale = s.scale(factor)] {
      return s.renderer.call(
          [&](const Renderer& r) { return painter->paint(r, snapshot, wanted, scale); });
    };
    const auto first = paint();
    require(first == paint(), "the same values give another {} the second time", name);
  }
  return {};
}

picture::Drawing draw(const Setting& s, const picture::Painter& painter, const Snapshot& snapshot,
                      Size surface, const Box& box) {
  return s.renderer.call(
      [&](const Renderer& r) { return painter.draw(r, snapshot, surface, box); });
}

// Returns the number of pixels inside the box, or outside it, that are not white.
std::int64_t marked(const picture::Drawing& drawing, const Box& box, bool inside) {
  constexpr std::uint32_t white = 0xffffff;
  std::int64_t count = 0;
  for (std::int64_t y = 0; y < drawing.size.height; ++y)
    for (std::int64_t x = 0; x < drawing.size.width; ++x) {
      const auto px = static_cast<double>(x), py = static_cast<double>(y);
      const bool within =
          px >= box.x && px < box.x + box.width && py >= box.y && py < box.y + box.height;
      const auto place = static_cast<std::size_t>(y * drawing.size.width + x);
      count += within == inside && drawing.pixels[place] != white;
    }
  return count;
}

std::string boxes(const Subject& subject) {
  Setting s(subject), other(subject);
  const auto painter = subject.painter();
  std::string shares;
  for (const double factor : {0.5, 1.0, 1.5}) {
    const Size inner = s.scaled(factor);
    // Use wide margins only at small sizes, because they take time.
    const Size margin = factor < 1 ? inner : Size{13, 7};
    const Box box{static_cast<double>(margin.width), static_cast<double>(margin.height),
                  static_cast<double>(inner.width), static_cast<double>(inner.height)};
    const Size surface{inner.width + 2 * margin.width, inner.height + 2 * margin.height};
    const Snapshot& snapshot = s.snapshot(s.rows());
    const auto drawing = draw(s, *painter, snapshot, surface, box);
    require(
        drawing.changed.empty(),
        "it leaves Cairo's state changed ({}); put cairo_save and cairo_restore around its work",
        drawing.changed);
    const std::int64_t in = marked(drawing, box, true), out = marked(drawing, box, false);
    require(out == 0, "{} pixels outside its box of {} x {} at ({}, {}) are drawn on", out,
            inner.width, inner.height, margin.width, margin.height);
    require(in > 0, "its picture of {} x {} pixels is blank", inner.width, inner.height);
    s.require_unchanged();
    require(draw(s, *painter, snapshot, surface, box).pixels == drawing.pixels,
            "the same values give another picture of {} x {} pixels the second time", inner.width,
            inner.height);
    require(draw(other, *painter, snapshot, surface, box).pixels == drawing.pixels,
            "made again it draws another picture of the same values");
    shares += fmt::format(
        "{}{:.0f} %", shares.empty() ? "" : ", ",
        100.0 * static_cast<double>(in) / static_cast<double>(inner.width * inner.height));
  }
  return "drawn on: " + shares;
}

std::string fewer(const Subject& subject) {
  Setting s(subject);
  const auto painter = subject.painter();
  const Size size = s.scaled(1);
  const Box box{0, 0, static_cast<double>(size.width), static_cast<double>(size.height)};
  for (const std::int64_t rows : {1, 2, 7})
    if (rows < s.rows()) draw(s, *painter, s.snapshot(rows), size, box);
  return {};
}

// Simulates a resumed run: another renderer takes up the state after a picture of other values.
std::string remembers(const Subject& subject) {
  Setting whole(subject), resumed(subject);
  const auto painter = subject.painter();
  const Size size = whole.scaled(1);
  const Box box{0, 0, static_cast<double>(size.width), static_cast<double>(size.height)};
  const auto picture = [&](Setting& s, int numbers) {
    return draw(s, *painter, s.snapshot(s.rows(), numbers), size, box).pixels;
  };
  picture(whole, 1);
  resumed.state->assign(*whole.state);
  for (const int numbers : {2, 0})
    require(picture(resumed, numbers) == picture(whole, numbers),
            "another renderer with the saved state draws another picture of the same values; what "
            "must be remembered belongs into state (facet Stateful)");
  return fmt::format("{} bytes of state", whole.state->bytes());
}

}  // namespace

Suite renderer_suite(const Subject& subject) {
  return {
      {"declares its needs and size", [subject] { return declares(subject); }},
      {"files are the same each time", [subject] { return files(subject); }},
      {"draws inside its box, in any size", [subject] { return boxes(subject); }},
      {"takes fewer rows than it asked for", [subject] { return fewer(subject); }},
      {"all state is the host's", [subject] { return remembers(subject); }},
  };
}

}  // namespace assay::conformance
