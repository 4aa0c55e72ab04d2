#include "runner/plugin_host/plugin_host.h"

#include <sys/stat.h>

#include <cstring>

#include "assay/optimizer.h"
#include "assay/schedule.h"
#include "runner/plugin_host/library.h"
#include "runner/plugin_host/schedules.h"
#include "tests/plugin_host/plugins.h"
#include "tests/support/bytes.h"
#include "tests/support/temporary_folder.h"

using namespace assay;
using namespace assay::plugin_host;
using namespace assay::test;
namespace fs = std::filesystem;

namespace {

plan::ComponentPlan level(double height) {
  plan::ComponentPlan plan{Kind::schedule, "level", {}, {}};
  plan.values.add("height", {height, {}});
  return plan;
}

struct Folders {
  Folders() {
    fs::create_directory(first);
    fs::create_directory(second);
  }
  PluginHost host() const { return {{first, second}, InstructionSet::generic}; }
  /// Writes a copy of the plugin `odd` with one text replaced by another of the same length.
  void put_odd(const fs::path& to, std::string_view from = {}, std::string_view with = {}) const {
    std::string bytes = read_file(fixture("odd"));
    if (!from.empty()) {
      BOOST_REQUIRE(from.size() == with.size());
      const std::size_t at = bytes.find(from);
      BOOST_REQUIRE(at != std::string::npos);
      bytes.replace(at, from.size(), with);
    }
    write_file(to, bytes);
  }
  TemporaryFolder root;
  fs::path first = root / "first";
  fs::path second = root / "second";
};

std::string searched(const PluginHost& host) {
  std::string text;
  for (const std::string& line : host.searched()) text += line + "\n";
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(host)

BOOST_FIXTURE_TEST_CASE(components_are_known_without_opening_a_library, Folders) {
  put_odd(first / "odd.so");
  fs::copy_file(build_folder() + "/tests/zoo/good.so", second / "c.so");
  write_file(first / "README.txt", "not looked at");
  PluginHost host = this->host();
  const std::vector<std::string> schedules = {"curious", "good",    "lasting",
                                              "level",   "sinking", "throws_plain"};
  BOOST_TEST(host.names(Kind::schedule) == schedules, boost::test_tools::per_element());
  BOOST_TEST(host.names(Kind::loss).empty());
  BOOST_TEST(host.opened().empty());
  BOOST_TEST(host.libraries().size() == 2U);
  BOOST_TEST(host.components().size() == 9U);
  BOOST_TEST(searched(host) == first.string() + "\n" + second.string() + "\n");

  BOOST_TEST(host.parameters(Kind::schedule, "level")[0].name == "height");
  BOOST_REQUIRE(host.opened().size() == 1U);
  BOOST_TEST(host.opened()[0]->file == first / "odd.so");
}

BOOST_FIXTURE_TEST_CASE(the_first_folder_wins, Folders) {
  put_odd(first / "b.so", "component=schedule level The same", "component=schedule level From 1st");
  put_odd(second / "a.so");
  const PluginHost host = this->host();
  for (const FoundComponent& component : host.components()) {
    BOOST_TEST(component.library->file == first / "b.so");
    if (component.name == "level") BOOST_TEST(component.doc == "From 1st at every step.");
  }
}

BOOST_FIXTURE_TEST_CASE(a_name_that_nobody_has_is_an_error, Folders) {
  PluginHost host = this->host();
  BOOST_TEST(message_of([&] { host.create(level(1)); }) == "no schedule 'level'");
  BOOST_TEST(message_of([&] { host.parameters(Kind::loss, "x"); }) == "no loss 'x'");
}

BOOST_FIXTURE_TEST_CASE(what_was_refused_is_named_with_the_reason, Folders) {
  write_file(first / "empty.so", "");
  put_odd(first / "future.so", "sdk=1.", "sdk=9.");
  put_odd(second / "open.so");
  BOOST_REQUIRE(chmod((second / "open.so").c_str(), 0666) == 0);
  const PluginHost host({first, second, root / "none"}, InstructionSet::generic);
  BOOST_TEST(host.components().empty());
  BOOST_TEST(searched(host) == first.string() + "\n" + second.string() + "\n" +
                                   (root / "none").string() + " (No such file or directory)\n");
  const std::vector<std::string> level = host.refused(Kind::schedule, "level");
  BOOST_REQUIRE(level.size() == 2U);
  check_contains(level[0], (first / "future.so").string() + ": sdk: the plugin has '9.");
  check_contains(level[1], (second / "open.so").string() + ": everybody can write to " +
                               (second / "open.so").string());
  // A component that no known library offers may be in the library that cannot be read.
  const std::vector<std::string> other = host.refused(Kind::schedule, "other");
  BOOST_REQUIRE(other.size() == 1U);
  BOOST_TEST(other[0] == (first / "empty.so").string() + ": it is empty");
}

BOOST_FIXTURE_TEST_CASE(what_is_said_of_a_file_is_one_line_whatever_its_name_holds, Folders) {
  const fs::path rude = root / "a\n\x1b[31mb";
  const std::string shown = (root / "a").string() + R"(\n\x1b[31mb)";
  fs::create_directory(rude);
  put_odd(rude / "future.so", "sdk=1.", "sdk=9.");
  put_odd(rude / "odd\n.so");
  fs::copy_file(fixture("unresolved"), rude / "unresolved.so");
  PluginHost host({rude}, InstructionSet::generic);
  BOOST_TEST(searched(host) == shown + "\n");
  BOOST_TEST(host.doubts(Kind::schedule, "level")[0].find('\n') == std::string::npos);
  check_contains(host.refused(Kind::schedule, "level")[0], shown + "/future.so: sdk: ");
  check_contains(message_of([&] {
                   host.create({Kind::schedule, "unresolved", {}, {}});
                 }),
                 shown + "/unresolved.so: undefined symbol");
  BOOST_TEST(host.create(level(1))->library == shown + R"(/odd\n.so)");
}

BOOST_FIXTURE_TEST_CASE(a_refused_library_hides_no_other, Folders) {
  put_odd(first / "odd.so", "sdk=1.", "sdk=9.");
  put_odd(second / "odd.so");
  PluginHost host = this->host();
  host.create(level(1));
  BOOST_TEST(host.opened()[0]->file == second / "odd.so");
}

BOOST_FIXTURE_TEST_CASE(libraries_that_do_not_open_say_why, Folders) {
  fs::copy_file(fixture("unresolved"), first / "unresolved.so");
  PluginHost host = this->host();
  const std::string message = message_of([&] {
    host.create({Kind::schedule, "unresolved", {}, {}});
  });
  check_contains(message, (first / "unresolved.so").string());
  check_contains(message, "undefined symbol: missing::height(int)");

  fs::copy_file(fixture("hidden"), second / "hidden.so");
  BOOST_TEST(
      message_of([&] { this->host().create(level(1)); }) ==
      (second / "hidden.so").string() +
          ": it exports no 'assay_plugin_manifest'; does a source file end in ASSAY_PLUGIN?");
}

BOOST_FIXTURE_TEST_CASE(a_manifest_that_does_not_fit_is_refused, Folders) {
  std::uint32_t start[5] = {manifest_magic, sizeof(Manifest), sizeof(Component), sizeof(Parameter),
                            sizeof(Facet)};
  std::string found(sizeof start, '\0');
  for (const std::size_t field : {0, 1, 2, 3, 4}) {
    std::memcpy(found.data(), start, sizeof start);
    std::string changed = found;
    ++changed[field * sizeof(std::uint32_t)];
    const fs::path file = first / ("odd" + std::to_string(field) + ".so");
    put_odd(file, found, changed);
    check_contains(message_of([&] { open_library(file); }),
                   file.string() + (field == 0 ? ": its manifest is damaged"
                                               : ": its manifest has another layout (SDK " ASSAY_SDK
                                                 ", this assay has " ASSAY_SDK "); rebuild"));
  }
}

BOOST_FIXTURE_TEST_CASE(a_promise_that_the_manifest_does_not_keep_is_an_error, Folders) {
  put_odd(first / "odd.so", "component=schedule level", "component=schedule lever");
  PluginHost host = this->host();
  BOOST_TEST(message_of([&] {
               host.create({Kind::schedule, "lever", {}, {}});
             }) == (first / "odd.so").string() +
                       ": its stamp promises the schedule 'lever', but its manifest has none");
}

BOOST_FIXTURE_TEST_CASE(what_a_component_throws_comes_back_with_its_name, Folders) {
  put_odd(first / "odd.so");
  PluginHost host = this->host();
  try {
    host.create(level(-1));
    BOOST_ERROR("nothing thrown");
  } catch (const ComponentError& error) {
    BOOST_TEST(error.who() == "schedule level");
    BOOST_TEST(error.message() == "-1 is not liked");
    BOOST_TEST(error.option() == "height");
    BOOST_TEST(error.what() == "schedule level: -1 is not liked");
  }
  BOOST_TEST(message_of([&] {
               host.create({Kind::schedule, "throws_plain", {}, {}});
             }) == "schedule throws_plain: an exception that is no std::exception");
  check_contains(message_of([&] {
                   host.create({Kind::schedule, "curious", {}, {}});
                 }),
                 "schedule curious: there is no depth");

  const auto schedule = host.create<Schedule>(level(-2));
  try {
    schedule.call([](const Schedule& s) { return s.value(0); });
    BOOST_ERROR("nothing thrown");
  } catch (const ComponentError& error) {
    BOOST_TEST(error.what() == "schedule level: -2 has no value");
    BOOST_TEST(error.option().empty());
  }
}

BOOST_FIXTURE_TEST_CASE(what_a_component_throws_is_one_short_line, Folders) {
  put_odd(first / "odd.so");
  const auto schedule = host().create<Schedule>(level(-4));
  const std::string said =
      message_of([&] { schedule.call([](const Schedule& s) { return s.value(0); }); });
  const std::string begin = R"(schedule level: one\ntwo\x1b[31m red\xff...)";
  BOOST_TEST(said.substr(0, begin.size()) == begin);
  BOOST_TEST(said.size() < 1100U);
}

BOOST_FIXTURE_TEST_CASE(a_schedule_keeps_to_the_bounds_of_its_option, Folders) {
  put_odd(first / "odd.so");
  PluginHost host = this->host();
  const auto follower = [&](plan::ComponentPlan rate, plan::ComponentPlan bounded) {
    plan::ComponentPlan plan{Kind::optimizer, "follower", {}, {}};
    plan.values.add("rate", {std::move(rate), {}});
    plan.values.add("bounded", {std::move(bounded), {}});
    const auto made = host.create<Optimizer>(plan);
    begin_schedules(made.object(), 1000);
    return made;
  };
  const plan::ComponentPlan sinking{Kind::schedule, "sinking", {}, {}};
  const auto at = [](const Handle<Optimizer>& optimizer, std::int64_t count) {
    return rate_of(optimizer, count);
  };
  const auto free = follower(sinking, level(1));
  BOOST_TEST(at(free, 5) == -3);
  BOOST_TEST(message_of([&] { at(free, 100); }) ==
             "optimizer follower: rate: the schedule sinking gives nan at step 100; expected a "
             "finite number");
  const auto bounded = follower(level(1), sinking);
  BOOST_TEST(at(bounded, 2) == 0);
  BOOST_TEST(message_of([&] { at(bounded, 3); }) ==
             "optimizer follower: bounded: the schedule sinking gives -1 at step 3; expected a "
             "number of at least 0");
  // Errors that are found before the first step are reported with the option's place.
  for (const auto& [height, message] :
       {std::pair(-3.0, "the schedule level gives -3 at step 0; expected a number of at least 0"),
        std::pair(-2.0, "schedule level: -2 has no value")}) {
    try {
      follower(level(1), level(height));
      BOOST_ERROR("nothing thrown");
    } catch (const ComponentError& error) {
      BOOST_TEST(error.message() == message);
      BOOST_TEST(error.option() == "bounded");
    }
  }
}

BOOST_FIXTURE_TEST_CASE(what_may_have_been_meant_instead_is_named, Folders) {
  const auto doubts = [this](std::vector<fs::path> folders = {}) {
    if (folders.empty()) folders = {first, second};
    const PluginHost host(std::move(folders), InstructionSet::generic);
    std::string lines;
    for (const std::string& line : host.doubts(Kind::schedule, "level")) lines += line + "\n";
    return lines;
  };
  const std::string from = "it is taken from " + (second / "odd.so").string();
  put_odd(second / "odd.so");
  BOOST_TEST(doubts().empty());

  put_odd(first / "a.so", "sdk=1.", "sdk=9.");
  const std::string refused = from + ", since " + (first / "a.so").string() +
                              ", which offers it, too, was refused: sdk: the plugin has '9.";
  check_contains(doubts(), refused);
  BOOST_TEST(doubts({second, first}).empty());
  fs::rename(first / "a.so", second / "z.so");
  check_contains(doubts(), (second / "z.so").string() + ", which offers it, too, was refused");
  fs::remove(second / "z.so");

  // A library without a readable stamp raises a doubt only if it has the same file name.
  write_file(first / "other.so", "");
  BOOST_TEST(doubts().empty());
  write_file(first / "odd.so", "");
  BOOST_TEST(doubts() == from + ", since " + (first / "odd.so").string() +
                             ", a file of the same name, was refused: it is empty\n");
  fs::remove(first / "odd.so");

  put_odd(second / "zwei.so");
  BOOST_TEST(doubts() == from + ", but " + (second / "zwei.so").string() +
                             " in the same folder offers it, too; remove one of them\n");
  fs::rename(second / "zwei.so", first / "eins.so");
  BOOST_TEST(doubts().empty());
}

BOOST_FIXTURE_TEST_CASE(a_file_is_found_once_for_all_ways_that_lead_to_it, Folders) {
  put_odd(first / "odd.so");
  fs::create_symlink(first / "odd.so", first / "p.so");
  fs::remove(second);
  fs::create_directory_symlink(first, second);
  const PluginHost host({first, second, first}, InstructionSet::generic);
  BOOST_REQUIRE(host.libraries().size() == 1U);
  BOOST_TEST(host.libraries()[0]->file == first / "odd.so");
  BOOST_TEST(host.doubts(Kind::schedule, "level").empty());
}

BOOST_FIXTURE_TEST_CASE(nested_components_live_as_long_as_their_owner, Folders) {
  put_odd(first / "odd.so");
  plan::ComponentPlan plan{Kind::optimizer, "follower", {}, {}};
  plan.values.add("rate", {level(0.125), {}});
  plan.values.add("bounded", {1.0, {}});
  Handle<Optimizer> optimizer;
  std::weak_ptr<Object> nested;
  {
    PluginHost host = this->host();
    const auto object = host.create(plan);
    BOOST_REQUIRE(object->nested.size() == 1U);
    nested = object->nested[0];
    optimizer = Handle<Optimizer>(object);
    begin_schedules(*object, 1000);
  }
  BOOST_TEST(rate_of(optimizer, 0) == 0.125);
  BOOST_TEST(!nested.expired());
  optimizer = {};
  BOOST_TEST(nested.expired());

  plan.values = {};
  plan.values.add("rate", {level(-1), {}});
  plan.values.add("bounded", {1.0, {}});
  try {
    host().create(plan);
    BOOST_ERROR("nothing thrown");
  } catch (const ComponentError& error) {
    BOOST_TEST(error.what() == "optimizer follower: schedule level: -1 is not liked");
    BOOST_TEST(error.option() == "rate.height");
  }
}

BOOST_AUTO_TEST_SUITE_END()
