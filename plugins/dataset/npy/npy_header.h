// The text in front of the data of a .npy file:
//   {'descr': '<f4', 'fortran_order': False, 'shape': (1797, 8, 8), }
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace assay::npy {

struct Header {
  std::string type;  ///< 'descr', for plain elements
  bool fortran_order = false;
  std::vector<std::int64_t> shape;
};

/// Parses the Python literal in the forms that NumPy writes: the three keys in any order, each
/// once. Throws Error, without the file's name, for anything else.
Header parse_header(std::string_view text);

}  // namespace assay::npy
