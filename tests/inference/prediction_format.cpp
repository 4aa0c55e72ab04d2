// end_to_end/test_eval_predict.py reads such files with NumPy and Python's own modules.
#include "runner/inference/prediction_format.h"

#include <boost/test/unit_test.hpp>
#include <cstdlib>

using namespace assay::inference;

namespace {

const std::vector<std::string> animals = {"cat", "a \"dog\"", "x,y"};

std::string written(FileType type, const Columns& columns, std::vector<float> numbers,
                    std::size_t predicted_class = 0) {
  const auto format = make_format(type, columns);
  std::string text = format->header(1);
  format->append({7, predicted_class, numbers}, text);
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(prediction_format)

BOOST_AUTO_TEST_CASE(suffixes_tell_the_type) {
  BOOST_TEST((file_type_of("a/b.csv") == FileType::csv));
  BOOST_TEST((file_type_of("b.c.npy") == FileType::npy));
  BOOST_TEST((file_type_of(".jsonl") == FileType::jsonl));
  for (const char* name : {"csv", "a.CSV", "a.json", "a.", "", "a.csv/b"})
    BOOST_TEST(!file_type_of(name).has_value(), name);
}

BOOST_AUTO_TEST_CASE(csv_quotes_what_rfc_4180_says) {
  const Columns columns = columns_of(Meaning::softmax_logits, 3, animals);
  BOOST_TEST(written(FileType::csv, columns, {0.25F, 0.5F, 0.25F}, 1) ==
             "row,class,probability_cat,\"probability_a \"\"dog\"\"\",\"probability_x,y\"\n"
             "7,\"a \"\"dog\"\"\",0.25,0.5,0.25\n");
}

BOOST_AUTO_TEST_CASE(json_names_the_classes) {
  const Columns columns = columns_of(Meaning::softmax_logits, 3, animals);
  BOOST_TEST(written(FileType::jsonl, columns, {0.25F, 0.5F, 0.25F}, 2) ==
             "{\"row\": 7, \"class\": \"x,y\", \"probability\": {\"cat\": 0.25, \"a \\\"dog\\\"\": "
             "0.5, \"x,y\": 0.25}}\n");
}

BOOST_AUTO_TEST_CASE(outputs_that_are_no_probabilities_are_not_called_so) {
  const Columns scores = columns_of(Meaning::scores, 3, animals);
  BOOST_TEST(written(FileType::csv, scores, {-1, 2, 0}, 1).starts_with("row,class,score_cat,"));
  const Columns one = columns_of(Meaning::numbers, 1, {});
  BOOST_TEST(written(FileType::csv, one, {1.5F}) == "row,output\n7,1.5\n");
  BOOST_TEST(written(FileType::jsonl, one, {1.5F}) == "{\"row\": 7, \"output\": [1.5]}\n");
  const Columns several = columns_of(Meaning::numbers, 2, {});
  BOOST_TEST(written(FileType::csv, several, {1, -2}) == "row,output_0,output_1\n7,1,-2\n");
  BOOST_TEST(
      written(FileType::npy, several, {1, -2}).find("('row', '<i8'), ('output', '<f4', (2,))") !=
      std::string::npos);
}

BOOST_AUTO_TEST_CASE(one_logit_gives_two_probabilities) {
  const std::vector<std::string> names = {"no", "yes"};
  const Columns columns = columns_of(Meaning::sigmoid_logit, 1, names);
  BOOST_TEST(columns.count == 2);
  BOOST_TEST(written(FileType::csv, columns, {0.25F, 0.75F}, 1) ==
             "row,class,probability_no,probability_yes\n7,yes,0.25,0.75\n");
}

BOOST_AUTO_TEST_CASE(each_class_has_a_name_of_its_own) {
  const std::vector<std::string> names = {"a", "b", "a", "a (2)", "a"};
  const Columns columns = columns_of(Meaning::softmax_logits, 5, names);
  const std::vector<std::string> expected = {"a", "b", "a (2) (2)", "a (2)", "a (4)"};
  BOOST_TEST(columns.classes == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(numbers_read_back_as_they_were) {
  const Columns columns = columns_of(Meaning::numbers, 1, {});
  for (const float number : {0.1F, 1e-38F, 1.17549435e-38F, 3.4e38F, -0.0F, 1 / 3.0F}) {
    const std::string text = written(FileType::csv, columns, {number});
    BOOST_TEST(std::strtof(text.c_str() + text.rfind(',') + 1, nullptr) == number);
  }
}

BOOST_AUTO_TEST_CASE(the_data_of_an_npy_file_begin_at_a_multiple_of_64_bytes) {
  for (std::size_t length = 1; length < 70; ++length) {
    const std::vector<std::string> names = {std::string(length, 'x')};
    const auto format = make_format(FileType::npy, columns_of(Meaning::scores, 1, names));
    for (const std::int64_t rows : {std::int64_t{1}, std::int64_t{1'000'000'000'000}})
      BOOST_TEST(format->header(rows).size() % 64 == 0U);
  }
}

BOOST_AUTO_TEST_SUITE_END()
