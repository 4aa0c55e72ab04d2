#include "runner/plan/schema.h"

#include <algorithm>
#include <stdexcept>

namespace assay::plan {
namespace {

using enum ParameterType;

constexpr Parameter split_members[] = {
    {.name = "test",
     .type = number,
     .doc = "share of all rows to hold back from training for the test split",
     .fallback = "0",
     .minimum = 0,
     .maximum = 1,
     .exclusive_maximum = true},
    {.name = "validation",
     .type = number,
     .doc = "share of all rows to hold back from training for the validation split",
     .fallback = "0",
     .minimum = 0,
     .maximum = 1,
     .exclusive_maximum = true},
    {.name = "seed",
     .type = integer,
     .doc = "seed that decides which rows go to which split",
     .fallback = "0",
     .minimum = 0},
};

constexpr Parameter split_table[] = {
    {.name = "split",
     .type = group,
     .doc = "the rows to hold back from training; null: as the dataset defines it",
     .fallback = "null",
     .members = split_members,
     .member_count = std::size(split_members)},
};

constexpr Parameter trigger_table[] = {
    {.name = "every",
     .type = integer,
     .doc = "fires at steps n, 2n, 3n, ...",
     .fallback = "null",
     .minimum = 1},
    {.name = "every_epoch",
     .type = integer,
     .doc = "fires after every n-th epoch",
     .fallback = "null",
     .minimum = 1},
    {.name = "times",
     .type = integer,
     .doc = "fires at n steps, spread evenly over the run and including the last one; with `every` "
            "or `every_epoch`, at no more than n of their steps",
     .fallback = "null",
     .minimum = 1},
    {.name = "at",
     .type = integer,
     .doc = "further steps at which it fires: one, or a list; 0 is before training",
     .fallback = "[]",
     .minimum = 0,
     .list = true},
    {.name = "from",
     .type = integer,
     .doc = "`every`, `every_epoch` and `times` do not fire before this step",
     .fallback = "null",
     .minimum = 0},
    {.name = "until",
     .type = integer,
     .doc = "`every`, `every_epoch` and `times` do not fire after this step",
     .fallback = "null",
     .minimum = 0},
    {.name = "at_end",
     .type = boolean,
     .doc = "fires after the last step of a finished run",
     .fallback = "false"},
};

constexpr Parameter rename_members[] = {
    {.name = "from", .type = text, .doc = "names in the file; each * stands for any text"},
    {.name = "to",
     .type = text,
     .doc = "names in the model; each * stands for the same text as in `from`; null: left out",
     .fallback = "null"},
};

constexpr Parameter init_from_members[] = {
    {.name = "file",
     .type = path,
     .doc = "a safetensors file: a checkpoint, or one from any program"},
    {.name = "rename",
     .type = group,
     .doc = "map of patterns, {\"encoder.*\": \"layer1.*\"}: names in the file to names in the "
            "model; the first that fits counts, and null leaves tensors out",
     .fallback = "[]",
     .list = true,
     .members = rename_members,
     .member_count = std::size(rename_members)},
    {.name = "missing",
     .type = text,
     .doc = "patterns of weights that the file may lack, which are random then; or `allow`",
     .fallback = "[]",
     .list = true},
    {.name = "extra",
     .type = text,
     .doc = "patterns of tensors that the model may lack, after renaming; or `allow`",
     .fallback = "[]",
     .list = true},
};

constexpr Parameter init_table[] = {
    {.name = "init_from",
     .type = group,
     .doc = "the file with the weights to begin with, or a map; null: random weights",
     .fallback = "null",
     .members = init_from_members,
     .member_count = std::size(init_from_members)},
};

constexpr Parameter rates_members[] = {
    {.name = "weights", .type = text, .doc = "names of the weights; each * stands for any text"},
    {.name = "factor",
     .type = number,
     .doc = "the factor by which their learning rate is multiplied",
     .minimum = 0,
     .exclusive_minimum = true},
};

constexpr Parameter tuning_table[] = {
    {.name = "freeze",
     .type = text,
     .doc = "patterns of weights that stay as they are, such as \"layer1.*\"",
     .fallback = "[]",
     .list = true},
    {.name = "rates",
     .type = group,
     .doc = "map of patterns, {\"layer1.*\": 0.1}: factors of the learning rate for these weights; "
            "the last that fits counts",
     .fallback = "[]",
     .list = true,
     .members = rates_members,
     .member_count = std::size(rates_members)},
};

constexpr Parameter train_members[] = {
    {.name = "epochs",
     .type = integer,
     .doc = "passes over the training split; give this or `steps`",
     .fallback = "null",
     .minimum = 1},
    {.name = "steps",
     .type = integer,
     .doc = "updates of the weights; give this or `epochs`",
     .fallback = "null",
     .minimum = 1},
    {.name = "batch_size",
     .type = integer,
     .doc = "rows of one step, or `all`; a number larger than the split means all, with a warning",
     .fallback = "all",
     .minimum = 1,
     .choices = "all"},
    {.name = "shuffle",
     .type = boolean,
     .doc = "new order of the rows in every epoch, decided by the seed",
     .fallback = "true"},
    {.name = "on_nan",
     .type = choice,
     .doc = "what to do when the loss is not finite",
     .fallback = "stop",
     .choices = "stop|ignore"},
    {.name = "lanes",
     .type = integer,
     .doc = "shares of a batch that are summed in order; null: chosen by the shapes",
     .fallback = "null",
     .minimum = 1,
     .maximum = 4096},
    {.name = "block_rows",
     .type = integer,
     .doc = "rows that the model works on at once; null: chosen by the model",
     .fallback = "null",
     .minimum = 1,
     .maximum = 1048576},
};

constexpr Parameter best_members[] = {
    {.name = "value", .type = value, .doc = "a value that a hook reads, such as test.accuracy"},
    {.name = "mode",
     .type = choice,
     .doc = "whether the largest or the smallest value is the best",
     .choices = "max|min"},
};

constexpr Parameter checkpoint_members[] = {
    {.name = "every",
     .type = integer,
     .doc = "steps from one checkpoint to the next",
     .fallback = "null",
     .minimum = 1},
    {.name = "every_epoch",
     .type = integer,
     .doc = "epochs from one checkpoint to the next",
     .fallback = "null",
     .minimum = 1},
    {.name = "every_seconds",
     .type = integer,
     .doc = "seconds from one checkpoint to the next, or `never`",
     .fallback = "300",
     .minimum = 1,
     .choices = "never"},
    {.name = "at_end",
     .type = boolean,
     .doc =
         "save one when the run finishes or is asked to stop; false: save the weights alone then",
     .fallback = "true"},
    {.name = "keep",
     .type = integer,
     .doc = "the number of checkpoints to keep, the newest ones",
     .fallback = "2",
     .minimum = 1},
    {.name = "best",
     .type = group,
     .doc = "the checkpoint with the best value is kept as well",
     .fallback = "null",
     .members = best_members,
     .member_count = std::size(best_members)},
};

constexpr Parameter experiment_table[] = {
    {.name = "name", .type = text, .doc = "name of the experiment; default: the name of the file"},
    {.name = "seed",
     .type = integer,
     .doc =
         "seed for the initial weights, the order of the rows and everything else that is random",
     .fallback = "0",
     .minimum = 0},
    {.name = "run_dir",
     .type = text,
     .doc = "the folder of a run, relative to the working folder; ~/ is your home folder",
     .fallback = "runs/${name}/${now:%Y%m%d-%H%M%S}"},
    {.name = "resume",
     .type = boolean,
     .doc = "if the run folder already has a run of this config, continue it; needs a `run_dir` "
            "without a time",
     .fallback = "false"},
    {.name = "threads",
     .type = integer,
     .doc = "the largest number of threads; null: one per core. A run uses as many as make it "
            "faster; the result does not depend on it",
     .fallback = "null",
     .minimum = 1,
     .maximum = 1024},
    {.name = "kernels",
     .type = choice,
     .doc = "the vector instructions to use; null: the best that the CPU has",
     .fallback = "null",
     .choices = "generic|avx2|avx512"},
    {.name = "dataset", .type = component, .doc = "the data to learn from", .kind = Kind::dataset},
    {.name = "transforms",
     .type = component,
     .doc = "map by name, or list: changes of the samples before the model gets them, in order",
     .fallback = "[]",
     .list = true,
     .kind = Kind::transform},
    {.name = "model", .type = component, .doc = "the model to train", .kind = Kind::model},
    {.name = "loss",
     .type = component,
     .doc = "the loss that training minimizes",
     .kind = Kind::loss},
    {.name = "gradient_transforms",
     .type = component,
     .doc = "map by name, or list: changes of the gradient before the optimizer gets it, in order",
     .fallback = "[]",
     .list = true,
     .kind = Kind::gradient_transform},
    {.name = "optimizer",
     .type = component,
     .doc = "how the weights are updated",
     .kind = Kind::optimizer},
    {.name = "train",
     .type = group,
     .doc = "the length of training and the size of batches",
     .fallback = "{}",
     .members = train_members,
     .member_count = std::size(train_members)},
    {.name = "checkpoints",
     .type = group,
     .doc = "when the state of the run is saved, so that `assay resume` can continue it",
     .fallback = "{}",
     .members = checkpoint_members,
     .member_count = std::size(checkpoint_members)},
    {.name = "metrics",
     .type = component,
     .doc = "map by name: what to measure besides loss and accuracy",
     .fallback = "{}",
     .list = true,
     .kind = Kind::metric},
    {.name = "hooks",
     .type = component,
     .doc = "map by name, or list: what happens at which steps; {}: nothing",
     .fallback = "{train_loss: {type: scalar, tag: loss/train, value: epoch.loss, every_epoch: 1, "
                 "times: 1000, at_end: true}, eval_loss: {type: scalar, tag: loss/eval, value: "
                 "eval.loss, times: 100}}",
     .list = true,
     .kind = Kind::hook},
    {.name = "loggers",
     .type = component,
     .doc = "map by name, or list: where records go",
     .fallback = "[console, tensorboard, jsonl]",
     .list = true,
     .kind = Kind::logger},
};

bool has(std::span<const Parameter> table, std::string_view name) {
  return std::any_of(table.begin(), table.end(),
                     [name](const Parameter& p) { return p.name == name; });
}

}  // namespace

std::span<const Parameter> experiment_parameters() { return experiment_table; }
std::span<const Parameter> trigger_parameters() { return trigger_table; }
std::span<const Parameter> split_parameters() { return split_table; }
std::span<const Parameter> init_parameters() { return init_table; }
std::span<const Parameter> tuning_parameters() { return tuning_table; }

std::span<const Parameter> common_parameters(Kind kind) {
  if (kind == Kind::hook) return trigger_parameters();
  if (kind == Kind::dataset) return split_parameters();
  if (kind == Kind::model) return init_parameters();
  if (kind == Kind::optimizer) return tuning_parameters();
  return {};
}

ShortForm short_form(const Parameter& p) {
  const auto is = [&p](std::span<const Parameter> table, std::string_view name) {
    return &p == &parameter(table, name);
  };
  if (is(trigger_table, "at") || is(tuning_table, "freeze")) return ShortForm::element;
  if (is(init_from_members, "missing") || is(init_from_members, "extra")) return ShortForm::words;
  if (is(init_table, "init_from")) return ShortForm::member;
  if (is(init_from_members, "rename") || is(tuning_table, "rates")) return ShortForm::pairs;
  return ShortForm::none;
}

const Parameter& parameter(std::span<const Parameter> table, std::string_view name) {
  for (const Parameter& p : table)
    if (p.name == name) return p;
  throw std::logic_error("no parameter " + std::string(name));
}

bool stays_with_place(std::span<const std::string> path, std::string_view option) {
  if (path.size() == 1 && path[0] == "dataset") return has(split_table, option);
  if (path.size() == 1 && path[0] == "model") return has(init_table, option);
  if (path.size() == 1 && path[0] == "optimizer") return has(tuning_table, option);
  if (path.size() == 2 && path[0] == "hooks") return has(trigger_table, option);
  return false;
}

}  // namespace assay::plan
