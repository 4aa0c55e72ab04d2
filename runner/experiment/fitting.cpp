#include "runner/experiment/fitting.h"

#include <cstddef>

#include "runner/experiment/data_findings.h"
#include "runner/train/fit.h"

namespace assay::experiment {
namespace {

Part transform_part(const plan::Draft& draft, std::size_t index) {
  const plan::NamedComponent& transform = draft.transforms[index];
  return {"transforms." + transform.name, transform.component};
}

void report(const train::BadSample& bad, const Fitting& fitting, Blame& blame) {
  if (!bad.transform) return report_sample(fitting.draft, fitting.files, bad.text, blame);
  blame.report(transform_part(fitting.draft, *bad.transform), {},
               bad.text +
                   "; change the transform, fix this row or leave it out, or set `train.on_nan: "
                   "ignore` to train anyway");
}

// Fits a component after the first `count` transforms. Returns true if it is fitted.
template <class Interface>
bool fit(const plugin_host::Handle<Interface>& component, const Part& part, std::size_t count,
         const Fitting& fitting, Blame& blame) {
  if (!component.template has<Fits>()) return true;
  const bool any_values = fitting.draft.train.on_nan == plan::OnNan::ignore;
  std::optional<train::BadSample> bad;
  const bool learnt = blame.attempt(part, [&] {
    try {
      bad = train::fit(component, {fitting.rows, fitting.transforms, count, any_values});
    } catch (const plugin_host::ComponentError& error) {
      if (error.who() == component.who()) throw;
      throw Error(error.what());  // of the dataset, or of a transform before it: with its name
    }
  });
  if (bad) report(*bad, fitting, blame);
  return learnt && !bad;
}

}  // namespace

void fit(const Fitting& fitting, Blame& blame) {
  const train::Transforms& transforms = fitting.transforms;
  for (std::size_t i = 0; i < transforms.count(); ++i)
    if (!fit(transforms.at(i), transform_part(fitting.draft, i), i, fitting, blame)) return;
  if (fitting.model)
    fit(*fitting.model, Part("model", fitting.draft.model), transforms.count(), fitting, blame);
}

}  // namespace assay::experiment
