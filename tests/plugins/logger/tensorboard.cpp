// Parses the event files of the logger `tensorboard` with a reader of our own. tests/end_to_end/
// tests them with the real TensorBoard.
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>

#include "event.pb.h"
#include "hparams.pb.h"
#include "plugins/logger/tensorboard/record.h"
#include "tests/plugins/logger/fake_host.h"
#include "tests/support/component.h"
#include "tests/support/give_record.h"

namespace {

using assay::tensorboard::Event;
using assay::tensorboard::HParamsPluginData;
using assay::tensorboard::SessionEndInfo;
using assay::tensorboard::Summary;
using assay::tensorboard::SummaryMetadata;
using assay::tensorboard::Tensor;
using assay::test::FakeHost;

constexpr double infinity = std::numeric_limits<double>::infinity();

std::unique_ptr<assay::Logger> logger() { return assay::test::make<assay::Logger>("tensorboard"); }

template <class T>
T number_at(std::string_view bytes) {
  T number;
  std::memcpy(&number, bytes.data(), sizeof number);
  return number;
}

// Returns the events of a file that must contain whole records and nothing else.
std::vector<Event> events_of(std::string_view file) {
  const auto crc = [](std::string_view bytes) {
    return assay::tensorboard::masked_crc(std::as_bytes(std::span(bytes)));
  };
  std::vector<Event> events;
  while (!file.empty()) {
    BOOST_REQUIRE_GE(file.size(), 16U);
    const auto size = number_at<std::uint64_t>(file);
    BOOST_REQUIRE_EQUAL(number_at<std::uint32_t>(file.substr(8)), crc(file.substr(0, 8)));
    BOOST_REQUIRE_GE(file.size(), 16 + size);
    const std::string_view data = file.substr(12, size);
    BOOST_REQUIRE_EQUAL(number_at<std::uint32_t>(file.substr(12 + size)), crc(data));
    BOOST_REQUIRE(events.emplace_back().ParseFromArray(data.data(), static_cast<int>(size)));
    file.remove_prefix(16 + size);
  }
  return events;
}

const Summary::Value& value_of(const Event& event) {
  BOOST_REQUIRE_EQUAL(event.summary().value_size(), 1);
  return event.summary().value(0);
}

// A file begins with its version, the start of a session, and the hyper-parameters; it ends with
// the end of the session.
constexpr std::size_t before_records = 3;
constexpr std::size_t after_records = 1;

HParamsPluginData session_in(const Event& event, std::string_view tag) {
  const Summary::Value& value = value_of(event);
  BOOST_TEST(value.tag() == tag);
  BOOST_TEST(value.metadata().plugin_data().plugin_name() == "hparams");
  BOOST_TEST(value.metadata().data_class() == SummaryMetadata::TENSOR);
  BOOST_TEST(value.tensor().dtype() == Tensor::FLOAT);
  BOOST_REQUIRE_EQUAL(value.tensor().tensor_shape().dim_size(), 1);
  BOOST_TEST(value.tensor().tensor_shape().dim(0).size() == 0);
  HParamsPluginData data;
  BOOST_REQUIRE(data.ParseFromString(value.metadata().plugin_data().content()));
  return data;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(tensorboard)

BOOST_AUTO_TEST_CASE(a_file_begins_with_its_version_and_a_session) {
  FakeHost host;
  const auto out = logger();
  out->open(host);
  out->close(assay::Outcome::finished);
  BOOST_REQUIRE_EQUAL(host.files.size(), 1U);
  const auto events = events_of(host.files[0].content());
  BOOST_REQUIRE_EQUAL(events.size(), 4U);
  BOOST_TEST(events[0].wall_time() == 1763863320.25);
  BOOST_TEST(events[0].file_version() == "brain.Event:2");
  BOOST_TEST(!events[0].source_metadata().writer().empty());
  BOOST_TEST(events[1].session_log().status() == assay::tensorboard::SessionLog::START);
  BOOST_TEST(events[1].step() == 0);
}

BOOST_AUTO_TEST_CASE(a_resumed_file_leaves_the_step_of_the_checkpoint_alone) {
  FakeHost host;
  host.first = 1000;
  const auto out = logger();
  out->open(host);
  BOOST_TEST(events_of(host.files[0].content()).at(1).step() == 1001);
}

BOOST_AUTO_TEST_CASE(files_are_named_in_the_order_of_their_making) {
  FakeHost host;
  logger()->open(host);
  const std::string name(host.files[0].path());
  BOOST_TEST(name.starts_with("events.out.tfevents.1763863320.000000."));
  BOOST_TEST(name.ends_with(fmt::format(".{}", getpid())));

  const auto folder =
      std::filesystem::temp_directory_path() / fmt::format("assay_event_file_names_{}", getpid());
  std::filesystem::create_directory(folder);
  host.folder = folder.string();
  const auto name_after = [&](const char* existing) {
    std::ofstream(folder / existing).put('x');
    logger()->open(host);
    return std::string(host.files.back().path()).substr(0, 37);
  };
  BOOST_TEST(name_after("metrics.jsonl") == "events.out.tfevents.1763863320.000000");
  BOOST_TEST(name_after("events.out.tfevents.1763863319.000004.a.1") ==
             "events.out.tfevents.1763863320.000000");
  BOOST_TEST(name_after("events.out.tfevents.1763863320.000000.a.1") ==
             "events.out.tfevents.1763863320.000001");
  // The clock has been set back in the meantime.
  BOOST_TEST(name_after("events.out.tfevents.1763863400.000002.a.1") ==
             "events.out.tfevents.1763863400.000003");
  // TensorBoard takes the hyper-parameters that it sees first.
  BOOST_TEST(events_of(host.files.back().content()).size() == before_records);
  std::ofstream(folder / "events.out.tfevents.1763863400.000009.a.1")
      << "\n_hparams_/session_start_info";
  logger()->open(host);
  BOOST_TEST(events_of(host.files.back().content()).size() == before_records - 1);
  std::filesystem::remove_all(folder);
}

BOOST_AUTO_TEST_CASE(scalars_come_back_with_metadata_once) {
  FakeHost host;
  const auto out = logger();
  out->open(host);
  const double values[] = {20.18, 0, -1e-30, std::nan(""), infinity, -infinity};
  for (std::int64_t i = 0; i < 6; ++i) {
    assay::test::give(*out, {0, "Loss"}, i + 1, 1763863321.5, assay::Scalar{values[i]});
    assay::test::give(*out, {1, "Accuracy"}, i + 1, 1763863321.5, assay::Scalar{0.5});
  }
  out->close(assay::Outcome::finished);
  const auto events = events_of(host.files[0].content());
  BOOST_REQUIRE_EQUAL(events.size(), before_records + 12 + after_records);
  for (std::size_t i = 0; i < 12; ++i) {
    const Event& event = events[i + before_records];
    BOOST_TEST(event.step() == static_cast<std::int64_t>(i / 2 + 1));
    BOOST_TEST(event.wall_time() == 1763863321.5);
    const Summary::Value& value = value_of(event);
    BOOST_TEST(value.tag() == (i % 2 == 0 ? "Loss" : "Accuracy"));
    BOOST_REQUIRE(value.value_case() == Summary::Value::kSimpleValue);
    const auto expected = static_cast<float>(i % 2 == 0 ? values[i / 2] : 0.5);
    BOOST_TEST((value.simple_value() == expected ||
                (std::isnan(expected) && std::isnan(value.simple_value()))));
    BOOST_TEST(value.has_metadata() == (i < 2));
    if (i < 2) {
      BOOST_TEST(value.metadata().plugin_data().plugin_name() == "scalars");
      BOOST_TEST(value.metadata().data_class() == SummaryMetadata::SCALAR);
    }
  }
}

BOOST_AUTO_TEST_CASE(images_and_texts_are_string_tensors) {
  FakeHost host;
  const auto out = logger();
  out->open(host);
  constexpr std::array png = {std::byte{0x89}, std::byte{'P'}, std::byte{0}, std::byte{0xff}};
  assay::test::give(*out, {0, "Digits"}, 0, 1.5, assay::Image{600, 400, png});
  assay::test::give(*out, {1, "Notes"}, 7, 2.5, assay::Text{"**bold** äöü"});
  assay::test::give(*out, {0, "Digits"}, 1, 3.5, assay::Image{8, 9, png});
  assay::test::give(*out, {2, "Loss"}, 1, 3.5, assay::Scalar{2});
  out->close(assay::Outcome::finished);
  const auto events = events_of(host.files[0].content());
  BOOST_REQUIRE_EQUAL(events.size(), before_records + 4 + after_records);

  const Summary::Value& image = value_of(events[3]);
  BOOST_TEST(image.tag() == "Digits");
  BOOST_TEST(image.metadata().plugin_data().plugin_name() == "images");
  BOOST_TEST(image.metadata().data_class() == SummaryMetadata::BLOB_SEQUENCE);
  BOOST_TEST(image.tensor().dtype() == Tensor::STRING);
  BOOST_REQUIRE_EQUAL(image.tensor().tensor_shape().dim_size(), 1);
  BOOST_TEST(image.tensor().tensor_shape().dim(0).size() == 3);
  BOOST_REQUIRE_EQUAL(image.tensor().string_val_size(), 3);
  BOOST_TEST(image.tensor().string_val(0) == "600");
  BOOST_TEST(image.tensor().string_val(1) == "400");
  BOOST_TEST(image.tensor().string_val(2) == std::string("\x89P\0\xff", 4));

  const Summary::Value& text = value_of(events[4]);
  BOOST_TEST(events[4].step() == 7);
  BOOST_TEST(text.metadata().plugin_data().plugin_name() == "text");
  BOOST_TEST(text.metadata().data_class() == SummaryMetadata::TENSOR);
  BOOST_TEST(text.tensor().has_tensor_shape());
  BOOST_TEST(text.tensor().tensor_shape().dim_size() == 0);
  BOOST_REQUIRE_EQUAL(text.tensor().string_val_size(), 1);
  BOOST_TEST(text.tensor().string_val(0) == "**bold** äöü");

  BOOST_TEST(!value_of(events[5]).has_metadata());
  BOOST_TEST(value_of(events[5]).tensor().string_val(0) == "8");
  BOOST_TEST(!value_of(events[6]).has_tensor());
}

BOOST_AUTO_TEST_CASE(contents_that_it_does_not_know_are_ignored) {
  FakeHost host;
  const auto out = logger();
  out->open(host);
  out->flush();
  const std::string before = host.files[0].content();
  assay::test::give(*out, {0, "Parameters"}, 1, 1.5, assay::HyperParameters{});
  assay::test::give(*out, {1, "Graph"}, 1, 1.5, assay::Graph{});
  const std::byte bytes[8] = {};
  out->record({{2, "later"}, 1, 1.5, static_cast<assay::ContentType>(77), bytes});
  out->flush();
  BOOST_TEST(host.files[0].content() == before);
}

BOOST_AUTO_TEST_CASE(records_wait_for_flush_or_for_many) {
  FakeHost host;
  const auto out = logger();
  out->open(host);
  const int before = host.files[0].appends();
  assay::test::give(*out, {0, "Loss"}, 1, 1.5, assay::Scalar{2});
  BOOST_TEST(host.files[0].appends() == before);
  out->flush();
  BOOST_TEST(host.files[0].appends() == before + 1);
  out->flush();
  BOOST_TEST(host.files[0].appends() == before + 1);
  for (std::int64_t step = 2; step < 20000; ++step)
    assay::test::give(*out, {0, "Loss"}, step, 1.5, assay::Scalar{2});
  BOOST_TEST(host.files[0].appends() > before + 1);
  out->close(assay::Outcome::stopped);
  BOOST_TEST(events_of(host.files[0].content()).size() == before_records + 19999 + after_records);
}

BOOST_AUTO_TEST_CASE(a_full_disk_leaves_whole_records) {
  std::size_t events_kept = 0;
  for (std::size_t capacity : {0, 1, 100, 1000, 300000}) {
    FakeHost host;
    host.capacity = capacity;
    const auto out = logger();
    bool failed = false;
    try {
      out->open(host);
      for (std::int64_t step = 1; step < 20000; ++step) {
        assay::test::give(*out, {0, "Loss"}, step, 1.5, assay::Scalar{2});
        if (step % 10 == 0) out->flush();
      }
    } catch (const assay::Error& error) {
      failed = true;
      BOOST_TEST(std::string_view(error.what()).find("no space left") != std::string_view::npos);
    }
    BOOST_TEST(failed);
    const auto events = events_of(host.files.at(0).content());
    BOOST_TEST_MESSAGE(capacity << " bytes: " << events.size() << " whole events");
    for (std::size_t i = before_records; i < events.size(); ++i)
      BOOST_REQUIRE_EQUAL(events[i].step(), static_cast<std::int64_t>(i - before_records + 1));
    BOOST_TEST(events.size() >= events_kept);
    events_kept = events.size();
  }
  BOOST_TEST(events_kept > 4000U);
}

BOOST_AUTO_TEST_CASE(what_tensorboard_would_lose_is_an_error) {
  FakeHost host;
  const auto out = logger();
  out->open(host);
  assay::test::give(*out, {0, "Loss"}, 1, 1.5, assay::Scalar{2});
  const auto says = [](std::string_view part) {
    return [=](const assay::Error& error) {
      return std::string_view(error.what()).find(part) != std::string_view::npos;
    };
  };
  BOOST_CHECK_EXCEPTION(assay::test::give(*out, {0, "Loss"}, 2, std::nan(""), assay::Scalar{2}),
                        assay::Error, says("Loss at step 2: the wall time is nan"));
  BOOST_CHECK_EXCEPTION(assay::test::give(*out, {0, "Loss"}, 2, infinity, assay::Scalar{2}),
                        assay::Error, says("wall time is inf"));
  BOOST_CHECK_EXCEPTION(assay::test::give(*out, {0, "Loss"}, 3, 1.5, assay::Text{"text"}),
                        assay::Error,
                        says("tag 'Loss' at step 3: it holds scalars and cannot hold text too"));
  BOOST_CHECK_EXCEPTION(
      assay::test::give(*out, {1, "_hparams_/experiment"}, 4, 1.5, assay::Scalar{2}), assay::Error,
      says("tag '_hparams_/experiment' at step 4: TensorBoard keeps the tags"));
  out->close(assay::Outcome::finished);
  BOOST_TEST(events_of(host.files[0].content()).size() == before_records + 1 + after_records);
}

BOOST_AUTO_TEST_CASE(the_session_tells_the_values_that_can_change_the_result) {
  using assay::TypedValue;
  FakeHost host;
  host.entries = {{"checkpoints.keep", TypedValue(2), "2"},
                  {"hooks.stop.patience", TypedValue(5), "5"},
                  {"loggers.tensorboard.type", TypedValue("tensorboard"), "tensorboard"},
                  {"model.hidden", TypedValue("[50, 50]"), "[50, 50]"},
                  {"name", TypedValue("digits"), "digits"},
                  {"optimizer.nesterov", TypedValue(true), "true"},
                  {"resume", TypedValue(false), "false"},
                  {"run_dir", TypedValue("runs/a"), "runs/a"},
                  {"threads", TypedValue(4), "4"},
                  {"train.batch_size", TypedValue(), "null"}};
  const auto out = logger();
  out->open(host);
  assay::test::give(*out, {0, "Loss"}, 7, 1.5, assay::Scalar{2});
  out->close(assay::Outcome::finished);
  const auto events = events_of(host.files[0].content());
  BOOST_REQUIRE_EQUAL(events.size(), 5U);
  BOOST_TEST(value_of(events[3]).metadata().plugin_data().plugin_name() == "scalars");
  BOOST_TEST(value_of(events[3]).metadata().plugin_data().content().empty());

  const HParamsPluginData begin = session_in(events[2], "_hparams_/session_start_info");
  BOOST_TEST(begin.version() == 0);
  BOOST_TEST(begin.session_start_info().start_time_secs() == 1763863320.25);
  const auto& parameters = begin.session_start_info().hparams();
  BOOST_REQUIRE_EQUAL(parameters.size(), 4);
  BOOST_TEST(parameters[0].name() == "hooks.stop.patience");
  BOOST_TEST(parameters[0].value().number_value() == 5);
  BOOST_TEST(parameters[1].name() == "model.hidden");
  BOOST_TEST(parameters[1].value().string_value() == "[50, 50]");
  BOOST_TEST(parameters[2].name() == "optimizer.nesterov");
  BOOST_TEST(parameters[2].value().bool_value());
  BOOST_TEST(parameters[3].name() == "train.batch_size");
  BOOST_TEST(parameters[3].value().string_value() == "null");

  const HParamsPluginData end = session_in(events[4], "_hparams_/session_end_info");
  BOOST_TEST(events[4].step() == 0);
  BOOST_TEST(end.session_end_info().status() == SessionEndInfo::SUCCESS);
  BOOST_TEST(end.session_end_info().end_time_secs() == 1763863320.25);
}

BOOST_AUTO_TEST_CASE(a_run_that_did_not_finish_is_a_failure) {
  for (const auto outcome : {assay::Outcome::stopped, assay::Outcome::failed}) {
    FakeHost host;
    const auto out = logger();
    out->open(host);
    out->close(outcome);
    const auto events = events_of(host.files[0].content());
    BOOST_TEST(session_in(events.at(3), "_hparams_/session_end_info").session_end_info().status() ==
               SessionEndInfo::FAILURE);
  }
}

BOOST_AUTO_TEST_SUITE_END()
