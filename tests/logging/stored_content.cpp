#include "runner/logging/stored_content.h"

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runner/conformance/neutral.h"
#include "runner/conformance/sample_records.h"
#include "tests/base/error_of.h"

using namespace assay;
using namespace assay::test;
using logging::Mask;
using logging::StoredContent;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

template <Content T>
std::string refusal(const T& content) {
  return error_of([&] { const StoredContent stored(content); });
}

template <Content T>
const T& content_of(const StoredContent& stored) {
  const T* content = stored.record({3, "tag"}, 7, 1.5).as<T>();
  BOOST_REQUIRE(content != nullptr);
  return *content;
}

// A text that its owner overwrites.
class Buffer {
 public:
  std::string_view keep(std::string text) {
    texts_.push_back(std::make_unique<std::string>(std::move(text)));
    return *texts_.back();
  }
  void overwrite() {
    for (auto& text : texts_)
      for (char& c : *text) c = '#';
  }

 private:
  std::vector<std::unique_ptr<std::string>> texts_;
};

std::vector<std::byte> png_of(std::uint8_t width, std::uint8_t height) {
  const auto white = std::as_bytes(std::span(conformance::white_pixel));
  std::vector<std::byte> png(white.begin(), white.end());
  png[19] = std::byte{width};
  png[23] = std::byte{height};
  return png;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(stored_content)

BOOST_AUTO_TEST_CASE(a_record_has_one_content) {
  const StoredContent stored(Text{"note"});
  const Record record = stored.record({3, "tag"}, 7, 1.5);
  BOOST_TEST(record.tag.id == 3U);
  BOOST_TEST(record.tag.name == "tag");
  BOOST_TEST(record.step == 7);
  BOOST_TEST(record.wall_time == 1.5);
  BOOST_CHECK(record.type == ContentType::text);
  BOOST_CHECK(record.as<Image>() == nullptr);
  BOOST_CHECK(record.as<Scalar>() == nullptr);
  BOOST_TEST(record.as<Text>()->markdown == "note");
  BOOST_TEST(content_of<Scalar>(StoredContent(Scalar{0.25})).value == 0.25);
}

// Whatever the caller does with its memory after the call, the copy stays.
BOOST_AUTO_TEST_CASE(nothing_of_the_callers_memory_is_used_later) {
  Buffer buffer;
  {
    const StoredContent stored(Text{buffer.keep("**bold**")});
    buffer.overwrite();
    BOOST_TEST(content_of<Text>(stored).markdown == "**bold**");
  }
  {
    std::vector<std::byte> png = png_of(3, 2);
    const StoredContent stored(Image{3, 2, png});
    const std::vector<std::byte> before = png;
    png.assign(png.size(), std::byte{0});
    const Image& image = content_of<Image>(stored);
    BOOST_TEST(image.width == 3);
    BOOST_TEST(image.height == 2);
    BOOST_CHECK(std::ranges::equal(image.png, before));
  }
  {
    std::vector<double> edges = {0, 1, 2.5}, counts = {3, 4};
    const StoredContent stored(Histogram{edges, counts, 0.5, 2, 7, 8, 9});
    edges.assign(3, not_a_number);
    counts.assign(2, not_a_number);
    const Histogram& h = content_of<Histogram>(stored);
    BOOST_TEST(h.edges == (std::array{0.0, 1.0, 2.5}), boost::test_tools::per_element());
    BOOST_TEST(h.counts == (std::array{3.0, 4.0}), boost::test_tools::per_element());
    BOOST_TEST(h.minimum == 0.5);
    BOOST_TEST(h.maximum == 2);
    BOOST_TEST(h.number == 7);
    BOOST_TEST(h.sum == 8);
    BOOST_TEST(h.sum_of_squares == 9);
  }
  {
    std::vector<double> x = {0, 1}, y = {not_a_number, infinity};
    std::vector<Curve::Line> lines = {{buffer.keep("a"), x, y}, {buffer.keep("b"), {}, {}}};
    const StoredContent stored(Curve{buffer.keep("recall"), buffer.keep("precision"), lines});
    buffer.overwrite();
    x.assign(2, 9);
    y.assign(2, 9);
    lines.assign(2, {});
    const Curve& curve = content_of<Curve>(stored);
    BOOST_TEST(curve.x_label == "recall");
    BOOST_TEST(curve.y_label == "precision");
    BOOST_REQUIRE(curve.lines.size() == 2U);
    BOOST_TEST(curve.lines[0].name == "a");
    BOOST_TEST(curve.lines[0].x == (std::array{0.0, 1.0}), boost::test_tools::per_element());
    BOOST_TEST(std::isnan(curve.lines[0].y[0]));
    BOOST_TEST(curve.lines[0].y[1] == infinity);
    BOOST_TEST(curve.lines[1].name == "b");
    BOOST_TEST(curve.lines[1].x.empty());
  }
  {
    std::vector<std::string_view> columns = {buffer.keep("class"), buffer.keep("count")};
    std::vector<TypedValue> cells = {TypedValue(buffer.keep("cat")), TypedValue(2),
                                     TypedValue(true), TypedValue()};
    const StoredContent stored(Table{columns, cells});
    buffer.overwrite();
    columns.assign(2, {});
    cells.assign(4, TypedValue(9));
    const Table& table = content_of<Table>(stored);
    BOOST_REQUIRE(table.columns.size() == 2U);
    BOOST_TEST(table.columns[0] == "class");
    BOOST_TEST(table.columns[1] == "count");
    BOOST_REQUIRE(table.cells.size() == 4U);
    BOOST_TEST(table.cells[0].text == "cat");
    BOOST_TEST(table.cells[1].number == 2);
    BOOST_TEST(table.cells[2].boolean);
    BOOST_CHECK(table.cells[3].type == TypedValue::Type::none);
  }
  {
    std::vector<std::string_view> inputs = {buffer.keep("input")};
    std::vector<std::int64_t> shape = {-1, 10};
    std::vector<NamedValue> attributes = {
        {buffer.keep("activation"), TypedValue(buffer.keep("selu"))}};
    std::vector<Graph::Node> nodes = {
        {buffer.keep("layer"), buffer.keep("Linear"), inputs, shape, true, attributes},
        {buffer.keep("input"), buffer.keep("Input"), {}, {}, false, {}}};
    const StoredContent stored(Graph{nodes});
    buffer.overwrite();
    inputs.assign(1, {});
    shape.assign(2, 0);
    attributes.assign(1, {});
    nodes.assign(2, {});
    const Graph& graph = content_of<Graph>(stored);
    BOOST_REQUIRE(graph.nodes.size() == 2U);
    const Graph::Node& node = graph.nodes[0];
    BOOST_TEST(node.name == "layer");
    BOOST_TEST(node.operation == "Linear");
    BOOST_REQUIRE(node.inputs.size() == 1U);
    BOOST_TEST(node.inputs[0] == "input");
    BOOST_TEST(node.has_output_shape);
    BOOST_TEST(node.output_shape == (std::array<std::int64_t, 2>{-1, 10}),
               boost::test_tools::per_element());
    BOOST_REQUIRE(node.attributes.size() == 1U);
    BOOST_TEST(node.attributes[0].name == "activation");
    BOOST_TEST(node.attributes[0].value.text == "selu");
    BOOST_TEST(!graph.nodes[1].has_output_shape);
  }
  {
    std::vector<NamedValue> values = {{buffer.keep("rate"), TypedValue(0.5)},
                                      {buffer.keep("loss"), TypedValue(buffer.keep("l2"))}};
    std::vector<std::string_view> metrics = {buffer.keep("Accuracy")};
    const StoredContent stored(HyperParameters{values, metrics});
    buffer.overwrite();
    values.assign(2, {});
    metrics.assign(1, {});
    const HyperParameters& parameters = content_of<HyperParameters>(stored);
    BOOST_REQUIRE(parameters.values.size() == 2U);
    BOOST_TEST(parameters.values[0].name == "rate");
    BOOST_TEST(parameters.values[0].value.number == 0.5);
    BOOST_TEST(parameters.values[1].value.text == "l2");
    BOOST_REQUIRE(parameters.metrics.size() == 1U);
    BOOST_TEST(parameters.metrics[0] == "Accuracy");
  }
}

BOOST_AUTO_TEST_CASE(everything_that_the_header_allows_is_taken) {
  int contents = 0, refused = 0;
  conformance::send_every_content(0, 0, 1.5, [&](const Record& record) {
    ++contents;
    const std::string problem = error_of(
        [&] { const StoredContent stored(record.type, record.content, sizeof(Histogram)); });
    if (problem != "nothing thrown") ++refused;
    BOOST_TEST((problem == "nothing thrown" || problem.find("type 1000000") != problem.npos),
               problem);
  });
  BOOST_TEST(refused == 1);  // that of a type that no version knows
  BOOST_TEST(contents == 17);
}

BOOST_AUTO_TEST_CASE(histograms_that_are_none_are_refused) {
  const std::vector<double> edges = {0, 1, 2}, counts = {3, 4};
  const auto with_edges = [&](std::vector<double> other) {
    return refusal(Histogram{other, counts, 0, 1, 7, 1, 1});
  };
  const auto with_counts = [&](std::vector<double> other) {
    return refusal(Histogram{edges, other, 0, 1, 7, 1, 1});
  };
  const std::string order = "; expected finite numbers, each above the one before";
  BOOST_TEST(with_edges({0, not_a_number, 2}) == "edges[1] of a histogram is nan" + order);
  BOOST_TEST(with_edges({0, 1, infinity}) == "edges[2] of a histogram is inf" + order);
  BOOST_TEST(with_edges({0, 1, 1}) == "edges[2] of a histogram is 1" + order);
  BOOST_TEST(
      with_edges({0, 1}) ==
      "a histogram has 2 edges and 2 counts; expected at least one count, and one edge more");
  BOOST_TEST(with_edges({}).starts_with("a histogram has 0 edges"));
  BOOST_TEST(refusal(Histogram{}).starts_with("a histogram has 0 edges and 0 counts"));
  for (const double bad : {-1.0, not_a_number, infinity})
    BOOST_TEST(with_counts({1, bad}).starts_with("counts[1] of a histogram is "));
  const auto with = [&](double minimum, double maximum, double number, double sum, double squares) {
    return refusal(Histogram{edges, counts, minimum, maximum, number, sum, squares});
  };
  BOOST_TEST(with(0, 1, 2, infinity, infinity) == "nothing thrown");
  BOOST_TEST(with(2, 1, 2, 3, 4).starts_with("a histogram has the minimum 2 and the maximum 1"));
  BOOST_TEST(with(not_a_number, 1, 2, 3, 4).starts_with("a histogram has the minimum nan"));
  BOOST_TEST(with(0, infinity, 2, 3, 4).starts_with("a histogram has the minimum 0"));
  BOOST_TEST(with(0, 1, -1, 3, 4).starts_with("a histogram counts -1 numbers"));
  BOOST_TEST(with(0, 1, not_a_number, 3, 4).starts_with("a histogram counts nan numbers"));
  BOOST_TEST(with(0, 1, 2, not_a_number, 4).starts_with("the sum of a histogram is NaN"));
  BOOST_TEST(with(0, 1, 2, 3, -4).starts_with("the sum of squares of a histogram is -4"));
  BOOST_TEST(
      with(0, 1, 2, 3, not_a_number).starts_with("the sum of squares of a histogram is nan"));
}

BOOST_AUTO_TEST_CASE(images_are_png_files_of_their_size) {
  BOOST_TEST(refusal(Image{3, 2, png_of(3, 2)}) == "nothing thrown");
  BOOST_TEST(refusal(Image{3, 2, png_of(2, 3)}) ==
             "an image is declared with 3 x 2 pixels, but its PNG file has 2 x 3");
  BOOST_TEST(refusal(Image{0, 2, png_of(0, 2)}).starts_with("an image has 0 x 2 pixels"));
  BOOST_TEST(refusal(Image{40000, 2, png_of(3, 2)}).starts_with("an image has 40000 x 2 pixels"));
  std::vector<std::byte> png = png_of(3, 2);
  BOOST_TEST(refusal(Image{3, 2, std::span(png).first(23)}) ==
             "the bytes of an image are not a PNG file");
  BOOST_TEST(refusal(Image{3, 2, {}}) == "the bytes of an image are not a PNG file");
  png[1] = std::byte{'J'};
  BOOST_TEST(refusal(Image{3, 2, png}) == "the bytes of an image are not a PNG file");
}

BOOST_AUTO_TEST_CASE(curves_that_are_none_are_refused) {
  const std::vector<double> two = {0, 1}, three = {0, 1, 2}, bad = {0, not_a_number};
  const auto with = [](const std::vector<Curve::Line>& lines) {
    return refusal(Curve{"", "", lines});
  };
  BOOST_TEST(with({}) == "a curve has no lines; expected at least one");
  BOOST_TEST(with({{"a", two, three}}) ==
             "the line 'a' of a curve has 2 x and 3 y; expected as many of each");
  BOOST_TEST(with({{"a", bad, two}}) == "x[1] of the line 'a' is NaN");
  BOOST_TEST(with({{"a", two, bad}, {"a", two, two}}) ==
             "two lines of a curve are called 'a'; give each another name");
  BOOST_TEST(with({{"a\nb", two, two}}) ==
             "the name of a curve's line must be one line of text, found 'a\\nb'");
  const std::vector<Curve::Line> lines = {{"a", two, two}};
  BOOST_TEST(refusal(Curve{"\xff", "", lines}) ==
             "a curve's label must be one line of text, found '\\xff'");
}

BOOST_AUTO_TEST_CASE(tables_that_are_none_are_refused) {
  const std::vector<TypedValue> cells = {TypedValue(1), TypedValue(2), TypedValue(3)};
  const auto with = [&](const std::vector<std::string_view>& columns) {
    return refusal(Table{columns, cells});
  };
  BOOST_TEST(with({"a", "b", "c"}) == "nothing thrown");
  BOOST_TEST(with({}) == "a table has no columns; expected at least one");
  BOOST_TEST(with({"a", "b"}) == "a table of 2 columns has 3 cells; expected whole rows");
  BOOST_TEST(with({"a", "b", "a"}) ==
             "two columns of a table are called 'a'; give each another name");
  BOOST_TEST(with({"a", "b", "c\n"}).starts_with("a table's column must be one line of text"));
  const std::vector<std::string_view> column = {"a"};
  TypedValue odd(1);
  odd.type = static_cast<TypedValue::Type>(9);
  const std::vector<TypedValue> odd_cells = {odd};
  BOOST_TEST(refusal(Table{column, odd_cells}) ==
             "the type of a table's cell is 9, which is not one of TypedValue::Type");
}

BOOST_AUTO_TEST_CASE(graphs_that_are_none_are_refused) {
  const std::vector<std::string_view> self = {"a"}, none = {"nowhere"};
  const std::vector<std::int64_t> shape = {-1, -2};
  const std::vector<NamedValue> twice = {{"n", TypedValue(1)}, {"n", TypedValue(2)}};
  const auto with = [](const std::vector<Graph::Node>& nodes) { return refusal(Graph{nodes}); };
  BOOST_TEST(with({}) == "nothing thrown");
  BOOST_TEST(with({{"a", "", {}, {}, false, {}}, {"a", "", {}, {}, false, {}}}) ==
             "two nodes of a graph are called 'a'; give each another name");
  BOOST_TEST(with({{"", "", {}, {}, false, {}}}) == "a graph's node has an empty name");
  BOOST_TEST(with({{"a", "x\ny", {}, {}, false, {}}})
                 .starts_with("the operation of a graph's node must be one line of text"));
  for (const auto& inputs : {self, none})
    BOOST_TEST(with({{"a", "", inputs, {}, false, {}}}) ==
               "the node 'a' has the input '" + std::string(inputs[0]) +
                   "'; expected the name of another node");
  BOOST_TEST(
      with({{"a", "", {}, shape, true, {}}}).starts_with("the node 'a' has the dimension -2"));
  BOOST_TEST(with({{"a", "", {}, shape, false, {}}}) ==
             "the node 'a' has dimensions, but has_output_shape is false");
  BOOST_TEST(with({{"a", "", {}, {}, false, twice}}) ==
             "two attributes of the node 'a' are called 'n'; give each another name");
}

BOOST_AUTO_TEST_CASE(hyper_parameters_that_are_none_are_refused) {
  const std::vector<NamedValue> twice = {{"n", TypedValue(1)}, {"n", TypedValue(2)}};
  const std::vector<NamedValue> nameless = {{"", TypedValue(1)}};
  const std::vector<std::string_view> metrics = {""};
  BOOST_TEST(refusal(HyperParameters{}) == "nothing thrown");
  BOOST_TEST(refusal(HyperParameters{twice, {}}) ==
             "two hyper-parameters are called 'n'; give each another name");
  BOOST_TEST(refusal(HyperParameters{nameless, {}}) ==
             "one of the hyper-parameters has an empty name");
  BOOST_TEST(refusal(HyperParameters{{}, metrics}) ==
             "a metric of hyper-parameters has an empty name");
}

BOOST_AUTO_TEST_CASE(types_that_nobody_knows_are_refused) {
  for (const auto type : {ContentType::unknown, static_cast<ContentType>(77)}) {
    const Scalar scalar;
    BOOST_TEST(error_of([&] { const StoredContent stored(type, &scalar, sizeof scalar); }) ==
               "the content is of type " + std::to_string(static_cast<int>(type)) +
                   ", which this program does not know");
  }
}

// A plugin may have been built when the struct had fewer members.
BOOST_AUTO_TEST_CASE(members_that_an_older_plugin_does_not_have_are_empty) {
  const std::vector<double> edges = {0, 1}, counts = {2};
  const Histogram histogram{edges, counts, 0.25, 0.5, 2, 1, 1};
  const StoredContent stored(ContentType::histogram, &histogram,
                             offsetof(Histogram, sum_of_squares));
  BOOST_TEST(content_of<Histogram>(stored).sum == 1);
  BOOST_TEST(content_of<Histogram>(stored).sum_of_squares == 0);
}

BOOST_AUTO_TEST_CASE(every_text_is_masked) {
  const Mask mask = [](std::string_view text) {
    return text == "secret" ? "***" : std::string(text);
  };
  const std::string_view secret = "secret";
  const std::vector<std::string_view> names = {secret};
  const std::vector<NamedValue> values = {{secret, TypedValue(secret)}};
  BOOST_TEST(content_of<Text>(StoredContent(Text{secret}, mask)).markdown == "***");
  const std::vector<Curve::Line> lines = {{secret, {}, {}}};
  const StoredContent curve(Curve{secret, secret, lines}, mask);
  BOOST_TEST(content_of<Curve>(curve).x_label == "***");
  BOOST_TEST(content_of<Curve>(curve).y_label == "***");
  BOOST_TEST(content_of<Curve>(curve).lines[0].name == "***");
  const std::vector<TypedValue> cells = {TypedValue(secret)};
  const StoredContent table(Table{names, cells}, mask);
  BOOST_TEST(content_of<Table>(table).columns[0] == "***");
  BOOST_TEST(content_of<Table>(table).cells[0].text == "***");
  const std::vector<Graph::Node> nodes = {{secret, secret, {}, {}, false, values},
                                          {"b", "", names, {}, false, {}}};
  const StoredContent graph(Graph{nodes}, mask);
  BOOST_TEST(content_of<Graph>(graph).nodes[0].name == "***");
  BOOST_TEST(content_of<Graph>(graph).nodes[0].operation == "***");
  BOOST_TEST(content_of<Graph>(graph).nodes[0].attributes[0].name == "***");
  BOOST_TEST(content_of<Graph>(graph).nodes[0].attributes[0].value.text == "***");
  BOOST_TEST(content_of<Graph>(graph).nodes[1].inputs[0] == "***");
  const StoredContent parameters(HyperParameters{values, names}, mask);
  BOOST_TEST(content_of<HyperParameters>(parameters).values[0].value.text == "***");
  BOOST_TEST(content_of<HyperParameters>(parameters).metrics[0] == "***");
}

BOOST_AUTO_TEST_CASE(the_memory_is_counted) {
  BOOST_TEST(StoredContent(Text{std::string(5000, 'x')}).bytes() >= 5000U);
  BOOST_TEST(StoredContent(Text{std::string(5000, 'x')}).bytes() < 6000U);
  const std::vector<std::string_view> column = {"a"};
  const std::string word(40, 'x');
  const std::vector<TypedValue> cells(1000, TypedValue(std::string_view(word)));
  const std::size_t bytes = StoredContent(Table{column, cells}).bytes();
  BOOST_TEST(bytes >= 1000 * (sizeof(TypedValue) + 40));
  BOOST_TEST(bytes < 2 * 1000 * (sizeof(TypedValue) + 40));
}

BOOST_AUTO_TEST_CASE(what_a_storage_keeps_stays_where_it_is) {
  logging::Storage storage;
  std::vector<std::pair<std::string, std::string_view>> texts;
  std::vector<std::span<const double>> numbers;
  for (std::size_t i = 0; i < 300; ++i) {
    std::string text(i % 97, static_cast<char>('a' + i % 26));
    texts.emplace_back(text, storage.keep(std::string_view(text)));
    const std::vector<double> values(i % 7, static_cast<double>(i));
    numbers.push_back(storage.keep(std::span<const double>(values)));
  }
  for (const auto& [text, kept] : texts) BOOST_TEST(kept == text);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    BOOST_TEST(numbers[i].size() == i % 7);
    for (const double number : numbers[i]) BOOST_TEST(number == static_cast<double>(i));
  }
}

BOOST_AUTO_TEST_SUITE_END()
