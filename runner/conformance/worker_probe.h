// Workers for the tests of launchers: a shell script that writes down how it was started, and goes
// on until it is told to end.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/launcher.h"

namespace assay::conformance {

/// A worker that has begun.
class Probe {
 public:
  explicit Probe(std::filesystem::path folder) : folder_(std::move(folder)) {}

  std::vector<std::string> arguments() const;  ///< those behind the script
  std::string variable() const { return text("variable"); }
  std::string home() const { return text("home"); }
  std::string working_folder() const { return text("working_folder"); }
  std::string parent_variable() const { return text("parent_variable"); }
  std::string parent() const { return text("parent"); }  ///< the number of the process
  bool was_asked() const { return has("asked"); }        ///< to end, by SIGTERM
  bool is_done() const { return has("done"); }           ///< its last words
  /// Lets it end.
  void end() const;
  /// Returns true if it still runs. A worker that does not is watched for a while.
  bool runs() const;

 private:
  std::string text(const char* name) const;
  bool has(const char* name) const;

  std::filesystem::path folder_;
};

/// The workers of one test. The destructor ends all that are left.
class ProbeFolder {
 public:
  /// The answer of a worker to SIGTERM.
  enum class At { end_when_asked, never_end };

  /// Makes a folder in that for temporary files, TMPDIR. The workers must see it. Throws NotRun.
  ProbeFolder();
  ProbeFolder(const ProbeFolder&) = delete;
  ProbeFolder& operator=(const ProbeFolder&) = delete;
  ~ProbeFolder();

  /// Returns the work of starting `count` workers that belong together under the name `group`. It
  /// is valid until the next call.
  Work work(const std::string& group, std::int64_t count, bool ends_with_parent,
            At at = At::end_when_asked);
  /// Returns the workers of the group that have begun.
  std::vector<Probe> begun(const std::string& group) const;
  /// Returns the line that each of its workers prints.
  static std::string printed(const std::string& group) { return "the worker " + group + " prints"; }
  /// Returns the processes of this machine that belong to workers, or were started around them.
  std::vector<int> processes() const;
  /// Lets all workers end.
  void end_all() const;
  std::filesystem::path logs() const { return folder_ / "logs"; }
  std::filesystem::path working_folder() const { return folder_ / "some where"; }

  /// The arguments that every worker gets behind its own, and the values of its variables.
  static std::span<const std::string_view> odd_arguments();
  static std::string_view odd_value();
  static std::string_view home() { return "/home of a worker"; }

 private:
  std::filesystem::path folder_;
  std::string name_, script_, group_, how_, variable_, token_, prints_, home_, parent_;
  std::string working_, logs_;
  std::vector<std::string_view> arguments_, environment_;
};

/// Returns how many processes that this one started have ended, and were not waited for.
std::size_t unreaped_children();

}  // namespace assay::conformance
