// Turns records into TensorBoard's events and appends them to an event file. The shapes of the
// events are those that both of TensorBoard's loaders and tbparse read: scalars as simple values,
// images and text as string tensors, each tag's kind told with its first value in the file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "assay/logger.h"
#include "event.pb.h"

namespace assay::tensorboard {

/// Collects whole records in memory and appends them to the file on flush(), or when many have
/// come. An Error of the file's passes through and leaves what was collected for the next flush.
class EventWriter {
 public:
  /// Begins the file: its version, then the start of a session at `first_step`, so that on a resume
  /// TensorBoard forgets what an earlier file says of that step and later ones.
  EventWriter(LogFile& file, double start_time, std::int64_t first_step);

  /// These throw Error when the wall time is not finite (TensorBoard would give up the file) or
  /// when the tag was used for records of another kind (TensorBoard would show one of them only).
  /// A scalar is stored as float32.
  void scalar(const ScalarRecord& record);
  void image(const ImageRecord& record);
  void text(const TextRecord& record);

  void flush();

 private:
  enum class TagKind : unsigned char { unused, scalars, images, text };

  template <class Record>
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
