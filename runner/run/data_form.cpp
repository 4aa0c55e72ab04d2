#include "runner/run/data_form.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "assay/error.h"
#include "runner/base/atomic_file.h"
#include "runner/base/digest.h"
#include "runner/base/regular_file.h"
#include "runner/base/shape.h"
#include "runner/base/utf8.h"

namespace assay::run {
namespace {

constexpr const char* file_name = "data.json";
constexpr std::uint64_t most_bytes = std::uint64_t{256} << 20;  // of many classes with long names

nlohmann::ordered_json dimensions_of(const Shape& shape) {
  return std::vector<std::int64_t>(shape.dimensions().begin(), shape.dimensions().end());
}

// Throws nlohmann::json::exception or assay::Error.
Shape shape_in(const nlohmann::json& json) {
  const auto dimensions = json.get<std::vector<std::int64_t>>();
  if (dimensions.size() > Shape::maximum_rank || !base::elements(Shape(dimensions)))
    throw Error(fmt::format("{} is not a shape", json.dump()));
  return Shape(dimensions);
}

DataForm form_in(const nlohmann::json& json) {
  DataForm form;
  form.sample_shape = shape_in(json.at("sample_shape"));
  if (json.contains("value_shape")) {
    form.target = {DType::float32, shape_in(json.at("value_shape")), 0};
    return form;
  }
  for (const nlohmann::json& found : json.at("classes")) {
    form.class_names.push_back(found.at("name").get<std::string>());
    form.class_rows.push_back(found.at("training_rows").get<std::int64_t>());
  }
  if (form.class_names.empty()) throw Error("it has no classes");
  form.target = {DType::int32, {}, static_cast<std::int64_t>(form.class_names.size())};
  return form;
}

}  // namespace

DataForm data_form(const experiment::Experiment& experiment) {
  const data::Description& data = experiment.data;
  return {data.sample_shape, data.target, data.class_names,
          data::rows_by_class(*experiment.splits.at("train"))};
}

std::string write_data_form(const base::Folder& run_folder, const DataForm& form) {
  nlohmann::ordered_json json;
  json["sample_shape"] = dimensions_of(form.sample_shape);
  if (form.target.classes == 0) json["value_shape"] = dimensions_of(form.target.shape);
  for (std::size_t i = 0; i < form.class_names.size(); ++i)
    json["classes"].push_back(
        {{"name", form.class_names[i]}, {"training_rows", form.class_rows[i]}});
  const std::string text =
      json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
  base::write_atomically(run_folder, file_name, text, base::Sync::later);
  return base::digest(text);
}

DataForm read_data_form(const base::Folder& run_folder) {
  if (!run_folder.has(file_name))
    throw Error(
        fmt::format("{}: there is no such file; it has the form of the data that a run was trained "
                    "on. Runs of earlier versions of Assay have none: run the "
                    "experiment again",
                    run_folder.path_of(file_name)));
  const base::RegularFile file(run_folder, file_name);
  const std::string text = file.text(most_bytes);
  const auto damaged = [&](const char* why) {
    return Error(fmt::format("{}: this is not a record of a run's data: {}", file.path(),
                             base::one_line(why)));
  };
  try {
    return form_in(nlohmann::json::parse(text));
  } catch (const nlohmann::json::exception& error) {
    throw damaged(error.what());
  } catch (const Error& error) {
    throw damaged(error.what());
  }
}

}  // namespace assay::run
