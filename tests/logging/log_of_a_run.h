// A log with fake loggers, and the notices that it gave.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "assay/error.h"
#include "runner/base/atomic_file.h"
#include "runner/base/folder.h"
#include "runner/logging/log.h"
#include "tests/support/fake_logging.h"
#include "tests/support/handle.h"
#include "tests/support/temporary_folder.h"

namespace assay::test {

class Plain final : public Renderer {
 public:
  void plan(RendererNeeds&) override {}
  Size size() const override { return {4, 7}; }
  void draw(const Snapshot&, cairo_t*, const Box&) const override {}
};

struct LogOfARun {
  void add(Told& told, std::string name = "fake", std::function<void(std::size_t)> before = {}) {
    named.push_back(fake_logger(told, std::move(name), std::move(before)));
  }
  logging::Log& start(const logging::QueueLimits& limits = {}) {
    logging::RunInfo info;
    info.total_steps = 1000;
    return started.emplace(
        logging::Loggers(std::move(named), info, terminal,
                         [this](const std::string& message) { reports.push_back(message); }),
        [this](const logging::Picture& picture, PictureFormat format) {
          return paint(picture, format);
        },
        [this](std::string_view name, std::span<const std::byte> bytes) {
          base::write_atomically(base::Folder(folder.path()), name, bytes, base::Sync::later);
        },
        limits,
        logging::Notices{[this](const std::string& warning) { warnings.push_back(warning); },
                         [this](std::size_t pictures) { drawing = pictures; },
                         [this](std::size_t pictures) { left.push_back(pictures); },
                         [this](const Progress& progress, double batch_loss) {
                           noticed.emplace_back(progress.step, batch_loss);
                         }},
        beat, &stop);
  }
  // Returns the format's number and the step. Step 13 cannot be painted.
  static std::vector<std::byte> paint(const logging::Picture& picture, PictureFormat format) {
    if (picture.snapshot.step() == 13) throw Error("no ink");
    return {static_cast<std::byte>(format), static_cast<std::byte>(picture.snapshot.step())};
  }
  logging::Picture picture(std::int64_t step, std::vector<PictureFormat> files = {}) const {
    return {renderer, picture::StoredSnapshot(step, std::make_shared<data::Rows>()),
            std::move(files)};
  }

  logging::Beat beat;
  TemporaryFolder folder;
  SilentTerminal terminal;
  std::vector<logging::Loggers::Named> named;
  std::vector<std::string> reports, warnings;
  std::atomic<std::size_t> drawing = 0;  // pictures that the end waited for, as told
  std::vector<std::size_t> left;         // and how many of them were left, again and again
  std::vector<std::pair<std::int64_t, double>> noticed;  // steps, with the loss of their batch
  std::atomic<int> stop = 0;
  plugin_host::Handle<Renderer> renderer = handle<Renderer>(std::make_unique<Plain>(), "plain");
  std::optional<logging::Log> started;
};

inline std::string bytes(PictureFormat format, int step) {
  return {static_cast<char>(format), static_cast<char>(step)};
}

}  // namespace assay::test
