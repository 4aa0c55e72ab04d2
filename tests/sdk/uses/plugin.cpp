#include "assay/plugin.h"

namespace {

struct Words final : assay::FailureSink {
  void set(std::string_view message, std::string_view option) noexcept override {
    right = message == "too large" && option == "rate";
  }
  bool right = false;
};

class Sound final : public assay::Schedule {
 public:
  static constexpr assay::About about = {.name = "sound", .doc = "Works."};
  struct Options {
    assay::Rate rate = 1;
  };
  static constexpr auto table = assay::options(assay::option("rate", &Options::rate, "a number"));
  explicit Sound(const Options& options) : rate_(options.rate) {}
  double value(std::int64_t count) const override { return rate_.at(count); }

 private:
  assay::Rate rate_;
};

}  // namespace

ASSAY_PLUGIN("sound", "1.0.0", "MIT", Sound)

int main() {
  Words words;
  const bool held = assay_plugin_manifest.guard(
      [](void*) { throw assay::OptionError("rate", "too large"); }, nullptr, words);
  return !held && words.right &&
                 assay_plugin_manifest.components_end - assay_plugin_manifest.components == 1 &&
                 assay_plugin_manifest.components[0]->parameter_count == 1
             ? 0
             : 1;
}
