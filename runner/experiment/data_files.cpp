#include "runner/experiment/data_files.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <variant>

#include "runner/base/wording.h"

namespace assay::experiment {
namespace {

/// Counts the options of type `path`, including those of groups.
std::size_t path_options(std::span<const Parameter> table) {
  std::size_t count = 0;
  for (const Parameter& parameter : table) {
    if (parameter.type == ParameterType::path) ++count;
    if (parameter.type == ParameterType::group) count += path_options(parameter.group());
  }
  return count;
}

}  // namespace

DataFiles::DataFiles(const plan::ComponentPlan& dataset, std::span<const Parameter> table)
    : options_(path_options(table)) {
  add(dataset.values, table, {});
}

std::optional<DataFile> DataFiles::with(std::string_view part) const {
  if (options_ == 1 && files_.size() == 1) return files_.front();
  const auto found = std::ranges::find(files_, part, &DataFile::option);
  return found == files_.end() ? std::nullopt : std::optional(*found);
}

std::string DataFiles::listed() const {
  if (files_.empty()) return {};
  std::vector<std::string> paths;
  for (const DataFile& file : files_) paths.push_back(file.path);
  return fmt::format("its file{} {}", paths.size() == 1 ? " is" : "s are",
                     fmt::join(paths, " and "));
}

void DataFiles::add(const plan::Values& values, std::span<const Parameter> table,
                    const std::string& group) {
  for (const Parameter& parameter : table)
    if (const plan::Value* value = values.find(parameter.name))
      add(*value, parameter, base::joined(group, parameter.name));
}

void DataFiles::add(const plan::Value& value, const Parameter& parameter,
                    const std::string& option) {
  if (const auto* list = std::get_if<plan::List>(&value.data)) {
    for (std::size_t i = 0; i < list->size(); ++i)
      add((*list)[i], parameter, base::joined(option, std::to_string(i)));
  } else if (const auto* members = std::get_if<plan::Values>(&value.data)) {
    add(*members, parameter.group(), option);
  } else if (const auto* path = std::get_if<std::string>(&value.data);
             path != nullptr && parameter.type == ParameterType::path) {
    files_.push_back({option, *path});
  }
}

std::set<std::string> paths_read_by(const plan::Content& plan, plan::Catalogue& catalogue) {
  std::set<std::string> paths;
  const auto add = [&](const plan::ComponentPlan& component) {
    const DataFiles named(component, catalogue.parameters(component.kind, component.type));
    for (const DataFile& file : named.files())
      if (file.path.starts_with('/')) paths.insert(file.path);
  };
  for (const auto* component : {&plan.dataset, &plan.model, &plan.loss, &plan.optimizer})
    add(*component);
  for (const auto* section : {&plan.transforms, &plan.gradient_transforms, &plan.metrics})
    for (const plan::NamedComponent& each : *section) add(each.component);
  return paths;
}

}  // namespace assay::experiment
