#include "runner/inference/background_writer.h"

#include <boost/test/unit_test.hpp>
#include <stdexcept>

using namespace assay::inference;

namespace {

class Collected final : public ByteSink {
 public:
  void write(std::span<const std::byte> bytes) override {
    if (text.size() + bytes.size() > most) throw std::runtime_error("full");
    text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  void finish() override { finished = true; }

  std::size_t most = 1 << 20;
  std::string text;
  bool finished = false;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(background_writer)

BOOST_AUTO_TEST_CASE(pieces_are_written_in_their_order) {
  Collected sink;
  std::string expected;
  BackgroundWriter writer(sink);
  BackgroundWriter::Piece piece;
  for (int i = 0; i < 1000; ++i) {
    piece = {std::to_string(i), ",", std::to_string(2 * i) + "\n"};
    for (const std::string& text : piece) expected += text;
    piece = writer.write(std::move(piece));
  }
  writer.finish();
  BOOST_TEST(sink.text == expected);
  BOOST_TEST(!sink.finished);  // that is up to whoever made it
}

BOOST_AUTO_TEST_CASE(what_the_sink_throws_comes_back) {
  Collected sink;
  sink.most = 10;
  BackgroundWriter writer(sink);
  const auto fails = [](const std::runtime_error& error) {
    return std::string(error.what()) == "full";
  };
  writer.write({"12345"});
  writer.write({"123456"});
  BOOST_CHECK_EXCEPTION(writer.finish(), std::runtime_error, fails);
  BOOST_CHECK_EXCEPTION(writer.write({"1"}), std::runtime_error, fails);
  BOOST_TEST(sink.text == "12345");
}

BOOST_AUTO_TEST_CASE(it_may_be_left_with_work_to_do) {
  Collected sink;
  { BackgroundWriter writer(sink); }
  {
    BackgroundWriter writer(sink);
    writer.write({"a"});
  }
  BOOST_TEST(sink.text.size() <= 1U);
}

BOOST_AUTO_TEST_SUITE_END()
