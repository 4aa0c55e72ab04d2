// The record with which a run begins, and the check whether a run can be resumed.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "runner/base/folder.h"
#include "runner/plugin_host/plugin_host.h"
#include "runner/run/checkpoints.h"
#include "runner/run/prepared.h"
#include "runner/run/run_record.h"

namespace assay::run {

/// Returns the record of a run that begins now.
RunRecord opening_record(const plan::Plan& plan, const experiment::Experiment& experiment,
                         const plugin_host::PluginHost& host,
                         std::chrono::system_clock::time_point start);

/// The way in which a run is resumed.
struct GoingOn {
  Found found = {};                        ///< its checkpoint; if there is none, it begins anew
  std::vector<std::string> settings = {};  ///< `key=value` that are laid over its plan
  /// If true, it continues although it would be another run, and records the differences.
  bool force = false;
};

/// A run to be resumed. Borrows all of them.
struct Candidate {
  const base::Folder& folder;
  const RunRecord& before;
  const Prepared& prepared;
  plugin_host::PluginHost& host;
};

/// Returns the reasons why the run would be another one, a sentence each, all of which `how`
/// accepts. `now` is the opening record; the digests of data that are known are entered there.
/// Throws Refused if it does not accept them, and assay::Error if nothing is left to train.
std::vector<std::string> check_going_on(const Candidate& run, RunRecord& now, const GoingOn& how);

/// Returns what running the plan would do with the run that its folder has (finds_its_run()): "goes
/// on after step 130". Throws if it would be refused. Trains and writes nothing.
std::string foreseen(const Prepared& prepared, plugin_host::PluginHost& host);

}  // namespace assay::run
