// Fake loggers and a fake terminal, which record the calls that they get.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
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
  void scalar(const ScalarRecord& r) override {
    take({std::string(r.tag.name), r.tag.id, r.step, r.wall_time, r.value, {}, 0, 0});
  }
  void markdown(const TextRecord& r) override {
    take(
        {std::string(r.tag.name), r.tag.id, r.step, r.wall_time, 0, std::string(r.markdown), 0, 0});
  }
  void image(const ImageRecord& r) override {
    const auto* bytes = static_cast<const char*>(static_cast<const void*>(r.png.data()));
    take({std::string(r.tag.name),
          r.tag.id,
          r.step,
          r.wall_time,
          0,
          {bytes, r.png.size()},
          r.width,
          r.height});
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
