#include "assay/detail/component_check.h"

namespace {

struct Nothing {};
static_assert(assay::detail::Kinds<Nothing>::count == 0);
static_assert(!assay::detail::HasAbout<Nothing> && !assay::detail::HasOptions<Nothing>);
static_assert(assay::detail::member_finding<Nothing>().mistake ==
              assay::detail::OptionMistake::none);

}  // namespace

int main() {}
