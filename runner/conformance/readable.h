// Whether the bytes of a file are what its name says.
#pragma once

#include <string>
#include <string_view>

namespace assay::conformance {

/// By its name: JSON (.json), JSON lines (.jsonl), CSV (.csv: RFC 4180, and as many fields in every
/// record as in the first), TensorBoard's event files (*tfevents*: TFRecords with their checksums).
/// Says what was found in it: "66 lines of JSON"; empty for any other name. Throws Failed.
std::string require_readable(std::string_view name, std::string_view content);

}  // namespace assay::conformance
