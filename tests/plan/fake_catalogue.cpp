#include "tests/plan/fake_catalogue.h"

namespace assay::test {
namespace {

using enum ParameterType;

constexpr Parameter digits[] = {
    {.name = "file", .type = path, .doc = "CSV file", .fallback = "assay:digits.csv"}};

constexpr Parameter init[] = {
    {.name = "kernel", .type = choice, .fallback = "lecun_normal", .choices = "lecun_normal|zeros"},
    {.name = "bias", .type = choice, .fallback = "zeros", .choices = "lecun_normal|zeros"}};
constexpr Parameter mlp[] = {
    {.name = "hidden",
     .type = integer,
     .doc = "units of the hidden layers",
     .fallback = "[100, 100]",
     .minimum = 1,
     .list = true},
    {.name = "activation", .type = choice, .fallback = "selu", .choices = "selu|relu|identity"},
    {.name = "init", .type = group, .fallback = "{}", .members = init, .member_count = 2}};

constexpr Parameter sgd[] = {{.name = "learning_rate",
                              .type = rate,
                              .doc = "length of a step",
                              .minimum = 0,
                              .exclusive_minimum = true},
                             {.name = "momentum",
                              .type = number,
                              .fallback = "null",
                              .minimum = 0,
                              .maximum = 1,
                              .exclusive_maximum = true},
                             {.name = "nesterov", .type = boolean, .fallback = "false"}};
constexpr Parameter adam[] = {{.name = "learning_rate", .type = rate, .minimum = 0},
                              {.name = "eps", .type = number, .fallback = "1e-8"}};

constexpr Parameter constant[] = {{.name = "value", .type = number}};
constexpr Parameter cosine[] = {{.name = "init_value", .type = number},
                                {.name = "decay_steps", .type = integer, .minimum = 1}};
constexpr Parameter warmup_cosine[] = {
    {.name = "init_value", .type = number},
    {.name = "peak_value", .type = number},
    {.name = "warmup_steps", .type = integer, .minimum = 0},
    {.name = "decay_steps", .type = integer, .fallback = "null", .minimum = 1},
    {.name = "end_value", .type = number, .fallback = "0"}};

constexpr Parameter standardize[] = {{.name = "with_mean", .type = boolean, .fallback = "true"}};
constexpr Parameter clip[] = {{.name = "max_norm", .type = rate, .fallback = "1", .minimum = 0}};
constexpr Parameter top_k[] = {{.name = "k", .type = integer, .minimum = 1}};

constexpr Parameter scalar[] = {{.name = "tag", .type = tag, .doc = "name in the logs"},
                                {.name = "value", .type = value, .doc = "what to log"}};
constexpr Parameter image[] = {
    {.name = "tag", .type = tag},
    {.name = "renderer", .type = component, .kind = Kind::renderer},
    {.name = "save", .type = choice, .fallback = "[]", .list = true, .choices = "png|svg|pdf"}};
constexpr Parameter sheet[] = {
    {.name = "split", .type = text, .fallback = "test"},
    {.name = "rows", .type = integer, .fallback = "10", .minimum = 1},
    {.name = "columns", .type = integer, .fallback = "10", .minimum = 1}};

}  // namespace

FakeCatalogue::FakeCatalogue() {
  add(Kind::dataset, "digits", digits);
  add(Kind::model, "mlp", mlp);
  add(Kind::loss, "softmax_cross_entropy", {});
  add(Kind::transform, "standardize", standardize);
  add(Kind::gradient_transform, "clip", clip);
  add(Kind::optimizer, "sgd", sgd);
  add(Kind::optimizer, "adam", adam);
  add(Kind::optimizer, "broken", {});
  add(Kind::schedule, "constant", constant);
  add(Kind::schedule, "cosine", cosine);
  add(Kind::schedule, "warmup_cosine", warmup_cosine);
  add(Kind::metric, "loss", {});
  add(Kind::metric, "accuracy", {});
  add(Kind::metric, "top_k", top_k);
  add(Kind::hook, "scalar", scalar);
  add(Kind::hook, "image", image);
  add(Kind::renderer, "sheet", sheet);
  add(Kind::renderer, "test_sheet", sheet);
  add(Kind::logger, "console", {});
  add(Kind::logger, "tensorboard", {});
  add(Kind::logger, "jsonl", {});
}

std::vector<std::string> FakeCatalogue::names(Kind kind) {
  std::vector<std::string> result;
  for (const auto& [key, table] : tables_)
    if (key.first == kind) result.push_back(key.second);
  return result;
}

std::span<const Parameter> FakeCatalogue::parameters(Kind kind, std::string_view name) {
  if (name == "broken")
    throw std::runtime_error("broken.so: built for SDK 7, this is SDK 1: rebuild it");
  return tables_.at({kind, std::string(name)});
}

}  // namespace assay::test
