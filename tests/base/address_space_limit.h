// `ulimit -v` for as long as it lives.
#pragma once

#include <sys/resource.h>

#include <cstddef>
#include <fstream>
#include <string>

namespace assay::test {

class AddressSpaceLimit {
 public:
  /// Leaves room for so many bytes beside what is mapped now.
  explicit AddressSpaceLimit(std::size_t left) {
    std::size_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    getrlimit(RLIMIT_AS, &before_);
    const rlimit now{pages * 4096 + left, before_.rlim_max};
    setrlimit(RLIMIT_AS, &now);
  }
  AddressSpaceLimit(const AddressSpaceLimit&) = delete;
  AddressSpaceLimit& operator=(const AddressSpaceLimit&) = delete;
  ~AddressSpaceLimit() { setrlimit(RLIMIT_AS, &before_); }

 private:
  rlimit before_{};
};

}  // namespace assay::test
