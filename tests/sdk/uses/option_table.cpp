#include "assay/detail/option_table.h"

namespace {

using namespace assay;

enum class Way { sum, mean };

struct Group {
  double share = 0.5;
  Way way = Way::mean;
  static constexpr auto table =
      options(option("share", &Group::share, "a share"),
              option("way", &Group::way, "a way", {.choices = "sum|mean"}));
};
struct Mine {
  struct Options {
    std::vector<std::int64_t> hidden = {100, 50};
    Group group{0.25, Way::sum};
    std::vector<Group> groups = {Group{}};
    std::optional<std::vector<std::string_view>> names;
  };
  static constexpr auto table =
      options(option("hidden", &Options::hidden, ""), option("group", &Options::group, ""),
              option("groups", &Options::groups, ""), option("names", &Options::names, ""));
};
using Table = detail::ParameterTable<detail::Initial<Mine::Options>, Mine>;

static_assert(detail::find_option_mistake<detail::Initial<Mine::Options>, Mine>().mistake ==
              detail::OptionMistake::none);

bool has_default(const Parameter& p, std::string_view name, std::string_view text) {
  return p.name == name && p.fallback == text;
}

}  // namespace

int main() {
  const auto& [hidden, group, groups, names] = Table::parameters;
  const bool own = has_default(hidden, "hidden", "[100, 50]") &&
                   has_default(group, "group", "{}") &&
                   has_default(groups, "groups", "[{share: 0.5, way: mean}]") &&
                   has_default(names, "names", "null") && names.list && groups.list;
  // A group has the defaults that its owner gives it; an element of a list has its own.
  const bool inner = has_default(group.members[0], "share", "0.25") &&
                     has_default(group.members[1], "way", "sum") &&
                     has_default(groups.members[0], "share", "0.5");
  return own && inner && detail::word_at("a|b", 1) == "b" && detail::word_at("a|b", 2).empty() ? 0
                                                                                               : 1;
}
