#include "runner/conformance/suites.h"

#include <stdexcept>

namespace assay::conformance {

Suite suite_of(const Subject& subject) {
  switch (subject.plan().kind) {
    case Kind::dataset: return dataset_suite(subject);
    case Kind::model: return model_suite(subject);
    case Kind::loss: return loss_suite(subject);
    case Kind::optimizer: return optimizer_suite(subject);
    case Kind::schedule: return schedule_suite(subject);
    case Kind::metric: return metric_suite(subject);
    case Kind::hook: return hook_suite(subject);
    case Kind::renderer: return renderer_suite(subject);
    case Kind::logger: return logger_suite(subject);
    case Kind::launcher: return launcher_suite(subject);
    case Kind::transform: return transform_suite(subject);
    case Kind::gradient_transform: return gradient_transform_suite(subject);
  }
  throw std::logic_error("no suite for this kind");
}

}  // namespace assay::conformance
