#include "runner/plugin_host/planned_options.h"

#include <functional>

#include "assay/error.h"
#include "assay/renderer.h"
#include "assay/schedule.h"
#include "runner/plugin_host/plugin_host.h"
#include "runner/plugin_host/search_path.h"
#include "tests/plugin_host/plugins.h"
#include "tests/support/temporary_folder.h"

using namespace assay;
using namespace assay::plugin_host;
using namespace assay::test;
using plan::ComponentPlan;
using plan::List;
using plan::Values;

namespace {

constexpr Parameter members[] = {
    {.name = "depth", .type = ParameterType::integer, .doc = ""},
    {.name = "pace", .type = ParameterType::rate, .doc = "", .fallback = "0"},
};
constexpr Parameter table[] = {
    {.name = "nothing", .type = ParameterType::number, .fallback = "null"},
    {.name = "flag", .type = ParameterType::boolean},
    {.name = "count", .type = ParameterType::integer},
    {.name = "share", .type = ParameterType::number},
    {.name = "whole", .type = ParameterType::number},
    {.name = "word", .type = ParameterType::choice, .choices = "here|there"},
    {.name = "file", .type = ParameterType::path},
    {.name = "own_file", .type = ParameterType::path},
    {.name = "constant", .type = ParameterType::rate},
    {.name = "varying", .type = ParameterType::rate},
    {.name = "picture", .type = ParameterType::component, .kind = Kind::renderer},
    {.name = "counts", .type = ParameterType::integer, .list = true},
    {.name = "shares", .type = ParameterType::number, .list = true},
    {.name = "words", .type = ParameterType::text, .list = true},
    {.name = "flags", .type = ParameterType::boolean, .list = true},
    {.name = "files", .type = ParameterType::path, .list = true},
    {.name = "rates", .type = ParameterType::rate, .list = true},
    {.name = "pictures", .type = ParameterType::component, .list = true, .kind = Kind::renderer},
    {.name = "groups",
     .type = ParameterType::group,
     .list = true,
     .members = members,
     .member_count = 2},
    {.name = "group", .type = ParameterType::group, .members = members, .member_count = 2},
};

plan::Value value(decltype(plan::Value::data) data) { return {std::move(data), {}}; }

ComponentPlan level(double height) {
  ComponentPlan plan{Kind::schedule, "level", {}, {}};
  plan.values.add("height", value(height));
  return plan;
}

struct Given {
  Given() {
    values.add("nothing", value(std::monostate()));
    values.add("flag", value(true));
    values.add("count", value(std::int64_t{-5}));
    values.add("share", value(0.25));
    values.add("whole", value(std::int64_t{3}));
    values.add("word", value(std::string("there")));
    values.add("file", value(std::string("/a/\\${b}.csv")));
    values.add("own_file", value(std::string("assay:digits.csv")));
    values.add("constant", value(0.5));
    values.add("varying", value(level(7)));
    values.add("picture", value(ComponentPlan{Kind::renderer, "blank", {}, {}}));
    values.add("counts", value(List{value(std::int64_t{1}), value(std::int64_t{2})}));
    values.add("shares", value(List{value(0.5), value(std::int64_t{2})}));
    values.add("words", value(List{value(std::string("a")), value(std::string("b"))}));
    values.add("flags", value(List{value(false), value(true)}));
    values.add("files", value(List{value(std::string("/a")), value(std::string("assay:b"))}));
    values.add("rates", value(List{value(0.5), value(level(6))}));
    values.add("pictures", value(List{value(ComponentPlan{Kind::renderer, "blank", {}, {}})}));
    Values inner, other;
    inner.add("depth", value(std::int64_t{9}));
    other.add("depth", value(std::int64_t{10}));
    other.add("pace", value(level(-1)));
    values.add("groups", value(List{value(inner), value(other)}));
    values.add("group", value(inner));
  }
  ComponentPlan component{Kind::dataset, "given", {}, {}};
  Values& values = component.values;
  static std::filesystem::path with_odd(const std::filesystem::path& folder) {
    std::filesystem::copy_file(fixture("odd"), folder / "odd.so");
    return folder;
  }
  TemporaryFolder folder;
  PluginHost host{{with_odd(folder.path())}, InstructionSet::avx2};
  Object owner;
  PlannedOptions options{component, table, host, owner};

