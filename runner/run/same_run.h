// Compares a run that is resumed with the run that began.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "assay/error.h"
#include "runner/plan/plan.h"
#include "runner/plugin_host/plugin_host.h"
#include "runner/run/run_record.h"

namespace assay::run {

/// Reports that a run cannot be resumed, with a line for each reason.
class Refused : public Error {
 public:
  explicit Refused(std::vector<std::string> reasons);
  const std::vector<std::string>& reasons() const { return reasons_; }

 private:
  std::vector<std::string> reasons_;
};

/// The keys of a plan that set the length of a run.
bool is_length(std::string_view key);

/// Returns the values of a plan that determine the result, as in plan.yaml, by their full keys.
std::map<std::string, std::string> deciding_values(const plan::Plan& plan);

/// Returns, a sentence each, the reasons why a resumed run of this plan would compute something
/// else than the run that `began`: it has another plan, other kernels, lanes or blocks, other data,
/// or another library of a plugin. Differences in the length of the run are left out if another
/// length is requested. A shortened record names no values, data and plugins, so none are compared.
/// Enters the digests of data that are known into `goes_on`.
std::vector<std::string> differences(const RunRecord& began, RunRecord& goes_on,
                                     const plan::Plan& plan, const plugin_host::PluginHost& host,
                                     bool may_have_another_length);

}  // namespace assay::run
