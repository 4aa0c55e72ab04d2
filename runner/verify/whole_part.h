// The result of checking a file that is a sequence of records.
#pragma once

#include <cstdint>
#include <string>

namespace assay::verify {

struct WholePart {
  std::uint64_t bytes = 0;    ///< of the records before the first that is not whole
  std::int64_t records = 0;   ///< their number
  std::string problem;        ///< of the record after them; empty if all are whole
  bool is_cut_short = false;  ///< the file ends within that record
};

}  // namespace assay::verify
