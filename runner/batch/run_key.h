// The key of a run: all that decides its result. Runs with the same key give the same bits.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runner/plan/plan.h"
#include "runner/plugin_host/plugin_host.h"
#include "runner/run/data_digests.h"

namespace assay::batch {

/// The digests of the parts of a key.
struct RunKey {
  std::string plan;     ///< of its deciding values, kernels included, but without paths of data
  std::string data;     ///< of the content of all files that are read; "none" without any
  std::string plugins;  ///< of the libraries that the plan uses
  std::string program;

  /// Returns the digest of all of them.
  std::string text() const;

  bool operator==(const RunKey&) const = default;
};

/// Returns the parts in which two keys differ, in words: "the plan", "the data".
std::vector<std::string> differences(const RunKey& before, const RunKey& now);

/// Takes keys of plans. Reads every file once, however many plans name it.
class KeyMaker {
 public:
  /// Borrows the host, which has made the components of the plans.
  explicit KeyMaker(plugin_host::PluginHost& host) : host_(host) {}

  struct Made {
    RunKey key;
    std::vector<std::size_t> files;  ///< that it comes from: places in files(), without the program
  };
  /// Returns the key of a plan that names its kernels. Throws assay::Error if a file cannot be
  /// read.
  Made key_of(const plan::Plan& plan);

  /// Returns the files that were read, as they were then.
  const std::vector<run::DataFileRecord>& files() const { return files_; }

 private:
  const std::string& digest_of(const std::filesystem::path& file);
  /// Does the same, and adds the file to those of the key.
  const std::string& digest_for(Made& made, const std::filesystem::path& file);

  plugin_host::PluginHost& host_;
  /// By device, inode, size and time of modification: a file that changes meanwhile is read again.
  std::map<std::string, std::string> digests_;
  std::vector<run::DataFileRecord> files_;
  std::map<std::string, std::size_t> places_;  ///< in files_, by path
};

}  // namespace assay::batch
