// A host in memory for a logger, for code that examines what the logger writes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "assay/logger.h"
#include "runner/logging/run_facts.h"

namespace assay::logging {

class MemoryFile final : public LogFile {
 public:
  /// `room` is the number of bytes that the file can hold.
  MemoryFile(std::string_view as, std::size_t room)
      : name(as), path_("/run/" + name), room_(room) {}
  void append(std::span<const std::byte> bytes) override;
  std::int64_t position() const override { return static_cast<std::int64_t>(content.size()); }
  std::string_view path() const override { return path_; }

  std::string name, content;

 private:
  std::string path_;
  std::size_t room_;
};

class MemoryTerminal final : public Terminal {
 public:
  explicit MemoryTerminal(bool interactive) : interactive_(interactive) {}
  bool interactive() const override { return interactive_; }
  bool colours() const override { return interactive_; }
  int columns() const override { return 40; }
  void print(std::string_view line) override { lines.emplace_back(line); }
  void status(std::string_view line) override { lines.emplace_back(line); }

  std::vector<std::string> lines;

 private:
  bool interactive_;
};

struct Circumstances {
  std::size_t room = std::numeric_limits<std::size_t>::max();  ///< bytes that each file can hold
  bool files = true;                                           ///< files can be created
  bool interactive = false;
  std::string run_name = "conformance";
  std::string run_folder = "/nonexistent/run";
  std::int64_t first_step = 0;
  std::shared_ptr<const RunFacts> facts = std::make_shared<RunFacts>();
};

/// It must outlive the logger that is opened with it.
class LoggerHost final : public LoggerContext {
 public:
  explicit LoggerHost(const Circumstances& how) : screen(how.interactive), how_(how) {}
  /// Goes on with the files of a former logger: create() lends a file of theirs as it is.
  LoggerHost(const Circumstances& how, std::deque<MemoryFile> left)
      : screen(how.interactive), how_(how), left_(std::move(left)) {}

  LogFile& create(std::string_view name) override;
  Terminal& terminal() override { return screen; }
  std::string_view run_name() const override { return how_.run_name; }
  std::string_view run_folder() const override { return how_.run_folder; }
  std::int64_t first_step() const override { return how_.first_step; }
  std::int64_t total_steps() const override { return 1000; }
  double start_time() const override { return 1763863320.25; }
  std::span<const PlanEntry> plan() const override { return how_.facts->plan; }
  std::string_view plan_yaml() const override { return how_.facts->plan_yaml; }
  const Graph& graph() const override { return how_.facts->graph; }
  std::span<const DeclaredTag> tags() const override { return how_.facts->tags; }
  std::span<const SplitSize> splits() const override { return how_.facts->splits; }
  std::span<const std::string_view> class_names() const override { return how_.facts->class_names; }

  /// Returns the bytes in all files.
  std::size_t bytes() const;

  std::deque<MemoryFile> files;
  MemoryTerminal screen;

 private:
  Circumstances how_;
  std::deque<MemoryFile> left_;
};

}  // namespace assay::logging
