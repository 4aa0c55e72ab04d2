#include "runner/run/run_record.h"

#include <boost/test/unit_test.hpp>
#include <limits>
#include <nlohmann/json.hpp>

#include "assay/error.h"
#include "tests/base/address_space_limit.h"
#include "tests/base/error_of.h"
#include "tests/support/bytes.h"
#include "tests/support/temporary_folder.h"

using namespace assay::run;
using namespace assay::test;
using Json = nlohmann::json;

namespace {

RunRecord record() {
  RunRecord r;
  r.name = "digits";
  r.state = "finished";
  r.start = std::chrono::system_clock::time_point(std::chrono::seconds(1'700'000'000));
  r.version = "0.1.0";
  r.sdk = "0.1";
  r.kernels = "avx2";
  r.seed = std::numeric_limits<std::uint64_t>::max();
  r.threads = 2;
  r.lanes = 8;
  r.block_rows = 56;
  r.plan_digest = "abc";
  r.plugins = {{"sgd", "1.0.0", "/x/sgd.so", "def"}};
  r.steps = 2999;
  r.total_steps = 3000;
  r.training_seconds = 0.1;
  return r;
}

struct Written : TemporaryFolder {
  assay::base::Folder folder{path()};
  Json written(const RunRecord& record) const {
    BOOST_TEST(RecordFile(folder).write(record, assay::base::Sync::now));
    return Json::parse(read_file(*this / "run.json"));
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(run_record, Written)

BOOST_AUTO_TEST_CASE(what_was_recorded_is_read_back) {
  const Json json = written(record());
  BOOST_TEST(json.at("name") == "digits");
  BOOST_TEST(json.at("state") == "finished");
  BOOST_TEST(json.at("start") == "2023-11-14T22:13:20Z");
  BOOST_TEST(json.at("seed").get<std::uint64_t>() == std::numeric_limits<std::uint64_t>::max());
  BOOST_TEST(json.at("threads") == 2);
  BOOST_TEST(json.at("lanes") == 8);
  BOOST_TEST(json.at("block_rows") == 56);
  BOOST_TEST(json.at("steps") == 2999);
  BOOST_TEST(json.at("total_steps") == 3000);
  BOOST_TEST(json.at("training_seconds").get<double>() == 0.1);
  BOOST_TEST(json.at("kernels") == "avx2");
  BOOST_TEST(json.at("plan_digest") == "abc");
  BOOST_TEST(json.at("assay") == Json({{"version", "0.1.0"}, {"sdk", "0.1"}}));
  BOOST_TEST(
      json.at("plugins") ==
      Json::array(
          {{{"name", "sgd"}, {"version", "1.0.0"}, {"file", "/x/sgd.so"}, {"digest", "def"}}}));
  BOOST_TEST(json.at("final") == Json::object());
  BOOST_TEST(json.at("failures") == Json::array());
  BOOST_TEST(json.at("host").at("cores").get<int>() > 0);
  for (const char* key : {"best", "end", "initial_weights", "reason", "weights_digest"})
    BOOST_TEST(!json.contains(key));
}

BOOST_AUTO_TEST_CASE(the_weights_at_the_beginning_and_the_best_ones_are_recorded) {
  RunRecord r = record();
  r.initial_weights = {"/a.safetensors", "012"};
  r.best = {"test.loss", std::numeric_limits<double>::infinity(), 120};
  const Json json = written(r);
  BOOST_TEST(json.at("initial_weights") == Json({{"file", "/a.safetensors"}, {"digest", "012"}}));
  BOOST_TEST(json.at("best") == Json({{"value", "test.loss"},
                                      {"number", "Infinity"},
                                      {"step", 120},
                                      {"checkpoint", "checkpoints/step_120.safetensors"}}));
  const RunRecord back = read_record(folder);
  BOOST_TEST(back.initial_weights.value().digest == "012");
  BOOST_TEST(back.best.value().number == std::numeric_limits<double>::infinity());
  BOOST_TEST(back.best.value().step == 120);
  BOOST_TEST(back.best.value().value == "test.loss");
}

BOOST_AUTO_TEST_CASE(the_end_is_written_over_the_beginning) {
  RunRecord r = record();
  r.state = "running";
  BOOST_TEST(written(r).at("state") == "running");
  r.state = "stopped";
  r.reason = "Interrupt";
  r.end = r.start + std::chrono::seconds(61);
  r.weights_digest = "123";
  r.failures = {"logger jsonl: full"};
  const Json json = written(r);
  BOOST_TEST(json.at("state") == "stopped");
  BOOST_TEST(json.at("reason") == "Interrupt");
  BOOST_TEST(json.at("end") == "2023-11-14T22:14:21Z");
  BOOST_TEST(json.at("weights_digest") == "123");
  BOOST_TEST(json.at("failures") == Json::array({"logger jsonl: full"}));
}

BOOST_AUTO_TEST_CASE(numbers_that_json_lacks_are_words) {
  RunRecord r = record();
  constexpr double infinity = std::numeric_limits<double>::infinity();
  r.final_values = {{"a", std::numeric_limits<double>::quiet_NaN()},
                    {"b", infinity},
                    {"c", -infinity},
                    {"d", 0.1},
                    {"e", -0.0}};
  const Json json = written(r).at("final");
  BOOST_TEST(json.at("a") == "NaN");
  BOOST_TEST(json.at("b") == "Infinity");
  BOOST_TEST(json.at("c") == "-Infinity");
  BOOST_TEST(json.at("d").get<double>() == 0.1);
  BOOST_TEST(std::signbit(json.at("e").get<double>()));
}

BOOST_AUTO_TEST_CASE(text_that_is_not_utf8_is_no_failure) {
  RunRecord r = record();
  r.reason = "bad \xff byte, \"quotes\"\n and a Größe";
  r.plugins[0].file = "/x/\xfe.so";
  r.final_values = {{"\xfd", 1}};
  BOOST_TEST(written(r).at("reason") == "bad \uFFFD byte, \"quotes\"\n and a Größe");
}

BOOST_AUTO_TEST_CASE(a_record_is_read_as_it_was_written) {
  RunRecord r = record();
  r.overrides = {"seed=1", "a b"};
  r.reason = "why";
  r.end = r.start + std::chrono::seconds(70);
  r.mean_threads = 1.25;
  r.waited_for_logging_seconds = 0.5;
  r.weights_digest = "0123";
  r.failures = {"one", "two"};
  r.git = {"cafe", true};
  r.locked = false;
  r.log_bytes = {{"metrics.jsonl", 12}};
  r.log_digests = {{"metrics.jsonl", "abc"}};
  r.files = {{"plan.yaml", "def"}};
  const double inf = std::numeric_limits<double>::infinity();
  r.final_values = {{"a", std::nan("")}, {"b", inf}, {"c", -inf}, {"d", 0.1}};
  r.scalars = {{"b", {"test.loss", assay::plan::BestPlan::Mode::min, {0.5, inf, 1, 20}}},
               {"d", {"", {}, {-inf, 0.1, 3, 4}}}};
  const Json before = written(r);
  BOOST_TEST(before.at("scalars") ==
             Json({{"b",
                    {{"value", "test.loss"},
                     {"better", "min"},
                     {"min", 0.5},
                     {"min_step", 1},
                     {"max", "Infinity"},
                     {"max_step", 20}}},
                   {"d", {{"min", "-Infinity"}, {"min_step", 3}, {"max", 0.1}, {"max_step", 4}}}}));
  const RunRecord read = read_record(folder);
  BOOST_TEST(std::isnan(read.final_values.at("a")));
  BOOST_TEST(read.final_values.at("c") == -inf);
  BOOST_CHECK(read.start == r.start);
  BOOST_TEST(!read.altered);
  std::filesystem::remove(*this / "run.json");
  BOOST_TEST(written(read) == before);  // nothing of it is lost
}

BOOST_AUTO_TEST_CASE(the_checksum_is_that_of_the_text) {
  written(record());
  std::string text = read_file(*this / "run.json");
  BOOST_TEST(has_its_checksum(text));
  const std::size_t at = text.find("2999");
  text[at] = '1';
  BOOST_TEST(!has_its_checksum(text));
  write_file(*this / "run.json", text);
  const RunRecord changed = read_record(folder);
  BOOST_TEST(changed.steps == 1999);  // people may change a record
  BOOST_TEST(changed.altered);
  // Whoever does so on purpose leaves the checksum out.
  Json json = Json::parse(text);
  json.erase("checksum");
  write_file(*this / "run.json", json.dump());
  BOOST_TEST(!read_record(folder).altered);
  BOOST_TEST(!has_its_checksum(json.dump()));
  BOOST_TEST(!has_its_checksum("{}\n"));
  BOOST_TEST(!has_its_checksum("{\"checksum\": \"\"}\n"));
  BOOST_TEST(!has_its_checksum("{\"checksum\": 1}\n"));
  BOOST_TEST(!has_its_checksum(""));
}

// As a tree of the parser it would take a gigabyte.
BOOST_AUTO_TEST_CASE(a_time_beyond_the_clock_is_read_as_none) {
  write_file(
      *this / "run.json",
      R"({"state": "failed", "steps": 0, "total_steps": 1, "start": "4287-11-30T14:33:45Z"})");
  BOOST_TEST((read_record(folder).start == std::chrono::system_clock::time_point()));
}

BOOST_AUTO_TEST_CASE(a_record_that_costs_more_than_its_size_is_refused) {
  constexpr std::size_t size = std::size_t{15} << 20, memory = std::size_t{200} << 20;
  for (const char* piece : {"[", "{\"a\":"}) {
    std::string text = "{\"state\": ";
    while (text.size() < size) text += piece;
    write_file(*this / "run.json", text);
    const AddressSpaceLimit limit(memory);
    BOOST_TEST(error_of([&] { read_record(folder); }) ==
               (*this / "run.json").string() +
                   ": this is not a record of a run: it is nested too deeply");
    BOOST_TEST(!has_its_checksum(text));
  }
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_gone_is_an_error) {
  std::filesystem::remove(path());
  RecordFile file(folder);
  BOOST_CHECK_EXCEPTION(static_cast<void>(file.write(record(), assay::base::Sync::now)),
                        assay::Error, [this](const assay::Error& error) {
                          return error.what() == (*this / "run.json").string() +
                                                     ": cannot be created: its folder was removed "
                                                     "meanwhile";
                        });
}

// The logging thread may be late.
BOOST_AUTO_TEST_CASE(a_record_of_a_running_run_does_not_replace_that_of_an_ended_one) {
  RecordFile file(folder);
  RunRecord r = record();
  r.state = "running";
  BOOST_TEST(file.write(r, assay::base::Sync::later));
  BOOST_TEST(Json::parse(read_file(*this / "run.json")).at("state") == "running");
  BOOST_TEST(file.write(record(), assay::base::Sync::later));
  BOOST_TEST(file.write(r, assay::base::Sync::later));
  BOOST_TEST(Json::parse(read_file(*this / "run.json")).at("state") == "finished");
}

BOOST_AUTO_TEST_SUITE_END()
