#include "assay/component_check.h"

namespace {

struct Nothing {};
static_assert(assay::detail::Kinds<Nothing>::count == 0);
static_assert(!assay::detail::HasAbout<Nothing> && !assay::detail::HasParameters<Nothing>);
static_assert(assay::detail::table_finding<Nothing>().mistake == assay::TableMistake::none);

}  // namespace

int main() {}