  std::int64_t height_of(assay::detail::OptionKey key) const {
    return static_cast<const Renderer*>(options.component(key, Kind::renderer))->size().height;
  }
};

void check_mistake(const std::function<void()>& ask, const std::string& part) {
  try {
    ask();
    BOOST_ERROR("nothing thrown; expected: " << part);
  } catch (const std::logic_error& error) {
    check_contains(error.what(), part);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(planned_options)

BOOST_FIXTURE_TEST_CASE(every_getter_gives_the_planned_value, Given) {
  BOOST_TEST(!options.has("nothing"));
  BOOST_TEST(options.has("count"));
  BOOST_TEST(options.boolean({"flag"}));
  BOOST_TEST(options.integer({"count"}) == -5);
  BOOST_TEST(options.number({"share"}) == 0.25);
  BOOST_TEST(options.number({"whole"}) == 3.0);
  BOOST_TEST(options.text({"word"}) == "there");
  BOOST_TEST(options.text({"file"}) == "/a/${b}.csv");
  BOOST_TEST(options.text({"own_file"}) == (program_places().data / "digits.csv").string());
  BOOST_TEST(options.schedule({"constant"}) == nullptr);
  BOOST_TEST(options.number({"constant"}) == 0.5);
  const Schedule* varying = options.schedule({"varying"});
  owner.nested.back()->bounded->begin(1);
  BOOST_TEST(varying->value(100) == 7.0);
  BOOST_TEST(height_of({"picture"}) == 34);
  BOOST_TEST(options.size("counts") == 2U);
  BOOST_TEST(options.integer({"counts", 1}) == 2);
  BOOST_TEST(options.number({"shares", 0}) == 0.5);
  BOOST_TEST(options.number({"shares", 1}) == 2.0);
  BOOST_TEST(options.text({"words", 1}) == "b");
  BOOST_TEST(options.group({"group"}).integer({"depth"}) == 9);
  BOOST_TEST(name_of(options.host().instruction_set()) == "avx2");
  BOOST_TEST(owner.nested.size() == 2U);
}

BOOST_FIXTURE_TEST_CASE(lists_of_every_type_can_be_read, Given) {
  BOOST_TEST(!options.boolean({"flags", 0}));
  BOOST_TEST(options.boolean({"flags", 1}));
  BOOST_TEST(options.text({"files", 0}) == "/a");
  BOOST_TEST(options.text({"files", 1}) == (program_places().data / "b").string());
  BOOST_TEST(options.schedule({"rates", 0}) == nullptr);
  BOOST_TEST(options.number({"rates", 0}) == 0.5);
  const Schedule* second = options.schedule({"rates", 1});
  owner.nested.back()->bounded->begin(1);
  BOOST_TEST(second->value(100) == 6.0);
  BOOST_TEST(height_of({"pictures", 0}) == 34);
  BOOST_TEST(options.group({"groups", 0}).integer({"depth"}) == 9);
  BOOST_TEST(options.group({"groups", 1}).integer({"depth"}) == 10);
  check_mistake(
      [&] {
        options.schedule({"pictures", 0});
      },
      "option 'pictures.0' is a renderer, not a");
  check_mistake([&] { options.boolean({"files", 0}); }, "a type that differs from its table");
  check_mistake([&] { options.group({"groups", 2}); }, "option 'groups' has 2 elements, not 3");
  try {
    options.group({"groups", 1}).schedule({"pace"});
    BOOST_ERROR("nothing thrown");
  } catch (const OptionError& error) {
    BOOST_TEST(error.option() == "groups.1.pace.height");
  }
}

BOOST_FIXTURE_TEST_CASE(a_name_that_the_table_lacks_is_the_authors_mistake, Given) {
  const std::string lacks = "option 'depth' is requested, but its table does not have it";
  check_mistake([&] { options.has("depth"); }, lacks);
  check_mistake([&] { options.number({"depth"}); }, lacks);
  check_mistake([&] { options.schedule({"depth"}); }, lacks);
  check_mistake([&] { options.group({"depth"}); }, lacks);
  check_mistake([&] { options.integer({"depth", 0}); }, lacks);
  check_mistake([&] { options.group({"group"}).has("flag"); }, "option 'flag' is requested, but");
}

BOOST_FIXTURE_TEST_CASE(another_type_is_the_authors_mistake, Given) {
  const std::string other = "is requested with a type that differs from its table";
  check_mistake([&] { options.boolean({"count"}); }, "option 'count' " + other);
  check_mistake([&] { options.integer({"share"}); }, other);
  check_mistake([&] { options.integer({"flag"}); }, other);
  check_mistake([&] { options.integer({"nothing"}); }, other);
  check_mistake([&] { options.number({"flag"}); }, other);
  check_mistake([&] { options.schedule({"word"}); }, other);
  check_mistake([&] { options.schedule({"picture"}); },
                "option 'picture' is a renderer, not a schedule");
  check_mistake([&] { options.text({"count"}); }, other);
  check_mistake([&] { options.group({"count"}); }, other);
  check_mistake([&] { options.component({"count"}, Kind::renderer); }, other);
  check_mistake([&] { options.component({"varying"}, Kind::renderer); },
                "is a schedule, not a renderer");
  check_mistake([&] { options.size("count"); }, other);
  check_mistake([&] { options.integer({"words", 0}); }, other);
  check_mistake([&] { options.integer({"shares", 0}); }, other);
  check_mistake([&] { options.text({"words", 2}); }, "option 'words' has 2 elements, not 3");
}

BOOST_FIXTURE_TEST_CASE(a_nested_component_that_fails_blames_the_option, Given) {
  Values bad;
  bad.add("varying", value(level(-1)));
  const ComponentPlan with_bad{Kind::dataset, "given", bad, {}};
  const PlannedOptions broken(with_bad, table, host, owner);
  try {
    broken.schedule({"varying"});
    BOOST_ERROR("nothing thrown");
  } catch (const OptionError& error) {
    BOOST_TEST(error.option() == "varying.height");
    BOOST_TEST(error.what() == "schedule level: -1 is not liked");
  }
}

// The run turns `\${` of a tag into `${`; of all other texts the host does.
BOOST_FIXTURE_TEST_CASE(only_tags_are_given_as_written, Given) {
  static constexpr Parameter tags[] = {{.name = "tag", .type = ParameterType::tag},
                                       {.name = "text", .type = ParameterType::text}};
  static constexpr Parameter both[] = {
      {.name = "tag", .type = ParameterType::tag},
      {.name = "text", .type = ParameterType::text},
      {.name = "within", .type = ParameterType::group, .members = tags, .member_count = 2}};
  Values own, inner;
  for (const char* name : {"tag", "text"}) inner.add(name, value(std::string("\\${step}")));
  own = inner;
  own.add("within", value(inner));
  const ComponentPlan with_tags{Kind::hook, "given", own, {}};
  const PlannedOptions tagged(with_tags, both, host, owner);
  BOOST_TEST(tagged.text({"tag"}) == "\\${step}");
  BOOST_TEST(tagged.text({"text"}) == "${step}");
  BOOST_TEST(tagged.group({"within"}).text({"tag"}) == "\\${step}");
  BOOST_TEST(tagged.group({"within"}).text({"text"}) == "${step}");
}

// A component keeps its texts, so they must outlive the values that they are made from.
BOOST_FIXTURE_TEST_CASE(texts_live_as_long_as_their_owner, Given) {
  std::string_view word, file;
  {
    const Given other;
    const PlannedOptions short_lived(other.component, table, host, owner);
    word = short_lived.text({"word"});
    file = short_lived.text({"file"});
  }
  BOOST_TEST(word == "there");
  BOOST_TEST(file == "/a/${b}.csv");
}

BOOST_AUTO_TEST_SUITE_END()
