#include "runner/conformance/sample_records.h"

#include <array>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runner/conformance/neutral.h"

namespace assay::conformance {
namespace {

using Limits = std::numeric_limits<double>;

constexpr std::string_view odd_line = "Größe ≥ 数 🎲 \" \\ , %s";
constexpr std::string_view odd_text = "two\nlines, \"quoted\", \xff\xfe";

constexpr std::string_view layer_inputs[] = {"input", "layer1/kernel"};
constexpr NamedValue layer_attributes[] = {{"activation", TypedValue("selu")},
                                           {odd_line, TypedValue(odd_text)},
                                           {"bias", TypedValue(false)},
                                           {"rate", TypedValue(Limits::infinity())},
                                           {"nothing", TypedValue()}};
constexpr std::int64_t batch_shape[] = {-1, 8, 8};
constexpr std::int64_t kernel_shape[] = {64, 10};
constexpr Graph::Node nodes[] = {
    {"input", "Input", {}, batch_shape, true, {}},
    {"layer1/kernel", "Parameter", {}, kernel_shape, true, {}},
    {"layer1", "Linear", layer_inputs, std::span(batch_shape).first(1), true, layer_attributes},
    {"loss", "", {}, {}, true, {}},
    {odd_line, "Optimizer", {}, {}, false, {}},
};

// Sends contents under tags that are counted up.
class Sender {
 public:
  Sender(std::uint32_t first_id, std::int64_t step, double wall_time,
         const std::function<void(const Record&)>& send)
      : id_(first_id), step_(step), wall_time_(wall_time), send_(send) {}

  template <Content T>
  void send(std::string_view name, const T& content) {
    send_(record_of({id_, name}, step_, wall_time_, content));
  }
  /// Sends the contents of one type under one tag.
  template <Content T>
  void send_all(std::string_view name, const std::vector<T>& contents) {
    for (const T& content : contents) {
      ++step_;
      send(name, content);
    }
    ++id_;
  }
  void send_unknown(std::string_view name) {
    constexpr auto far = static_cast<ContentType>(1'000'000);
    const std::array<std::byte, 64> content{};
    send_({{id_++, name}, ++step_, wall_time_, far, content.data()});
  }

 private:
  std::uint32_t id_;
  std::int64_t step_;
  double wall_time_;
  const std::function<void(const Record&)>& send_;
};

}  // namespace

void send_every_content(std::uint32_t first_id, std::int64_t step, double wall_time,
                        const std::function<void(const Record&)>& send) {
  Sender sender(first_id, step, wall_time, send);
  const std::string long_text(100'000, 'y');
  sender.send_all<Text>("Notes", {{"**bold**"}, {""}, {long_text}, {odd_text}});
  sender.send_all<Image>("Picture", {{1, 1, std::as_bytes(std::span(white_pixel))}});

  constexpr double edges[] = {-Limits::max(), -0.5, 0, Limits::denorm_min(), Limits::max()};
  constexpr double counts[] = {0, 1.5, 1, 2};
  sender.send_all<Histogram>(
      "Weights",
      {{edges, counts, -0.5, 2, 4.5, 1.25, 7},
       {edges, counts, -Limits::max(), Limits::max(), 4.5, -Limits::infinity(), Limits::infinity()},
       {std::span(edges).first(2), std::span(counts).first(1), 0, 0, 0, 0, 0}});

  static constexpr double x[] = {-Limits::infinity(), 0, 1};
  static constexpr double y[] = {Limits::quiet_NaN(), 0.5, Limits::infinity()};
  static constexpr Curve::Line lines[] = {{"first", x, y}, {odd_line, {}, {}}};
  sender.send_all<Curve>("Precision", {{"recall", odd_line, lines}, {"", "", lines}});

  constexpr std::string_view columns[] = {"class", odd_line, "count"};
  constexpr TypedValue cells[] = {TypedValue("cat"), TypedValue(odd_text), TypedValue(3),
                                  TypedValue(),      TypedValue(true),     TypedValue(-0.0)};
  sender.send_all<Table>("Confusion", {{columns, cells}, {columns, {}}});

  sender.send_all<Graph>("Graph", {{nodes}, {}});

  constexpr std::string_view metrics[] = {"Loss", odd_line};
  sender.send_all<HyperParameters>("Choices", {{layer_attributes, metrics}, {}});

  sender.send_unknown("Of a later version");
}

std::shared_ptr<const logging::RunFacts> sample_facts() {
  static constexpr PlanEntry plan[] = {{"dataset.split", TypedValue(), "null"},
                                       {"loggers.own.type", TypedValue("own"), "own"},
                                       {"model.hidden", TypedValue("[50, 50]"), "[50, 50]"},
                                       {"optimizer.learning_rate", TypedValue(0.01), "0.01"},
                                       {"seed", TypedValue(0), "0"},
                                       {"train.shuffle", TypedValue(true), "true"}};
  static constexpr DeclaredTag tags[] = {{"Loss", "loss", ContentType::unknown},
                                         {"Step ${step} Testsheet", "sheet", ContentType::image}};
  static constexpr SplitSize splits[] = {{"test", 450}, {"train", 1347}};
  static constexpr std::string_view classes[] = {"cat", odd_line};
  auto facts = std::make_shared<logging::RunFacts>();
  facts->plan = plan;
  facts->plan_yaml =
      "dataset:\n  split: null\nloggers:\n  own:\n    type: own\nmodel:\n  hidden: [50, 50]\n"
      "optimizer:\n  learning_rate: 0.01\nseed: 0\ntrain:\n  shuffle: true\n";
  facts->graph = {nodes};
  facts->tags = tags;
  facts->splits = splits;
  facts->class_names = classes;
  return facts;
}

}  // namespace assay::conformance
