// Ensures that standard input, output and error are open, however the program was started.
#pragma once

namespace assay::base {

/// Opens /dev/null as each of the descriptors 0, 1 and 2 that is closed. Call it before anything
/// else is opened: otherwise the first file that the program opens gets such a number, and messages
/// end up in that file.
void open_standard_descriptors() noexcept;

}  // namespace assay::base
