// A fuzz target. For any bytes in a config and in the arguments after it, there must be a plan that
// runs again as written, or a problem with its place. It covers the whole way from a file to a
// plan, with the tables of tests/plan/fake_catalogue.h instead of plugin libraries. base.yaml,
// adam.yaml and circle.yaml are beside the config.
//
// A first line `#$ assay run FILE key=value ...`, as in golden cases, gives the arguments.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "runner/plan/load.h"
#include "tests/plan/fake_catalogue.h"
#include "tests/support/temporary_folder.h"

namespace assay::test {
namespace {

void require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "fuzz: broken: %s\n", what);
  std::abort();
}

std::vector<std::string> arguments_of(const std::string& text) {
  constexpr std::string_view start = "#$ ";
  constexpr int before = 3;  // assay run FILE
  if (!text.starts_with(start)) return {};
  std::istringstream line(text.substr(start.size(), text.find('\n') - start.size()));
  std::vector<std::string> words;
  for (std::string word; line >> word;) words.push_back(word);
  words.erase(words.begin(), words.begin() + std::min<std::ptrdiff_t>(before, std::ssize(words)));
  return words;
}

void write(const std::filesystem::path& file, std::string_view text) {
  std::ofstream stream(file, std::ios::binary);
  stream << text;
  require(stream.flush().good(), "a file can be written");
}

// The config, and the files that it may extend or include.
class Files {
 public:
  Files() {
    write(folder_.path() / "base.yaml",
          "dataset: {type: digits, split: {test: 0.25}}\n"
          "model: {type: mlp, hidden: [10, 20]}\n"
          "loss: softmax_cross_entropy\n"
          "optimizer: {type: sgd, learning_rate: 0.1}\n"
          "train: {epochs: 1}\n"
          "hooks: {loss: {type: scalar, tag: Loss, value: test.loss, every: 1}}\n");
    write(folder_.path() / "adam.yaml", "type: adam\nlearning_rate: 0.01\n");
    write(folder_.path() / "circle.yaml", "extends: a.yaml\nseed: 1\n");
  }

  std::optional<const plan::Plan> plan_of(std::string_view text,
                                          const std::vector<std::string>& arguments,
                                          config::Diagnostics& diagnostics) {
    const std::filesystem::path file = folder_.path() / "a.yaml";
    write(file, text);
    return plan::load(file.string(), arguments, catalogue_, diagnostics);
  }

 private:
  TemporaryFolder folder_;
  FakeCatalogue catalogue_;
};

void check(const config::Diagnostics& diagnostics) {
  require(!diagnostics.text(true).empty(), "a problem has words");
  for (const config::Diagnostic& d : diagnostics.sorted()) {
    require(!d.message.empty(), "a problem has a message");
    if (d.where.line == 0) continue;
    require(d.where.source != nullptr, "a line has a source");
    const std::string& text = d.where.source->text;
    require(d.where.line > 0 && d.where.line <= 1 + std::ranges::count(text, '\n') &&
                d.where.column > 0 && d.where.length > 0,
            "a place is in the text");
  }
}

void try_config(Files& files, const std::string& text) {
  config::Diagnostics diagnostics;
  const auto plan = files.plan_of(text, arguments_of(text), diagnostics);
  require(plan.has_value() == diagnostics.empty(), "a plan, or a problem");
  if (!plan) return check(diagnostics);
  const auto again = files.plan_of(plan->yaml, {}, diagnostics);
  require(again.has_value(), "a plan is a config");
  require(again->yaml == plan->yaml, "the plan of a plan is that plan");
}

}  // namespace
}  // namespace assay::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static assay::test::Files files;  // creating them takes longer than reading a config
  assay::test::try_config(files, std::string(data, data + size));
  return 0;
}
