// Checks the values and pictures that the hooks of a draft need against those that exist.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "runner/config/diagnostics.h"
#include "runner/experiment/blame.h"
#include "runner/hooks/hooks.h"
#include "runner/plan/catalogue.h"
#include "runner/plan/draft.h"

namespace assay::experiment {

class Demand {
 public:
  /// `splits` are the names of the splits; nothing if they are unknown. Borrows the other
  /// arguments.
  Demand(const plan::Draft& draft, std::optional<std::vector<std::string>> splits,
         plan::Catalogue& catalogue, config::Diagnostics& diagnostics)
      : draft_(draft),
        splits_(std::move(splits)),
        catalogue_(catalogue),
        diagnostics_(diagnostics),
        blame_(draft, diagnostics),
        known_metrics_(draft.metrics) {}

  /// Reports values and pictures that do not exist, and replaces a name that stands for a split by
  /// that split.
  void add(const plan::HookPlan& plan, hooks::PreparedHook& hook);

  /// Returns the value that the name stands for, of a split that exists.
  plan::ReadableValue resolved(const plan::ValueName& name) const;

  /// Returns the splits to read, and how many of their first rows pictures show. For "all", the
  /// rows in the data's own order, only those rows are read.
  const std::map<std::string, std::int64_t>& shown_rows() const { return shown_rows_; }
  /// Returns the name of each metric once, in the order in which they were requested.
  const std::vector<std::string>& metrics() const { return metrics_; }
  /// Returns the metrics of the draft, followed by the built-in ones that only a hook's code names,
  /// as far as they can be created.
  std::vector<plan::NamedComponent> usable_metrics() const;
  bool pictures() const { return pictures_; }

 private:
  void add(const hooks::ValueNeed& need, const plan::HookPlan& hook, const Part& part);
  void add(const hooks::PictureNeed& need, const Part& renderer);
  /// Adds rows that are shown in pictures or to hooks.
  void show(const hooks::RowsNeed& need, const Part& part);
  /// Divides "confusion.f1" into the metric and its result, if there is a metric `confusion`.
  void find_result(plan::SplitValue& value) const;
  /// Checks that the split exists. `value` is the option's value, which names the split.
  bool check_split(const Part& part, const std::string& option, const std::string& value,
                   const std::string& split, const std::vector<std::string>& names);
  /// Returns nothing if there is no metric of this name.
  const plan::NamedComponent* metric(const std::string& name, const config::Location& where);
  void no_metric(const hooks::ValueNeed& need, const std::string& metric, const Part& part);
  void add(const hooks::ValueNeed& need, const plan::SplitValue& value, const Part& part);
  /// Adds a value of training itself: of a batch, an epoch or the optimizer.
  void add_of_training(const hooks::ValueNeed& need, const plan::HookPlan& hook, const Part& part);
  /// Returns the names of the optimizer's rates; nothing if they are unknown.
  std::optional<std::vector<std::string>> rate_names();

  const plan::Draft& draft_;
  std::optional<std::vector<std::string>> splits_;
  plan::Catalogue& catalogue_;
  config::Diagnostics& diagnostics_;
  Blame blame_;
  std::vector<plan::NamedComponent> known_metrics_;
  std::set<std::string> broken_metrics_;
  std::map<std::string, std::int64_t> shown_rows_;
  std::vector<std::string> metrics_;
  bool pictures_ = false;
};

/// Returns the renderer's part of its hook's plan: "hooks.sheet.renderer".
Part part_of(const plugin_host::Handle<Renderer>& renderer, const Part& hook);

}  // namespace assay::experiment
