// Tables of results. Means and deviations are those of NumPy: mean(x), std(x, ddof=1).
#include "runner/batch/results.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "assay/error.h"

namespace batch = assay::batch;
using assay::Error;
using batch::Cell;
using batch::Table;

namespace {

// A batch of two learning rates and two seeds, of which one run has failed.
struct Results {
  Results() {
    made.keys = {"lr", "seed"};
    const std::vector<std::vector<std::string>> points = {
        {"0.1", "0"}, {"0.1", "1"}, {"0.2", "0"}, {"0.2", "1"}};
    const std::vector<double> accuracies = {0.5, 0.75, 0.25, 0};
    for (std::size_t i = 0; i < points.size(); ++i) {
      batch::BatchRun run;
      run.name = "run" + std::to_string(i);
      run.config = "a.yaml";
      run.key.plan = std::to_string(i);
      run.point = {{"lr", points[i][0]}, {"seed", points[i][1]}};
      made.runs.push_back(run);
      batch::Status status;
      status.state = i == 3 ? batch::State::failed : batch::State::finished;
      if (i != 3) {
        status.record.emplace();
        status.record->steps = 10;
        status.record->weights_digest = "abc";
        status.record->final_values = {{"Accuracy", accuracies[i]}, {"Loss, mean", 1.0 / 3}};
      }
      statuses.push_back(status);
    }
    table = batch::results(made, statuses);
  }

  // Returns the cells of a column in the order of the rows.
  std::vector<std::string> texts(const Table& of, const char* column) const {
    std::vector<std::string> cells;
    for (const auto& row : of.rows) cells.push_back(row[*of.column(column)].text);
    return cells;
  }

