#include "assay/parameter.h"

int main() {
  static constexpr assay::Parameter members[] = {{.name = "a"}, {.name = "b"}};
  static constexpr assay::Parameter group = {
      .name = "group", .type = assay::ParameterType::group, .members = members, .member_count = 2};
  return group.group().size() == 2 ? 0 : 1;
}
