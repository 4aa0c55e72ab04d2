// Logger `console`: shows the progress of the run. On a terminal it redraws one line in place: a
// bar, the step, the rate, the remaining time and the latest scalars, as many as fit. Scalars with
// "loss" or "accuracy" in their tags come first. Elsewhere (a pipe, a file) it prints a plain line
// every few seconds. `assay run` itself reports how the run ended. Records other than
// scalars are not shown.
//
//   interval   seconds between the plain lines (default 5)
//
//   loggers:
//     console: {type: console, interval: 5}
#include <algorithm>
#include <cctype>
#include <optional>
#include <string>
#include <vector>

#include "assay/logger.h"
#include "assay/plugin.h"
#include "line.h"

namespace {

using assay::console::LatestValue;

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

bool comes_first(const LatestValue& latest) {
  std::string name = latest.name;
  std::ranges::transform(name, name.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name.find("loss") != std::string::npos || name.find("accuracy") != std::string::npos;
}

class Console final : public assay::Logger {
 public:
  static constexpr assay::About about = {.name = "console",
                                         .doc = "Progress and the latest scalars on the terminal."};
  struct Options {
    double interval = 5;
  };
  static constexpr auto table = assay::options(
      assay::option("interval", &Options::interval,
                    "seconds between two lines if the output is not a terminal", {.minimum = 0}));

  explicit Console(const Options& options) : interval_(options.interval) {}

  void open(assay::LoggerContext& context) override { terminal_ = &context.terminal(); }

  void record(const assay::Record& record) override {
    const auto* scalar = record.as<assay::Scalar>();
    if (scalar == nullptr) return;
    const std::uint32_t id = record.tag.id;
    if (id >= places_.size()) places_.resize(id + 1);
    if (!places_[id]) add(record.tag);
    values_[*places_[id]].value = scalar->value;
  }

  void progress(const assay::Progress& progress) override {
    arrange();
    if (terminal_->interactive()) {
      terminal_->status(assay::console::status_line(progress, values_, terminal_->columns(),
                                                    terminal_->colours()));
    } else if (progress.seconds >= last_print_ + interval_ && progress.step != last_step_) {
      last_print_ = progress.seconds;
      last_step_ = progress.step;
      terminal_->print(assay::console::plain_line(progress, values_));
    }
  }

  void close(assay::Outcome /*outcome*/) override {
    if (terminal_->interactive()) terminal_->status({});
  }

 private:
  void add(const assay::Tag& tag) {
    LatestValue& added = values_.emplace_back(LatestValue{tag.id, std::string(tag.name), 0});
    std::ranges::replace_if(added.name, is_control, '?');
    places_[tag.id] = values_.size() - 1;
  }

  // Sorts all new values at once, because there may be thousands.
  void arrange() {
    if (arranged_ == values_.size()) return;
    std::ranges::stable_partition(values_, comes_first);
    arranged_ = values_.size();
    for (std::size_t place = 0; place < values_.size(); ++place) places_[values_[place].id] = place;
  }

  double interval_;
  assay::Terminal* terminal_ = nullptr;  // the host's
  double last_print_ = 0;
  std::int64_t last_step_ = -1;
  std::vector<LatestValue> values_;                 // in the order shown, once arranged
  std::size_t arranged_ = 0;                        // the number of sorted ones
  std::vector<std::optional<std::size_t>> places_;  // by tag id, in values_
};

}  // namespace

ASSAY_COMPONENT(Console)
