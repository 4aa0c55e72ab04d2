#include "runner/run/best_value.h"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <limits>

#include "tests/support/bytes.h"
#include "tests/support/temporary_folder.h"

using namespace assay;
using namespace assay::test;
using plan::BestPlan;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

struct RunFolder : TemporaryFolder {
  base::Folder folder{path()};
  state::Registry state;

  RunFolder() { std::filesystem::create_directory(*this / "checkpoints"); }
  void add_checkpoint(int step) const {
    write_file(*this / "checkpoints" / ("step_" + std::to_string(step) + ".safetensors"), "");
  }
  run::BestValue best(BestPlan::Mode mode, const std::string& value = "test.loss") {
    return {{value, mode, {}}, state, folder};
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(best_value)

BOOST_AUTO_TEST_CASE(the_earliest_of_the_best_counts) {
  RunFolder folder;
  {
    run::BestValue best = folder.best(BestPlan::Mode::max);
    BOOST_TEST(!best.offer(1, nan));
    BOOST_TEST(best.offer(2, -infinity));
    BOOST_TEST(best.offer(3, -1));
    BOOST_TEST(!best.offer(4, -1));
    BOOST_TEST(!best.offer(5, nan));
    BOOST_TEST(best.offer(6, 0));
    BOOST_TEST(!best.offer(7, -0.0));
    BOOST_TEST(best.offer(8, infinity));
  }
  state::Registry other;
  run::BestValue least({"test.loss", BestPlan::Mode::min, {}}, other, folder.folder);
  BOOST_TEST(least.offer(1, infinity));
  BOOST_TEST(least.offer(2, 3));
  BOOST_TEST(!least.offer(3, 3));
  BOOST_TEST(!least.offer(4, nan));
  BOOST_TEST(least.offer(5, -infinity));
}

BOOST_AUTO_TEST_CASE(only_what_is_on_the_disk_is_kept) {
  RunFolder folder;
  run::BestValue best = folder.best(BestPlan::Mode::max);
  BOOST_TEST(!best.kept().has_value());
  best.offer(3, 0.5);
  BOOST_TEST(!best.kept().has_value());
  best.written(2);
  BOOST_TEST(!best.kept().has_value());
  best.written(3);
  BOOST_TEST(best.kept().value().step == 3);
  best.offer(9, 0.75);
  BOOST_TEST(best.kept().value().step == 3);
  best.written(9);
  BOOST_TEST(best.kept().value().step == 9);
  BOOST_TEST(best.kept().value().number == 0.75);
  BOOST_TEST(best.kept().value().value == "test.loss");
}

BOOST_AUTO_TEST_CASE(a_later_life_goes_on_with_the_same_best) {
  RunFolder folder;
  folder.best(BestPlan::Mode::max).offer(3, 0.5);
  BOOST_TEST(folder.best(BestPlan::Mode::max).offer(4, 0.25));  // the file of step 3 is lost
  folder.add_checkpoint(4);
  BOOST_TEST(!folder.best(BestPlan::Mode::max).offer(5, 0.25));
  BOOST_TEST(folder.best(BestPlan::Mode::max).kept().value().step == 4);
  // Another value or mode begins anew.
  BOOST_TEST(!folder.best(BestPlan::Mode::min).kept().has_value());
  BOOST_TEST(folder.best(BestPlan::Mode::max, "test.accuracy").offer(5, 0.125));
}

BOOST_AUTO_TEST_SUITE_END()
