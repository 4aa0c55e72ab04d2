// Checks the framing of a file of TFRecords, as TensorBoard reads it:
//
//   8 bytes  length of the data, little-endian
//   4 bytes  masked CRC-32C of these 8 bytes
//   data
//   4 bytes  masked CRC-32C of the data
//
// The mask is rotate_right(crc, 15) + 0xa282ead8. The format is that of TensorFlow,
// https://www.tensorflow.org/tutorials/load_data/tfrecord. The meaning of the data is not checked.
#pragma once

#include "runner/base/regular_file.h"
#include "runner/verify/whole_part.h"

namespace assay::verify {

/// Reads the whole file in memory of a fixed size. Throws assay::Error if it cannot be read.
WholePart check_event_file(const base::RegularFile& file);

}  // namespace assay::verify
