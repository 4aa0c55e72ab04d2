// Turns records into TensorBoard's events and appends them to an event file. The events have the
// forms that both of TensorBoard's loaders and tbparse can read: scalars are simple values, images
// and text are string tensors, and the first value of each tag in the file states the tag's kind.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "assay/logger.h"
#include "event.pb.h"

namespace assay::tensorboard {

/// Collects whole records in memory and appends them to the file on flush(), or when there are
/// many. An Error of the file passes through; the collected records stay for the next flush.
class EventWriter {
 public:
  /// Begins the file: its version, then the start of a session at `first_step`. On a resume this
  /// makes TensorBoard drop the data of earlier files from that step on.
  EventWriter(LogFile& file, double start_time, std::int64_t first_step);

  /// These throw Error if the wall time is not finite (TensorBoard would abandon the file) or if
  /// the tag was used for records of another kind (TensorBoard would show only one of them). A
  /// scalar is stored as float32.
  void scalar(const Record& record, const Scalar& scalar);
  void image(const Record& record, const Image& image);
  void text(const Record& record, const Text& text);

  /// Adds a value without numbers whose metadata has this content, for TensorBoard's plugin
  /// `hparams`. Its step is 0, so a run that was taken up has the same events as one that was not.
  void hyper_parameters(std::string_view tag, const std::string& content, double wall_time);

  void flush();

 private:
  enum class TagKind : unsigned char { unused, scalars, images, text };

  Summary::Value& begin_value(const Record& record, TagKind kind);
  void describe(Summary::Value& value, const Tag& tag, std::int64_t step, TagKind kind);
  void write();

  LogFile& file_;
  Event event_;  // kept, so that a scalar allocates nothing
  std::string serialized_;
  std::vector<std::byte> records_;
  std::vector<TagKind> kinds_;  // by tag id
};

}  // namespace assay::tensorboard
