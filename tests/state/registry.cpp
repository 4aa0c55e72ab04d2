#include "runner/state/registry.h"

#include <boost/test/unit_test.hpp>
#include <set>
#include <stdexcept>
#include <vector>

#include "assay/error.h"
#include "runner/state/state_copy.h"
#include "tests/base/error_of.h"
#include "tests/support/bytes.h"
#include "tests/support/temporary_folder.h"

using namespace assay::state;
using namespace assay::test;

namespace {

// A run with weights and a step of its own.
struct State {
  std::vector<float> kernel = {1, 2, 3, 4, 5, 6};
  std::int64_t step = 0;
  Registry registry;

  State() {
    registry.lend("weights/kernel", {2, 3}, std::span(kernel));
    registry.lend("step", step);
  }
};

struct Stored : TemporaryFolder {
  std::filesystem::path path = *this / "state.safetensors";
  void write(const Registry& registry) const {
    write_safetensors(assay::base::Folder(TemporaryFolder::path()), "state.safetensors",
                      registry.stored_tensors(), {});
  }
  std::string error_of_restoring(Registry& registry) const {
    return error_of([&] { registry.restore(StoredTensors(path)); });
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(registry, Stored)

// Other programs look for weights by their own names.
BOOST_AUTO_TEST_CASE(weights_have_their_own_names_in_a_file_unless_those_are_taken) {
  State before;
  std::vector<float> odd = {7};
  before.registry.lend("weights/step", {1}, std::span(odd));
  std::set<std::string> names;
  for (const auto& tensor : before.registry.stored_tensors()) names.insert(tensor.name);
  BOOST_TEST(names == (std::set<std::string>{"kernel", "step", "weights/step"}),
             boost::test_tools::per_element());
  before.step = 3;
  write(before.registry);
  odd = {0};
  before.step = 0;
  before.registry.restore(StoredTensors(path));
  BOOST_TEST(odd[0] == 7);
  BOOST_TEST(before.step == 3);
}

BOOST_AUTO_TEST_CASE(a_copy_holds_what_was_when_it_was_taken) {
  State state;
  StateCopy copy(state.registry);
  state.step = 5;
  state.registry.set("tags/long", std::string_view(std::string(200000, 'x')));
  copy.take(state.registry);
  state.step = 6;
  state.kernel[0] = 100;
  state.registry.set("tags/long", std::string_view("y"));
  write_safetensors(assay::base::Folder(TemporaryFolder::path()), "state.safetensors",
                    copy.tensors(), {});
  const StoredTensors file(path);
  std::int64_t step = 0;
  std::vector<float> kernel(6);
  const auto& tensors = file.header().tensors;
  file.read(tensors.at("step"), std::as_writable_bytes(std::span(&step, 1)));
  file.read(tensors.at("kernel"), std::as_writable_bytes(std::span(kernel)));
  BOOST_TEST(step == 5);
  BOOST_TEST(kernel[0] == 1);
  BOOST_TEST(tensors.at("tags/long").shape.elements() == 200000);
}

BOOST_AUTO_TEST_CASE(what_one_run_left_another_takes_up) {
  State before;
  before.step = 12;
  before.kernel[4] = -0.5F;
  before.registry.set("logs/metrics.jsonl", std::int64_t{345});
  before.registry.set("last_values/loss/train", 0.25);
  before.registry.set("tags/loss/train", std::string_view("losses"));
  before.registry.set("tags/empty", std::string_view());
  write(before.registry);

  State after;
  after.registry.set("logs/other", std::int64_t{1});  // not in the file: gone afterwards
  after.registry.restore(StoredTensors(path));
  BOOST_TEST(after.step == 12);
  BOOST_TEST(after.kernel == before.kernel);
  BOOST_TEST(after.registry.integers("logs/").size() == 1U);
  BOOST_TEST(after.registry.integers("logs/").at("metrics.jsonl") == 345);
  BOOST_TEST(after.registry.numbers("last_values/").at("loss/train") == 0.25);
  BOOST_TEST(after.registry.texts("tags/").at("loss/train") == "losses");
  BOOST_TEST(after.registry.texts("tags/").at("empty") == "");
}

BOOST_AUTO_TEST_CASE(what_is_lent_is_seen_as_it_is_now) {
  State state;
  state.step = 3;
  const auto tensors = state.registry.tensors("step");
  BOOST_REQUIRE(tensors.size() == 1U);
  state.step = 4;
  BOOST_TEST(*reinterpret_cast<const std::int64_t*>(tensors[0].bytes.data()) == 4);
  BOOST_TEST(state.registry.find("weights/kernel")->bytes.size() == 24U);
  BOOST_TEST(state.registry.find("weights/bias") == nullptr);
}

BOOST_AUTO_TEST_CASE(names_are_given_once) {
  State state;
  double number = 0;
  BOOST_CHECK_THROW(state.registry.lend("step", number), std::logic_error);
  BOOST_CHECK_THROW(state.registry.set("step", std::int64_t{1}), std::logic_error);
  BOOST_CHECK_THROW(state.registry.lend("w", {2}, std::span(&number, 1)), std::logic_error);
}

BOOST_AUTO_TEST_CASE(a_state_of_something_else_is_refused_and_changes_nothing) {
  const auto refused = [this](const auto& prepare) {
    State other;
    Registry registry;
    prepare(registry);
    write(registry);
    const std::string message = error_of_restoring(other.registry);
    BOOST_TEST(other.kernel == State().kernel, boost::test_tools::per_element());
    BOOST_TEST(other.step == 0);
    return message.substr(std::min(path.string().size(), message.size()));
  };
  std::vector<float> floats(6, 7);
  std::int64_t step = 9;
  BOOST_TEST(refused([&](Registry& r) { r.lend("step", step); }) == ": it lacks 'kernel'");
  BOOST_TEST(refused([&](Registry& r) {
               r.lend("weights/kernel", {3, 2}, std::span(floats));
               r.lend("step", step);
             }) == ": 'kernel' is F32 [3, 2]; expected F32 [2, 3]");
  double number = 0;
  BOOST_TEST(refused([&](Registry& r) {
               r.lend("weights/kernel", {2, 3}, std::span(floats));
               r.lend("step", number);
             }) == ": 'step' is F64 []; expected I64 []");
  BOOST_TEST(refused([&](Registry& r) {
               r.lend("weights/kernel", {2, 3}, std::span(floats));
               r.lend("weights/bias", {6}, std::span(floats));
               r.lend("step", step);
             }) == ": it holds 'bias', F32 [6], which nothing in this run remembers");
  BOOST_TEST(refused([&](Registry& r) {
               r.lend("weights/kernel", {2, 3}, std::span(floats));
               r.lend("step", step);
               r.set("optimizer/count", 1.0);
             }) == ": it holds 'optimizer/count', F64 [], which nothing in this run remembers");
  BOOST_TEST(refused([&](Registry& r) {
               r.lend("weights/kernel", {2, 3}, std::span(floats));
               r.lend("step", step);
               r.set("tags/long", std::string_view(std::string(70000, 'x')));
             }) == ": it holds 'tags/long', U8 [70000], which nothing in this run remembers");
}

BOOST_AUTO_TEST_CASE(a_damaged_state_is_refused_and_changes_nothing) {
  State before;
  before.registry.set("tags/loss", std::string_view("losses"));
  write(before.registry);
  std::string bytes = read_file(path);
  bytes[bytes.size() - 30] = static_cast<char>(bytes[bytes.size() - 30] ^ 4);
  write_file(path, bytes);
  State after;
  after.kernel.assign(6, 9);
  BOOST_TEST(error_of_restoring(after.registry) != "");
  BOOST_TEST(after.kernel == std::vector<float>(6, 9), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
