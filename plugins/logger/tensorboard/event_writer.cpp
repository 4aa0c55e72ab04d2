#include "event_writer.h"

#include <fmt/format.h>

#include <cmath>
#include <span>
#include <string_view>

#include "assay/error.h"
#include "record.h"

namespace assay::tensorboard {
namespace {

constexpr std::size_t flush_size = 32 * 1024;

constexpr std::string_view plugin_names[] = {"", "scalars", "images", "text"};
constexpr SummaryMetadata::DataClass data_classes[] = {
    SummaryMetadata::UNKNOWN, SummaryMetadata::SCALAR, SummaryMetadata::BLOB_SEQUENCE,
    SummaryMetadata::TENSOR};

void check_wall_time(double wall_time, std::string_view where, std::int64_t step) {
  if (!std::isfinite(wall_time))
    throw Error(fmt::format("{} at step {}: the wall time is {}, expected seconds since 1970",
                            where, step, wall_time));
}

void add_string(Tensor& tensor, std::string_view text) {
  tensor.add_string_val(text.data(), text.size());
}

}  // namespace

EventWriter::EventWriter(LogFile& file, double start_time, std::int64_t first_step) : file_(file) {
  check_wall_time(start_time, "the start of the event file", first_step);
  event_.set_wall_time(start_time);
  event_.set_file_version("brain.Event:2");
  event_.mutable_source_metadata()->set_writer("assay.plugins.logger.tensorboard");
  write();
  event_.clear_source_metadata();
  event_.set_step(first_step);
  event_.mutable_session_log()->set_status(SessionLog::START);
  write();
  event_.mutable_summary()->add_value();
  flush();
}

void EventWriter::scalar(const Record& record, const Scalar& scalar) {
  begin_value(record, TagKind::scalars).set_simple_value(static_cast<float>(scalar.value));
  write();
}

void EventWriter::image(const Record& record, const Image& image) {
  Tensor& tensor = *begin_value(record, TagKind::images).mutable_tensor();
  tensor.set_dtype(Tensor::STRING);
  tensor.mutable_tensor_shape()->add_dim()->set_size(3);
  add_string(tensor, std::to_string(image.width));
  add_string(tensor, std::to_string(image.height));
  tensor.add_string_val(image.png.data(), image.png.size());
  write();
}

void EventWriter::text(const Record& record, const Text& text) {
  Tensor& tensor = *begin_value(record, TagKind::text).mutable_tensor();
  tensor.set_dtype(Tensor::STRING);
  tensor.mutable_tensor_shape();  // present and without dimensions: a single text
  add_string(tensor, text.markdown);
  write();
}

void EventWriter::hyper_parameters(std::string_view tag, const std::string& content,
                                   double wall_time) {
  check_wall_time(wall_time, tag, 0);
  event_.set_wall_time(wall_time);
  event_.set_step(0);
  Summary::Value& value = *event_.mutable_summary()->mutable_value(0);
  value.set_tag(tag.data(), tag.size());
  SummaryMetadata& metadata = *value.mutable_metadata();
  metadata.set_data_class(SummaryMetadata::TENSOR);
  metadata.mutable_plugin_data()->set_plugin_name("hparams");
  metadata.mutable_plugin_data()->set_content(content);
  Tensor& tensor = *value.mutable_tensor();
  tensor.set_dtype(Tensor::FLOAT);
  tensor.mutable_tensor_shape()->add_dim()->set_size(0);
  write();
  value.Clear();
}

void EventWriter::flush() {
  if (records_.empty()) return;
  file_.append(records_);
  records_.clear();
}

// Begins the event's value: everything except its content.
Summary::Value& EventWriter::begin_value(const Record& record, TagKind kind) {
  check_wall_time(record.wall_time, record.tag.name, record.step);
  event_.set_wall_time(record.wall_time);
  event_.set_step(record.step);
  Summary::Value& value = *event_.mutable_summary()->mutable_value(0);
  value.set_tag(record.tag.name.data(), record.tag.name.size());
  value.clear_value();
  describe(value, record.tag, record.step, kind);
  return value;
}

void EventWriter::describe(Summary::Value& value, const Tag& tag, std::int64_t step, TagKind kind) {
  if (tag.id >= kinds_.size()) kinds_.resize(tag.id + 1, TagKind::unused);
  TagKind& known = kinds_[tag.id];
  if (known == kind) return value.clear_metadata();
  const auto index = static_cast<std::size_t>(kind);
  if (known != TagKind::unused)
    throw Error(fmt::format(
        "tag '{}' at step {}: it holds {} and cannot hold {} too; give the two hooks different "
        "tags",
        tag.name, step, plugin_names[static_cast<std::size_t>(known)], plugin_names[index]));
  if (tag.name.starts_with("_hparams_/"))
    throw Error(fmt::format(
        "tag '{}' at step {}: TensorBoard keeps the tags that begin with _hparams_/ for "
        "hyper-parameters; give the hook another tag",
        tag.name, step));
  known = kind;
  SummaryMetadata& metadata = *value.mutable_metadata();
  metadata.mutable_plugin_data()->set_plugin_name(std::string(plugin_names[index]));
  metadata.set_data_class(data_classes[index]);
}

void EventWriter::write() {
  if (!event_.SerializeToString(&serialized_))
    throw Error(fmt::format("an event of step {} is larger than 2 GiB, the most a record can hold",
                            event_.step()));
  append_record(records_, std::as_bytes(std::span(serialized_)));
  if (records_.size() >= flush_size) flush();
}

}  // namespace assay::tensorboard
