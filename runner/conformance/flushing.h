// Checks that flush() writes out what a logger buffers. Some formats need all records before they
// can write the first one (a table with a column for each tag), so output at close() alone proves
// little. But bytes that later records do not change could have been written before they came.
#pragma once

#include <string>

#include "runner/conformance/subject.h"

namespace assay::conformance {

/// Throws Failed for a logger that has written none of its records after flush(), although most of
/// the content after close() would be the same if more records had followed. Throws NotRun for one
/// that writes no files.
std::string flushes(const Subject& subject);

}  // namespace assay::conformance
