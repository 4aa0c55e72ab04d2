// Tests the lines of the logger `jsonl`.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/plugins/logger/fake_host.h"
#include "tests/support/component.h"

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
    out.image({{0, "Digits"}, 0, now, 600, 400, {}});
    out.scalar({{1, "Loss"}, 1, now, 20.18});
    out.scalar({{2, "Count"}, 1, now, 3});
    out.scalar({{2, "Count"}, 2, now, -0.0});
    out.scalar({{1, "Loss"}, 2, now, std::nan("")});
    out.scalar({{1, "Loss"}, 3, now, infinity});
    out.scalar({{1, "Loss"}, 4, now, -infinity});
    out.markdown({{3, "A \"quoted\"\ttag"}, 4, now, "line\nline äöü \xff"});
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
      out.scalar({{0, "x"}, static_cast<std::int64_t>(i), now, values[i]});
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
      out.scalar(
          {{0, "x"}, step, now + static_cast<double>(step), std::sin(static_cast<double>(step))});
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
      out->scalar({{0, "Loss"}, step, 1.5, 2.5});
      if (step % 3 == 0) out->flush();
    }
  };
  BOOST_CHECK_THROW(write(), assay::Error);
  BOOST_TEST(host.files[0].content().ends_with("}\n"));
  BOOST_TEST(lines_of(host.files[0].content()).size() > 10U);
}

BOOST_AUTO_TEST_SUITE_END()
