#include "runner/plan/fallback.h"

#include <memory>

#include "runner/config/reader.h"

namespace assay::plan {
namespace {

void forget_places(config::Node& node) {
  node.where = {};
  for (config::Node& element : node.list) forget_places(element);
  for (config::Node::Entry& entry : node.map) {
    entry.where = {};
    forget_places(entry.value);
  }
}

}  // namespace

std::optional<config::Node> fallback_node(const Parameter& parameter, const std::string& key,
                                          config::Diagnostics& diagnostics) {
  const auto source = std::make_shared<const config::Source>(
      config::Source{"the default of " + key, {}, parameter.fallback});
  std::optional<config::Node> node = config::read_value(source, diagnostics);
  if (node) forget_places(*node);
  return node;
}

}  // namespace assay::plan
