#include "runner/experiment/described_model.h"

#include "assay/dataset.h"
#include "assay/loss.h"
#include "assay/model.h"
#include "assay/transform.h"
#include "runner/data/rows.h"
#include "runner/train/transforms.h"

namespace assay::experiment {

DescribedModel described_model(const plan::Plan& plan, plugin_host::PluginHost& host) {
  const auto dataset = host.create<Dataset>(plan.dataset);
  const data::Description data = data::describe(dataset);
  const auto loss = host.create<Loss>(plan.loss);
  const auto outputs = loss.call([&](const Loss& l) { return l.outputs(data.target); });
  train::Transforms transforms(data.sample_shape, plan.seed);
  for (const auto& [name, component] : plan.transforms)
    transforms.add(host.create<Transform>(component));
  const auto model = host.create<Model>(plan.model);
  DescribedModel described{train::describe(model, transforms.shape(), outputs), {}};
  described.buffers.declare(model.object(), "buffers");
  return described;
}

}  // namespace assay::experiment
