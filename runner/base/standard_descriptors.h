// Standard input, output and error exist, whatever the program was started with.
#pragma once

namespace assay::base {

/// Opens /dev/null as each of the descriptors 0, 1 and 2 that is closed. To be called before
/// anything else is opened: otherwise the first file that the program makes gets such a number, and
/// messages land in it.
void open_standard_descriptors() noexcept;

}  // namespace assay::base
