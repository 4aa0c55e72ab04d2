// Components that use the SDK's enumerators by their short names, in the class. No
// enumerator has the name of a member that a component inherits or overrides.
#include "assay/logger.h"
#include "assay/loss.h"
#include "assay/model.h"
#include "assay/plugin.h"

namespace {

using namespace assay;

class Naming final : public Logger {
 public:
  using ContentType::histogram;
  static constexpr About about = {.name = "naming", .doc = "Has a file."};
  struct Options {
    std::string_view file;
    std::int64_t every = 1;
  };
  static constexpr auto table = options(required("file", &Options::file, "its name"),
                                        option("every", &Options::every, "steps"));
  explicit Naming(const Options& given) : every_(given.every) {}
  void open(LoggerContext& /*context*/) override {}
  void record(const Record& record) override { every_ += record.type == histogram ? 2 : 1; }
  void progress(const Progress& /*progress*/) override {}

 private:
  std::int64_t every_;
};

class Weighing final : public Loss {
 public:
  using enum Mode;
  static constexpr About about = {.name = "weighing", .doc = "Has a weight."};
  struct Options {
    Rate weight = 1;
  };
  static constexpr auto table = options(option("weight", &Options::weight, "a factor"));
  explicit Weighing(const Options& given) : weight_(given.weight) {}
  std::int64_t outputs(const Target& /*target*/) const override { return 1; }
  LossSum evaluate(MatrixView<const float> /*outputs*/, ConstTensorView) const override {
    return {weight_.at(0), mode_ == evaluation ? 1.0 : 2.0};
  }
  LossSum gradient(MatrixView<const float> outputs, ConstTensorView targets,
                   MatrixView<float> /*d_outputs*/) const override {
    return evaluate(outputs, targets);
  }

 private:
  Rate weight_;
  Mode mode_ = evaluation;
};

}  // namespace

ASSAY_PLUGIN("naming", "1.0.0", "MIT", Naming, Weighing)

int main() { return assay_plugin_manifest.components_end - assay_plugin_manifest.components == 2 ? 0 : 1; }
