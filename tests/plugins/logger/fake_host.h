// A host for one logger; it keeps the files and the terminal in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/error.h"
#include "assay/logger.h"

namespace assay::test {

class MemoryFile final : public LogFile {
 public:
  MemoryFile(std::string_view path, std::size_t capacity) : path_(path), capacity_(capacity) {}

  void append(std::span<const std::byte> bytes) override {
    if (content_.size() + bytes.size() > capacity_)
      throw Error(path_ + ": no space left on device");
    content_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    ++appends_;
  }
  std::int64_t position() const override { return static_cast<std::int64_t>(content_.size()); }
  std::string_view path() const override { return path_; }

  const std::string& content() const { return content_; }
  int appends() const { return appends_; }

 private:
  std::string path_;
  std::size_t capacity_;
  std::string content_;
  int appends_ = 0;
};

class FakeTerminal final : public Terminal {
 public:
  bool interactive() const override { return is_interactive; }
  bool colours() const override { return has_colours; }
  int columns() const override { return width; }
  void print(std::string_view line) override { printed.emplace_back(line); }
  void status(std::string_view line) override { shown.emplace_back(line); }

  bool is_interactive = true;
  bool has_colours = false;
  int width = 80;
  std::vector<std::string> printed;
  std::vector<std::string> shown;  ///< each line that status() was given
};

class FakeHost final : public LoggerContext {
 public:
  LogFile& create(std::string_view name) override { return files.emplace_back(name, capacity); }
  Terminal& terminal() override { return screen; }
  std::string_view run_name() const override { return "digits"; }
  std::string_view run_folder() const override { return folder; }
  std::int64_t first_step() const override { return first; }
  std::int64_t total_steps() const override { return 3000; }
  double start_time() const override { return 1763863320.25; }
  std::span<const PlanEntry> plan() const override { return entries; }
  std::string_view plan_yaml() const override { return {}; }
  const Graph& graph() const override { return no_graph; }
  std::span<const DeclaredTag> tags() const override { return {}; }
  std::span<const SplitSize> splits() const override { return {}; }
  std::span<const std::string_view> class_names() const override { return {}; }

  std::deque<MemoryFile> files;
  FakeTerminal screen;
  std::string folder = "/nonexistent/run";
  std::size_t capacity = SIZE_MAX;  ///< of each file: the disk is full beyond that
  std::int64_t first = 0;
  std::vector<PlanEntry> entries;  ///< of the plan
  Graph no_graph;
};

}  // namespace assay::test