  batch::Batch made;
  std::vector<batch::Status> statuses;
  Table table;
};

using Texts = std::vector<std::string>;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(table_of_results, Results)

BOOST_AUTO_TEST_CASE(it_has_what_varies_and_every_tag) {
  const Texts columns = {"lr",       "seed",       "state",          "steps",
                         "Accuracy", "Loss, mean", "weights_digest", "key"};
  BOOST_TEST(table.columns == columns, boost::test_tools::per_element());
  BOOST_TEST(table.rows.size() == 4U);
}

BOOST_AUTO_TEST_CASE(rows_are_sorted_by_key_whatever_the_order_of_the_runs) {
  const Table by_key = batch::results_by_key(made, statuses);
  const Texts keys = texts(by_key, "key");
  BOOST_TEST(std::is_sorted(keys.begin(), keys.end()));
  std::swap(made.runs[0], made.runs[2]);
  std::swap(statuses[0], statuses[2]);
  BOOST_TEST(batch::as_csv(batch::results_by_key(made, statuses)) == batch::as_csv(by_key));
}

BOOST_AUTO_TEST_CASE(it_is_sorted_by_numbers_and_missing_ones_are_last) {
  batch::sort(table, "Accuracy", true);
  BOOST_TEST((texts(table, "Accuracy") == Texts{"0.75", "0.5", "0.25", ""}));
  batch::sort(table, "Accuracy", false);
  BOOST_TEST((texts(table, "Accuracy") == Texts{"0.25", "0.5", "0.75", ""}));
  BOOST_CHECK_EXCEPTION(batch::sort(table, "accuracy", true), Error, [](const Error& error) {
    return std::string(error.what()).find("there are lr, seed, state") != std::string::npos;
  });
}

BOOST_AUTO_TEST_CASE(means_and_deviations_over_seeds) {
  const Table joined = batch::over(table, Texts{"seed"}, made.keys);
  const Texts columns = {"lr",         "state",
                         "steps",      "steps deviation",
                         "Accuracy",   "Accuracy deviation",
                         "Loss, mean", "Loss, mean deviation",
                         "runs"};
  BOOST_TEST(joined.columns == columns, boost::test_tools::per_element());
  BOOST_REQUIRE(joined.rows.size() == 2U);
  BOOST_TEST((texts(joined, "lr") == Texts{"0.1", "0.2"}));
  BOOST_TEST((texts(joined, "state") == Texts{"finished", ""}));
  const std::size_t mean = *joined.column("Accuracy");
  BOOST_TEST(*joined.rows[0][mean].number == 0.625);
  BOOST_TEST(*joined.rows[0][mean + 1].number == 0.17677669529663687,
             boost::test_tools::tolerance(1e-15));
  BOOST_TEST(*joined.rows[1][mean].number == 0.25);
  BOOST_TEST(*joined.rows[1][mean + 1].number == 0.0);
}

BOOST_AUTO_TEST_CASE(every_form_keeps_the_numbers_and_the_marks) {
  const Table small{{"a", "b|c"},
                    {{batch::cell("x,\"y\""), batch::cell(1.0 / 3)},
                     {batch::cell(""), batch::cell(std::nan(""))},
                     {batch::cell("z"), batch::cell(std::numeric_limits<double>::infinity())}}};
  BOOST_TEST(batch::as_csv(small) ==
             "a,b|c\n\"x,\"\"y\"\"\",0.3333333333333333\n,NaN\nz,Infinity\n");
  BOOST_TEST(batch::as_markdown(small) ==
             "| a | b\\|c |\n|---|--:|\n| x,\"y\" | 0.33333 |\n|  | NaN |\n| z | Infinity |\n");
  BOOST_TEST(batch::as_text(small) ==
             "a           b|c\nx,\"y\"   0.33333\n            NaN\nz      Infinity\n");
  const std::string json = batch::as_json(small);
  BOOST_TEST(json.find("\"b|c\": 0.3333333333333333") != std::string::npos);
  BOOST_TEST(json.find("\"b|c\": \"NaN\"") != std::string::npos);
}

// Adds the extremes of a tag whose direction is known, and of one whose is not.
struct ResultsWithExtremes : Results {
  ResultsWithExtremes() {
    using Mode = assay::plan::BestPlan::Mode;
    for (std::size_t i = 0; i < 3; ++i) {
      const double number = static_cast<double>(i);
      auto& record = *statuses[i].record;
      record.state = "finished";
      record.scalars["Accuracy"] = {"test.accuracy", Mode::max, {0, 1 - number / 4, 0, 7}};
      record.scalars["Loss, mean"] = {"", {}, {number, number + 1, 3, 4}};
    }
    table = batch::results(made, statuses);
  }
};

BOOST_FIXTURE_TEST_CASE(tags_have_their_best_values_with_their_steps, ResultsWithExtremes) {
  const Texts columns = {"lr",
                         "seed",
                         "state",
                         "steps",
                         "Accuracy",
                         "Accuracy best",
                         "Accuracy best step",
                         "Loss, mean",
                         "Loss, mean min",
                         "Loss, mean min step",
                         "Loss, mean max",
                         "Loss, mean max step",
                         "weights_digest",
                         "key"};
  BOOST_TEST(table.columns == columns, boost::test_tools::per_element());
  BOOST_TEST((texts(table, "Accuracy best") == Texts{"1", "0.75", "0.5", ""}));
  BOOST_TEST((texts(table, "Accuracy best step") == Texts{"7", "7", "7", ""}));
  BOOST_TEST((texts(table, "Loss, mean min") == Texts{"0", "1", "2", ""}));
  BOOST_TEST((texts(table, "Loss, mean max step") == Texts{"4", "4", "4", ""}));
}

BOOST_FIXTURE_TEST_CASE(the_best_comes_first, ResultsWithExtremes) {
  batch::sort(table, "test.accuracy");
  BOOST_TEST((texts(table, "Accuracy") == Texts{"0.75", "0.5", "0.25", ""}));
  batch::sort(table, "test.accuracy best", false);
  BOOST_TEST((texts(table, "Accuracy best") == Texts{"0.5", "0.75", "1", ""}));
  batch::sort(table, "Accuracy best");
  BOOST_TEST((texts(table, "Accuracy best") == Texts{"1", "0.75", "0.5", ""}));
  batch::sort(table, "Loss, mean min");
  BOOST_TEST((texts(table, "Loss, mean min") == Texts{"0", "1", "2", ""}));
  const Table joined = batch::over(table, Texts{"seed"}, made.keys);
  BOOST_TEST((joined.column("test.accuracy best deviation") == std::nullopt));
  BOOST_TEST(joined.column("test.accuracy best").has_value());
}

BOOST_FIXTURE_TEST_CASE(runs_that_do_not_agree_have_no_direction, ResultsWithExtremes) {
  statuses[1].record->scalars["Accuracy"].better.reset();
  statuses[1].record->scalars["Accuracy"].value = "train.accuracy";
  table = batch::results(made, statuses);
  BOOST_TEST(table.column("Accuracy min").has_value());
  BOOST_TEST(table.column("Accuracy max step").has_value());
  BOOST_TEST(!table.column("Accuracy best").has_value());
  BOOST_TEST(!table.column("test.accuracy").has_value());
}

// How far a run came that was ended from outside depends on the time.
BOOST_FIXTURE_TEST_CASE(the_table_by_key_has_no_values_of_what_was_ended, ResultsWithExtremes) {
  statuses[0].record->state = "running";
  statuses[1].record->state = "failed";
  statuses[2].record->final_values["Only here"] = 1;
  statuses[2].record->complete = false;
  const Table by_key = batch::results_by_key(made, statuses);
  for (const auto& row : by_key.rows) {
    const bool is_second = row[0].text == "0.1" && row[1].text == "1";
    BOOST_TEST(row[*by_key.column("Accuracy")].text == (is_second ? "0.75" : ""));
    BOOST_TEST(row[*by_key.column("steps")].text == (is_second ? "10" : ""));
  }
  BOOST_TEST(!by_key.column("Only here").has_value());
}

BOOST_AUTO_TEST_CASE(swept_keys_have_shorter_names) {
  made.keys = {"optimizer.learning_rate.init_value", "a.seed", "b.seed"};
  const Table named = batch::results(made, statuses);
  BOOST_TEST(*named.column("init_value") == 0U);
  BOOST_TEST(*named.column("learning_rate.init_value") == 0U);
  BOOST_TEST(!named.column("seed").has_value());
}

BOOST_AUTO_TEST_CASE(tables_stand_side_by_side) {
  const Table both = batch::side_by_side(table, batch::circumstances(made, statuses));
  BOOST_TEST(std::ranges::count(both.columns, "state") == 1);
  BOOST_TEST((texts(both, "name") == Texts{"run0", "run1", "run2", "run3"}));
  for (const auto& row : both.rows) BOOST_TEST(row.size() == both.columns.size());
}

BOOST_AUTO_TEST_CASE(columns_are_chosen) {
  const Table chosen = batch::with_columns(table, Texts{"steps", "lr"});
  BOOST_TEST((chosen.columns == Texts{"steps", "lr"}));
}

BOOST_AUTO_TEST_SUITE_END()
