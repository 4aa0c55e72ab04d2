#include "runner/base/address_space.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include <algorithm>
#include <charconv>
#include <string_view>

#include "runner/base/line_reader.h"

namespace assay::base {
namespace {

// Finds the line "VmPeak:     1234 kB" of /proc/self/status.
std::uint64_t peak_of_this_process() noexcept {
  constexpr std::string_view key = "VmPeak:";
  LineReader lines("/proc/self/status");
  for (std::string_view line; lines.next(line);) {
    if (!line.starts_with(key)) continue;
    line.remove_prefix(std::min(line.find_first_of("0123456789"), line.size()));
    std::uint64_t kibibytes = 0;
    std::from_chars(line.data(), line.data() + line.size(), kibibytes);
    return kibibytes * 1024;
  }
  return 0;
}

}  // namespace

std::optional<std::uint64_t> soft_limit(decltype(RLIMIT_AS) resource) noexcept {
  rlimit limit{};
  if (::getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return std::nullopt;
  return limit.rlim_cur;
}

bool can_map(std::size_t bytes) noexcept {
  void* const memory =
      ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory != MAP_FAILED && ::munmap(memory, bytes) == 0;
}

std::string limit_on_mapping() {
  const auto address_space = soft_limit(RLIMIT_AS), data = soft_limit(RLIMIT_DATA);
  if (!address_space && !data) return "the machine has no more";
  const bool by_address_space = address_space && (!data || *address_space <= *data);
  return fmt::format("`ulimit {}` allows {:.0f} MB", by_address_space ? "-v" : "-d",
                     static_cast<double>(by_address_space ? *address_space : *data) / 1e6);
}

std::optional<AddressSpace> AddressSpace::of_this_process() noexcept {
  const auto limit = soft_limit(RLIMIT_AS);
  if (!limit) return std::nullopt;
  return AddressSpace{*limit, peak_of_this_process()};
}

bool AddressSpace::has_run_out() const {
  constexpr std::uint64_t little = std::uint64_t{4} << 20;
  return peak + std::max(little, limit / 16) > limit;
}

}  // namespace assay::base
