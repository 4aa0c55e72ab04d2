// Checks that the content of a file matches its name.
#pragma once

#include <string>
#include <string_view>

namespace assay::conformance {

/// Checks by name: JSON (.json), JSON lines (.jsonl), CSV (.csv: RFC 4180, with the same number of
/// fields in every record as in the first), TensorBoard's event files (*tfevents*: TFRecords with
/// checksums). Returns what it found: "66 lines of JSON"; empty for any other name. Throws Failed.
std::string require_readable(std::string_view name, std::string_view content);

}  // namespace assay::conformance
