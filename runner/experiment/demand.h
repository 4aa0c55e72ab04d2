// What the hooks of a plan look at, checked against what there is.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runner/config/diagnostics.h"
#include "runner/experiment/blame.h"
#include "runner/hooks/hooks.h"
#include "runner/plan/catalogue.h"
#include "runner/plan/plan.h"

namespace assay::experiment {

class Demand {
 public:
  /// `splits`: their names; nothing where they are not known. The others are borrowed.
  Demand(const plan::Plan& plan, std::optional<std::vector<std::string>> splits,
         plan::Catalogue& catalogue, config::Diagnostics& diagnostics)
      : plan_(plan),
        splits_(std::move(splits)),
        catalogue_(catalogue),
        diagnostics_(diagnostics),
        blame_(diagnostics),
        known_metrics_(plan.metrics) {}

  /// Reports values and pictures of what there is not, and puts the split in place of a name that
  /// stands for one.
  void add(const plan::HookPlan& plan, hooks::PreparedHook& hook);

  /// The splits to read, and how many of their first rows pictures show. Of "all", the rows in the
  /// data's own order, only those.
  const std::map<std::string, std::int64_t>& shown_rows() const { return shown_rows_; }
  /// Each once, in the order asked for.
  const std::vector<hooks::NamedMetric>& metrics() const { return metrics_; }
  /// All of the plan, and behind them those built in that only a hook's own code names.
  const std::vector<plan::NamedComponent>& known_metrics() const { return known_metrics_; }
  bool pictures() const { return pictures_; }

 private:
  void add(const hooks::ValueNeed& need, const plan::HookPlan& hook, const Part& part);
  void add(const hooks::PictureNeed& need, const Part& renderer);
  /// `value`: the option's, which names the split.
  bool check_split(const Part& part, const std::string& option, const std::string& value,
                   const std::string& split, const std::vector<std::string>& names);
  /// Nothing where there is none of the name.
  const plan::NamedComponent* metric(const std::string& name, const config::Location& where);
  void no_metric(const hooks::ValueNeed& need, const Part& part);
  /// Values of training itself: of a batch, an epoch or the optimizer.
  void add_of_training(const hooks::ValueNeed& need, const plan::HookPlan& hook, const Part& part);
  /// The names of the optimizer's rates; nothing where they are not known.
  std::optional<std::vector<std::string>> rate_names();

  const plan::Plan& plan_;
  std::optional<std::vector<std::string>> splits_;
  plan::Catalogue& catalogue_;
  config::Diagnostics& diagnostics_;
  Blame blame_;
  std::vector<plan::NamedComponent> known_metrics_;
  std::map<std::string, std::int64_t> shown_rows_;
  std::vector<hooks::NamedMetric> metrics_;
  bool pictures_ = false;
};

/// The renderer's own part of its hook's plan: "hooks.sheet.renderer".
Part part_of(const plugin_host::Handle<Renderer>& renderer, const Part& hook);

}  // namespace assay::experiment
