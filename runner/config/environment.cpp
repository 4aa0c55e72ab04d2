#include "runner/config/environment.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "runner/base/utf8.h"
#include "runner/base/wording.h"
#include "runner/config/reference.h"

namespace assay::config {
namespace {

bool is_text(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto character = base::character_at(text, at);
    if (!character || !base::printable(character->code)) return false;
    at += character->bytes;
  }
  return true;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(' '), text.size());
  return text.substr(begin, text.find_last_not_of(' ') + 1 - begin);
}

}  // namespace

EnvironmentValue environment_value(std::string_view name_and_default) {
  const std::size_t comma = name_and_default.find(',');
  const std::string name(trimmed(name_and_default.substr(0, comma)));
  if (name.empty())
    return {
        {}, "expected the name of an environment variable", "${env:NAME} or ${env:NAME,default}"};
  const char* value = std::getenv(name.c_str());
  if (value != nullptr && !is_text(value))
    return {
        {}, fmt::format("the environment variable {} does not hold text", base::quoted(name)), {}};
  if (value != nullptr) return {escaped(value), {}, {}};
  if (comma == std::string_view::npos)
    return {{},
            fmt::format("the environment variable {} is not set", base::quoted(name)),
            fmt::format("give a default: ${{env:{},default}}", name)};
  return {std::string(trimmed(name_and_default.substr(comma + 1))), {}, {}};
}

}  // namespace assay::config
