// A fuzz target: whatever bytes stand in a config and in the arguments after it, there is a plan
// that runs again as written, or a problem with its place. All of the way from YAML to a plan, with
// the tables of tests/plan/fake_catalogue.h in place of plugin libraries.
//
// A first line `#$ assay run FILE key=value ...`, as golden cases have it, gives the arguments.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "runner/config/overrides.h"
#include "runner/config/reader.h"
#include "runner/plan/make_plan.h"
#include "runner/plan/schema.h"
#include "tests/plan/fake_catalogue.h"

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

std::optional<plan::Plan> plan_of(const std::string& text,
                                  const std::vector<std::string>& arguments,
                                  config::Diagnostics& diagnostics) {
  static FakeCatalogue catalogue;  // it never changes, and making it takes longer than a config
  auto config = config::read_text("a.yaml", "/configs/a.yaml", text, diagnostics);
  if (!config) return std::nullopt;
  config::apply_overrides(*config, arguments, plan::stays_with_place, diagnostics);
  std::optional<plan::Plan> plan = plan::make_plan(*config, catalogue, diagnostics);
  if (!diagnostics.empty()) plan.reset();
  return plan;
}

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

void try_config(const std::string& text) {
  config::Diagnostics diagnostics;
  const auto plan = plan_of(text, arguments_of(text), diagnostics);
  require(plan.has_value() == diagnostics.empty(), "a plan, or a problem");
  if (!plan) return check(diagnostics);
  const auto again = plan_of(plan->yaml, {}, diagnostics);
  require(again.has_value(), "a plan is a config");
  require(again->yaml == plan->yaml, "the plan of a plan is that plan");
}

}  // namespace
}  // namespace assay::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  assay::test::try_config(std::string(data, data + size));
  return 0;
}
