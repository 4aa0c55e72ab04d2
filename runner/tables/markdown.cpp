#include "runner/tables/markdown.h"

#include <fmt/format.h>

#include <string_view>

#include "runner/plan/expectation.h"
#include "runner/plan/schema.h"
#include "runner/tables/example.h"
#include "runner/tables/type_text.h"

namespace assay::tables {
namespace {

// Escapes text within a table cell.
std::string cell(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '|' || c == '<' || c == '*') result += '\\';
    result += c == '\n' ? ' ' : c;
  }
  return result;
}

// Formats code within a table cell: only the bar has a special meaning there.
std::string code(std::string_view text) {
  std::string result = "`";
  for (const char c : text) result += c == '|' ? "\\|" : std::string(1, c);
  return result + "`";
}

std::string default_cell(const Parameter& p) {
  if (&p == &plan::parameter(plan::experiment_parameters(), "name")) return "the file's name";
  return p.fallback == nullptr ? "**required**" : code(p.fallback);
}

void add_rows(std::span<const Parameter> table, const std::string& prefix, std::string& text) {
  for (const Parameter& p : table) {
    const bool group = p.type == ParameterType::group;
    const bool choice = p.type == ParameterType::choice && !p.list;
    text +=
        fmt::format("| {} | {} | {} | {} |\n", code(prefix + p.name),
                    choice ? code(p.choices) : cell(type_text(p)), default_cell(p), cell(p.doc));
    if (group) add_rows(p.group(), prefix + p.name + ".", text);
  }
}

std::string table(std::span<const Parameter> parameters) {
  std::string text = "| key | type | default | |\n|---|---|---|---|\n";
  add_rows(parameters, "", text);
  return text;
}

std::string section(Kind kind, std::span<const ComponentTable> components) {
  std::string title = plan::plural(kind);
  title[0] = static_cast<char>(title[0] - 'a' + 'A');
  std::string text = fmt::format("\n## {}\n", title);
  if (const auto beside = plan::common_parameters(kind); !beside.empty())
    text += fmt::format("\nBesides its own options, every {} takes:\n\n{}", plan::in_words(kind),
                        table(beside));
  for (const ComponentTable& c : components) {
    if (c.kind != kind) continue;
    text += fmt::format(
        "\n### {} `{}`\n\n{}\n\n{}\n```yaml\n{}```\n", name_of(kind), c.name, cell(c.doc),
        c.parameters.empty() ? "It has no options.\n" : table(c.parameters), example(c));
  }
  return text;
}

constexpr std::string_view head =
    R"(<!-- Made by `assay plugins reference`; do not edit: `./dev reference` writes it anew. -->
# What a config may say

A component is named where it is used: `optimizer: {type: sgd, learning_rate: 0.1}`, or
`loss: softmax_cross_entropy` when no option is to be given. Unknown keys are errors. A word in
capitals in an example is for you to replace. `assay plugins describe NAME` prints the same for any
plugin, and `assay plugins schema` as a JSON Schema for editors.

## The experiment

)";

// The keys that no table has: they are about files and runs, and stand in no plan.
constexpr std::string_view beside_the_plan = R"text(
Two more keys stand in configs and in no plan:

| key | |
|---|---|
| `extends` | a config, or a list of them, that this one changes ([configs.md](configs.md#extends)) |
| `sweep` | keys and their values, for `assay batch`: `{optimizer.learning_rate: [0.01, 0.1], seed: "range(0,5)"}` ([batches.md](batches.md#a-sweep-in-a-config)) |
)text";

}  // namespace

std::string markdown(std::span<const ComponentTable> components) {
  std::string text = std::string(head) + table(plan::experiment_parameters());
  text += beside_the_plan;
  for (std::size_t k = 0; k < kind_names.size(); ++k)
    text += section(static_cast<Kind>(k), components);
  return text;
}

}  // namespace assay::tables
