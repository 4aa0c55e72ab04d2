#include "file_name.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <string_view>
#include <system_error>
#include <utility>

namespace assay::tensorboard {
namespace {

constexpr std::string_view prefix = "events.out.tfevents.";

using Place = std::pair<std::int64_t, std::int64_t>;  // seconds, sequence

// Parses the numbers of a name. Missing numbers count as 0: the order of foreign files is
// irrelevant.
Place place_of(std::string_view file_name) {
  Place place;
  file_name.remove_prefix(prefix.size());
  const char* end = file_name.data() + file_name.size();
  const auto [dot, error] = std::from_chars(file_name.data(), end, place.first);
  if (error == std::errc{} && dot != end) std::from_chars(dot + 1, end, place.second);
  return place;
}

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

}  // namespace

std::string next_file_name(const std::filesystem::path& run_folder, double start_time) {
  Place place = {static_cast<std::int64_t>(start_time), 0};
  std::error_code unreadable;
  for (const auto& entry : std::filesystem::directory_iterator(run_folder, unreadable)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(prefix)) continue;
    const Place taken = place_of(name);
    place = std::max(place, Place(taken.first, taken.second + 1));
  }
  return fmt::format("{}{:010}.{:06}.{}.{}", prefix, place.first, place.second, host_name(),
                     getpid());
}

}  // namespace assay::tensorboard
