#include "runner/picture/number_ids.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>

namespace assay::picture {

std::vector<std::byte> number_ids(std::span<const std::byte> svg) {
  constexpr std::array<std::string_view, 3> marks = {" id=\"", "href=\"#", "url(#"};
  const std::string_view text{reinterpret_cast<const char*>(svg.data()), svg.size()};
  std::vector<std::byte> result;
  result.reserve(svg.size());
  const auto append = [&result](std::string_view part) {
    const auto* first = reinterpret_cast<const std::byte*>(part.data());
    result.insert(result.end(), first, first + part.size());
  };

  std::map<std::string_view, std::size_t> numbers;
  std::size_t done = 0;
  // Every id ends with one of these two characters; embedded images (base64) contain neither.
  for (std::size_t i = 0; (i = text.find_first_of("\"#", i)) != std::string_view::npos;) {
    const std::string_view before = text.substr(0, ++i);
    if (std::ranges::none_of(marks, [=](auto mark) { return before.ends_with(mark); })) continue;
    const std::string_view id = text.substr(i, text.find_first_of("\")", i) - i);
    append(text.substr(done, i - done));
    append(id.substr(0, id.find_first_of("0123456789")));
    append(std::to_string(numbers.try_emplace(id, numbers.size()).first->second));
    done = i += id.size();
  }
  append(text.substr(done));
  return result;
}

}  // namespace assay::picture
