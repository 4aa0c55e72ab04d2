#include "runner/state/component_state.h"

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <functional>
#include <memory>

#include "assay/error.h"
#include "assay/loss.h"
#include "tests/support/handle.h"

using namespace assay;
using namespace assay::test;
using state::ComponentState;

namespace {

class Remembering final : public Loss, public Stateful {
 public:
  explicit Remembering(std::function<void(State&)> declare) : declare_(std::move(declare)) {}
  void declare_state(State& state) override { declare_(state); }
  std::int64_t outputs(const Target&) const override { return 1; }
  LossSum evaluate(MatrixView<const float>, ConstTensorView) const override { return {}; }
  LossSum gradient(MatrixView<const float>, ConstTensorView, MatrixView<float>) const override {
    return {};
  }

 private:
  std::function<void(State&)> declare_;
};

std::shared_ptr<plugin_host::Object> remembering(
    std::function<void(State&)> declare,
    std::vector<std::shared_ptr<plugin_host::Object>> nested = {}) {
  return object<Loss>(std::make_unique<Remembering>(std::move(declare)), "remembering",
                      std::move(nested));
}

template <class Function>
std::string message_of(Function&& function) {
  try {
    function();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "nothing thrown";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(component_state)

BOOST_AUTO_TEST_CASE(what_is_declared_is_named_and_lies_where_the_component_was_told) {
  double* number = nullptr;
  std::span<float> mean;
  const auto inner = remembering([](State& state) { state.integer("count", 3); });
  inner->option = "panels.0.loss";
  const auto outer = remembering(
      [&](State& state) {
        number = &state.number("best", 0.5);
        mean = state.tensor<float>("mean", {2, 3});
        mean[5] = 2;
      },
      {inner});
  ComponentState state;
  state.declare(*outer, "hooks/early");
  state::Registry registry;
  state.lend(registry);

  std::string names;
  for (const state::NamedTensor& tensor : registry.tensors()) names += tensor.name + " ";
  BOOST_TEST(names == "hooks/early/best hooks/early/mean hooks/early/panels.0.loss/count ");
  *number = 7;
  const auto* const best = registry.find("hooks/early/best");
  BOOST_REQUIRE(best != nullptr);
  BOOST_TEST(*reinterpret_cast<const double*>(best->bytes.data()) == 7);
  const auto* const stored = registry.find("hooks/early/mean");
  BOOST_REQUIRE(stored != nullptr);
  BOOST_CHECK(stored->shape == Shape({2, 3}));
  BOOST_TEST(mean[0] == 0);
  BOOST_TEST(reinterpret_cast<std::uintptr_t>(mean.data()) % 64 == 0U);
  const auto count = registry.find("hooks/early/panels.0.loss/count");
  BOOST_TEST(*reinterpret_cast<const std::int64_t*>(count->bytes.data()) == 3);
  BOOST_TEST(state.bytes() == 8U + 24U + 8U);
}

BOOST_AUTO_TEST_CASE(wrong_declarations_are_refused_even_if_the_component_catches_the_error) {
  struct Case {
    std::function<void(State&)> declare;
    const char* message;
  };
  const Case cases[] = {
      {[](State& s) { s.number("a/b", 0); },
       "'a/b' is not a name of state; expected one line of text without '/'"},
      {[](State& s) { s.number("", 0); },
       "'' is not a name of state; expected one line of text without '/'"},
      {[](State& s) {
         s.number("a", 0);
         s.integer("a", 0);
       },
       "it declares two states 'a'"},
      {[](State& s) {
         s.tensor<float>("a", {3, 0});
       },
       "its state 'a' has a dimension of 0; expected at least 1"},
      {[](State& s) {
         s.tensor<float>("a", {1L << 40, 1L << 40});
       },
       "its state 'a' is larger than any memory"},
  };
  for (const auto& [declare, message] : cases)
    for (const bool catches : {false, true}) {
      const auto component = remembering([&declare = declare, catches](State& state) {
        try {
          declare(state);
        } catch (const Error&) {
          if (!catches) throw;
        }
      });
      ComponentState state;
      BOOST_TEST(message_of([&] { state.declare(*component, "loss"); }) ==
                 std::string("loss remembering: ") + message);
    }
}

BOOST_AUTO_TEST_CASE(values_pass_to_another_instance_with_the_same_declarations) {
  double* number[2] = {};
  const auto declare = [&](int i) {
    return [&number, i](State& state) { number[i] = &state.number("n", 1); };
  };
  ComponentState first, second, other;
  first.declare(*remembering(declare(0)), "x");
  second.declare(*remembering(declare(1)), "x");
  *number[0] = 5;
  second.assign(first);
  BOOST_TEST(*number[1] == 5);
  other.declare(*remembering([](State& state) { state.integer("n", 1); }), "x");
  BOOST_TEST(message_of([&] { other.assign(first); }) == "it declares different state than before");
}

BOOST_AUTO_TEST_SUITE_END()
