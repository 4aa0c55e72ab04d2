// Checks files of pictures: PNG (https://www.w3.org/TR/png-3/), SVG and PDF.
#pragma once

#include <cstdint>
#include <string>

#include "runner/base/regular_file.h"

namespace assay::verify {

struct PictureProblem {
  std::uint64_t at = 0;  ///< byte of the file
  std::string text;      ///< empty if the picture is whole
};

/// Returns true if the name ends in .png, .svg or .pdf.
bool is_picture(const std::string& name);

/// Checks the signature of a PNG and the CRC of each of its chunks. The other formats have no
/// checksums: for these it checks that the file begins and ends as its format requires. Throws
/// assay::Error if the file cannot be read.
PictureProblem check_picture(const base::RegularFile& file, const std::string& name);

}  // namespace assay::verify
