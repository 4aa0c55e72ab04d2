#include "runner/train/model_description.h"

#include <fmt/ranges.h>

#include <string>
#include <unordered_set>

#include "assay/error.h"
#include "assay/text.h"
#include "runner/base/shape.h"

namespace assay::train {
namespace {

class Builder final : public ModelBuilder {
 public:
  Builder(ModelDescription& out, const plugin_host::Handle<Model>& model)
      : out_(out), model_(model) {}

  Shape sample() const override { return out_.sample; }
  std::int64_t outputs() const override { return out_.outputs; }

  int parameter(std::string_view name, const Shape& shape, Role role, Initializer init) override {
    const std::string shown = model_.masked(name);
    if (name.empty() || !is_line(name))
      complain(
          fmt::format("parameter {} has no name that is one line of text", out_.parameters.size()));
    if (!names_.emplace(shown).second)
      complain(fmt::format("parameter '{}' is declared twice", name));
    check(shape, fmt::format("parameter '{}'", name));
    out_.parameters.push_back({shown, shape, role, init});
    weights_ += shape.elements();
    if (!base::elements({weights_})) complain("there are more than 2^56 weights");
    return static_cast<int>(out_.parameters.size()) - 1;
  }

  void layer(const Layer& layer) override {
    for (const std::string_view text : {layer.name, layer.operation, layer.activation})
      if (!is_line(text))
        complain(
            fmt::format("the name, operation or activation of layer {} is not one line of text",
                        out_.layers.size()));
    for (const int p : layer.parameters)
      if (p < 0 || p >= static_cast<int>(out_.parameters.size()))
        complain(
            fmt::format("layer '{}' names parameter {}, which is not declared", layer.name, p));
    check(layer.input, fmt::format("layer '{}': its input", layer.name));
    check(layer.output, fmt::format("layer '{}': its output", layer.name));
    out_.layers.push_back({model_.masked(layer.name),
                           model_.masked(layer.operation),
                           model_.masked(layer.activation),
                           layer.input,
                           layer.output,
                           {layer.parameters.begin(), layer.parameters.end()}});
  }

  bool complained() const { return complained_; }

 private:
  void check(const Shape& shape, const std::string& what) {
    if (!base::elements(shape))
      complain(
          fmt::format("{} has the shape {}; expected dimensions of 1 or more, and no more "
                      "than 2^56 elements",
                      what, fmt::join(shape.dimensions(), "x")));
  }
  [[noreturn]] void complain(const std::string& text) {
    complained_ = true;
    throw Error(text);
  }

  ModelDescription& out_;
  const plugin_host::Handle<Model>& model_;
  std::unordered_set<std::string> names_;  // of the parameters
  std::int64_t weights_ = 0;               // in all of them
  bool complained_ = false;
};

}  // namespace

ModelDescription describe(const plugin_host::Handle<Model>& model, const Shape& sample,
                          std::int64_t outputs) {
  ModelDescription description;
  description.sample = sample;
  description.outputs = outputs;
  Builder builder(description, model);
  try {
    model.call([&](Model& m) { m.build(builder); });
  } catch (const plugin_host::ComponentError& error) {
    if (!builder.complained()) throw;
    throw UnsoundModel(error.who(), error.message(), error.option());
  }
  return description;
}

}  // namespace assay::train
