// Tests the lines of the logger `jsonl`.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/plugins/logger/fake_host.h"
#include "tests/support/component.h"
#include "tests/support/give_record.h"

namespace {

using assay::test::FakeHost;
using nlohmann::json;

constexpr double infinity = std::numeric_limits<double>::infinity();

std::string written(double wall_time, auto write) {
  FakeHost host;
  const auto out = assay::test::make<assay::Logger>("jsonl");
  out->open(host);
  write(*out, wall_time);
  out->close(assay::Outcome::finished);
  BOOST_TEST(host.files.at(0).path() == "metrics.jsonl");
  return host.files[0].content();
}

std::vector<json> lines_of(const std::string& text) {
  std::vector<json> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(json::parse(line));
  return lines;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(jsonl)

BOOST_AUTO_TEST_CASE(lines_look_as_documented) {
  const std::string text = written(1763863320.25, [](assay::Logger& out, double now) {
    assay::test::give(out, {0, "Digits"}, 0, now, assay::Image{600, 400, {}});
    assay::test::give(out, {1, "Loss"}, 1, now, assay::Scalar{20.18});
    assay::test::give(out, {2, "Count"}, 1, now, assay::Scalar{3});
    assay::test::give(out, {2, "Count"}, 2, now, assay::Scalar{-0.0});
    assay::test::give(out, {1, "Loss"}, 2, now, assay::Scalar{std::nan("")});
    assay::test::give(out, {1, "Loss"}, 3, now, assay::Scalar{infinity});
    assay::test::give(out, {1, "Loss"}, 4, now, assay::Scalar{-infinity});
    assay::test::give(out, {3, "A \"quoted\"\ttag"}, 4, now, assay::Text{"line\nline äöü \xff"});
  });
  BOOST_TEST(
      text ==
      R"({"step":0,"tag":"Digits","image":{"width":600,"height":400},"wall_time":1763863320.25}
{"step":1,"tag":"Loss","value":20.18,"wall_time":1763863320.25}
{"step":1,"tag":"Count","value":3.0,"wall_time":1763863320.25}
{"step":2,"tag":"Count","value":-0.0,"wall_time":1763863320.25}
{"step":2,"tag":"Loss","value":"NaN","wall_time":1763863320.25}
{"step":3,"tag":"Loss","value":"Infinity","wall_time":1763863320.25}
{"step":4,"tag":"Loss","value":"-Infinity","wall_time":1763863320.25}
{"step":4,"tag":"A \"quoted\"\ttag","text":"line\nline äöü )"
      "\uFFFD"
      R"(","wall_time":1763863320.25}
)");
  const auto lines = lines_of(text);
  BOOST_TEST(lines.size() == 8U);
  BOOST_TEST(lines.at(7).at("tag").get<std::string>() == "A \"quoted\"\ttag");
}

BOOST_AUTO_TEST_CASE(other_contents_are_objects_under_their_types) {
  using namespace assay;
  const std::string text = written(1.5, [](Logger& out, double now) {
    const double edges[] = {0, 1}, counts[] = {2}, gap[] = {std::nan(""), infinity};
    test::give(out, {0, "h"}, 1, now, Histogram{edges, counts, 0.25, 0.5, 2, 0.75, 0.3125});
    const Curve::Line lines[] = {{"a", edges, gap}, {"b \"\xff\"", {}, {}}};
    test::give(out, {1, "c"}, 1, now, Curve{"recall", "", lines});
    const std::string_view columns[] = {"class", "count"};
    const TypedValue cells[] = {TypedValue("cat\n"), TypedValue(2), TypedValue(), TypedValue(true)};
    test::give(out, {2, "t"}, 1, now, Table{columns, cells});
    test::give(out, {2, "t"}, 2, now, Table{columns, {}});
    const std::string_view inputs[] = {"input"};
    const std::int64_t shape[] = {-1, 10};
    const NamedValue values[] = {{"activation", TypedValue("selu")}, {"rate", TypedValue(0.1)}};
    const Graph::Node nodes[] = {{"input", "Input", {}, {}, false, {}},
                                 {"layer1", "Linear", inputs, shape, true, values}};
    test::give(out, {3, "g"}, 1, now, Graph{nodes});
    const std::string_view metrics[] = {"Loss", "Accuracy"};
    test::give(out, {4, "p"}, 1, now, HyperParameters{values, metrics});
    const std::byte bytes[8] = {};
    out.record({{5, "later"}, 1, now, static_cast<ContentType>(77), bytes});
  });
  BOOST_TEST(text ==
             R"({"step":1,"tag":"h","histogram":{"edges":[0.0,1.0],"counts":[2.0],"minimum":0.25,)"
             R"("maximum":0.5,"number":2.0,"sum":0.75,"sum_of_squares":0.3125},"wall_time":1.5}
{"step":1,"tag":"c","curve":{"x_label":"recall","y_label":"","lines":[{"name":"a","x":[0.0,1.0],)"
             R"("y":["NaN","Infinity"]},{"name":"b \")"
             "\uFFFD"
             R"(\"","x":[],"y":[]}]},"wall_time":1.5}
{"step":1,"tag":"t","table":{"columns":["class","count"],"rows":[["cat\n",2.0],[null,true]]},)"
             R"("wall_time":1.5}
{"step":2,"tag":"t","table":{"columns":["class","count"],"rows":[]},"wall_time":1.5}
{"step":1,"tag":"g","graph":{"nodes":[{"name":"input","operation":"Input","inputs":[],)"
             R"("attributes":{}},{"name":"layer1","operation":"Linear","inputs":["input"],)"
             R"("output_shape":[-1,10],"attributes":{"activation":"selu","rate":0.1}}]},)"
             R"("wall_time":1.5}
{"step":1,"tag":"p","hyper_parameters":{"values":{"activation":"selu","rate":0.1},)"
             R"("metrics":["Loss","Accuracy"]},"wall_time":1.5}
{"step":1,"tag":"later","unknown":{"type":77},"wall_time":1.5}
)");
  BOOST_TEST(lines_of(text).size() == 7U);
}

BOOST_AUTO_TEST_CASE(numbers_read_back_bit_by_bit) {
  std::vector<double> values = {0.1,
                                1.0 / 3,
                                5e-324,
                                1.7976931348623157e308,
                                2.2250738585072014e-308,
                                1e15,
                                123456789012345680.0,
                                1e22,
                                9007199254740993.0,
                                -0.0};
  std::uint64_t bits = 1;
  while (values.size() < 20000) {
    bits = bits * 6364136223846793005 + 1442695040888963407;
    double value;
    std::memcpy(&value, &bits, sizeof value);
    if (std::isfinite(value)) values.push_back(value);
  }
  const auto lines = lines_of(written(1.5, [&](assay::Logger& out, double now) {
    for (std::size_t i = 0; i < values.size(); ++i)
      assay::test::give(out, {0, "x"}, static_cast<std::int64_t>(i), now, assay::Scalar{values[i]});
  }));
  BOOST_REQUIRE_EQUAL(lines.size(), values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto value = lines[i].at("value").get<double>();
    BOOST_REQUIRE(std::memcmp(&value, &values[i], sizeof value) == 0);
    BOOST_REQUIRE(lines[i].at("value").is_number_float());
  }
}

BOOST_AUTO_TEST_CASE(only_wall_times_differ_between_runs) {
  const auto write = [](assay::Logger& out, double now) {
    for (std::int64_t step = 0; step < 100; ++step)
      assay::test::give(out, {0, "x"}, step, now + static_cast<double>(step),
                        assay::Scalar{std::sin(static_cast<double>(step))});
  };
  auto one = lines_of(written(1000.125, write)), two = lines_of(written(2000.5, write));
  BOOST_TEST((one != two));
  for (auto* lines : {&one, &two})
    for (json& line : *lines) line.erase("wall_time");
  BOOST_TEST((one == two));
}

BOOST_AUTO_TEST_CASE(a_full_disk_leaves_whole_lines) {
  FakeHost host;
  host.capacity = 1000;
  const auto out = assay::test::make<assay::Logger>("jsonl");
  out->open(host);
  const auto write = [&] {
    for (std::int64_t step = 0; step < 100; ++step) {
      assay::test::give(*out, {0, "Loss"}, step, 1.5, assay::Scalar{2.5});
      if (step % 3 == 0) out->flush();
    }
  };
  BOOST_CHECK_THROW(write(), assay::Error);
  BOOST_TEST(host.files[0].content().ends_with("}\n"));
  BOOST_TEST(lines_of(host.files[0].content()).size() > 10U);
}

BOOST_AUTO_TEST_SUITE_END()
