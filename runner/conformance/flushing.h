// Does flush() write out what a logger buffers? Some formats need all records before the first can
// be written (a table with a column for each tag), so that what close() brings says little by
// itself. But what later records do not change could have been written before they came.
#pragma once

#include <string>

#include "runner/conformance/subject.h"

namespace assay::conformance {

/// Throws Failed for a logger of whose records nothing is in its files after flush(), but most of
/// what is there after close() would be the same if more records had followed; NotRun for one that
/// writes no files.
std::string flushes(const Subject& subject);

}  // namespace assay::conformance
