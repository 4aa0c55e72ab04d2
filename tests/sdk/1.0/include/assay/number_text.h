// Numbers in messages for people. An amount (of rows, steps, bytes, ...) and a step are grouped.
// A number that names one thing (a row, a class, a line) is not. A number from a config or from a
// file for programs is written as it stands there.
#pragma once

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>

#include "assay/version.h"

namespace assay {

/// Returns the number with a comma before every three digits: 17610 -> "17,610".
template <std::integral Number>
std::string grouped(Number number) {
  std::string text = std::to_string(number);
  const std::size_t first = text.starts_with('-') ? 1 : 0;
  for (std::size_t place = text.size(); place > first + 3;) text.insert(place -= 3, ",");
  return text;
}

/// Returns the number with what is counted: "1 thread", "2,000 threads".
template <std::integral Number>
std::string counted(Number number, std::string_view noun) {
  return (grouped(number) + ' ').append(noun) + (number == 1 ? "" : "s");
}

}  // namespace assay
