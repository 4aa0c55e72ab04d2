// Fake loggers and a fake terminal, which record the calls that they get.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "assay/error.h"
#include "assay/logger.h"
#include "runner/logging/loggers.h"
#include "tests/support/handle.h"

namespace assay::test {

class SilentTerminal final : public Terminal {
 public:
  bool interactive() const override { return false; }
  bool colours() const override { return false; }
  int columns() const override { return 80; }
  void print(std::string_view /*line*/) override {}
  void status(std::string_view /*line*/) override {}
};

/// The calls that a logger got, in order. Read it once the log is finished.
struct Told {
  struct Record {
    std::string tag;
    std::uint32_t id = 0;
    std::int64_t step = 0;
    double wall_time = 0;
    ContentType type = ContentType::unknown;
    double value = 0;     ///< of a scalar
    std::string content;  ///< of a text or image
    std::int64_t width = 0, height = 0;
  };
  std::vector<Record> records;
  std::vector<Progress> progress;
  std::vector<std::string> calls;  ///< open, flush, close finished, ...
};

class FakeLogger final : public Logger {
 public:
  /// Calls `before` with the number of each record before it takes the record; `before` may throw.
  explicit FakeLogger(Told& told, std::function<void(std::size_t)> before = {})
      : told_(told), before_(std::move(before)) {}

  void open(LoggerContext& /*context*/) override { told_.calls.push_back("open"); }
  void record(const assay::Record& r) override {
    Told::Record record;
    record.tag = r.tag.name;
    record.id = r.tag.id;
    record.step = r.step;
    record.wall_time = r.wall_time;
    record.type = r.type;
    if (const auto* scalar = r.as<Scalar>()) record.value = scalar->value;
    if (const auto* text = r.as<Text>()) record.content = text->markdown;
    if (const auto* image = r.as<Image>()) {
      record.content.assign(static_cast<const char*>(static_cast<const void*>(image->png.data())),
                            image->png.size());
      record.width = image->width;
      record.height = image->height;
    }
    take(std::move(record));
  }
  void progress(const Progress& progress) override { told_.progress.push_back(progress); }
  void flush() override { told_.calls.push_back("flush"); }
  void close(Outcome outcome) override {
    told_.calls.push_back(outcome == Outcome::finished  ? "close finished"
                          : outcome == Outcome::stopped ? "close stopped"
                                                        : "close failed");
  }

 private:
  void take(Told::Record record) {
    if (before_) before_(told_.records.size());
    told_.records.push_back(std::move(record));
  }
  Told& told_;
  std::function<void(std::size_t)> before_;
};

inline logging::Loggers::Named fake_logger(Told& told, std::string name = "fake",
                                           std::function<void(std::size_t)> before = {}) {
  return {name, handle<Logger>(std::make_unique<FakeLogger>(told, std::move(before)), name)};
}

}  // namespace assay::test
