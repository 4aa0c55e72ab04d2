// Protects a run from the failures of its listener.
#pragma once

#include <atomic>
#include <exception>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "runner/run/listener.h"

namespace assay::run {

/// Passes everything on to a listener, and throws nothing. A listener that throws is called again.
class GuardedListener final : public Listener {
 public:
  /// Receives the first exception as a message. Called from any thread.
  using Failed = std::function<void(const std::string&)>;

  /// Borrows the listener.
  GuardedListener(Listener& listener, Failed failed)
      : listener_(listener), failed_(std::move(failed)) {}

  void say(const Lines& lines) override {
    attempt([&](Listener& l) { l.say(lines); });
  }
  void problem(config::Severity severity, const std::string& message) override {
    attempt([&](Listener& l) { l.problem(severity, message); });
  }
  void reached(Stage stage) override {
    attempt([&](Listener& l) { l.reached(stage); });
  }
  void has_processes(pid_t group) override {
    attempt([&](Listener& l) { l.has_processes(group); });
  }
  void progressed(const Progress& progress, double batch_loss) override {
    attempt([&](Listener& l) { l.progressed(progress, batch_loss); });
  }
  void draws(std::size_t pictures_left) override {
    attempt([&](Listener& l) { l.draws(pictures_left); });
  }
  void trained(const std::string& model_type, const train::ModelDescription& model,
               const state::ParameterMemory& weights) override {
    attempt([&](Listener& l) { l.trained(model_type, model, weights); });
  }
  void out_of_memory() noexcept override { listener_.out_of_memory(); }
  /// Returns a terminal that shows nothing if the listener has none.
  Terminal& terminal() override {
    Terminal* terminal = &no_terminal_;
    attempt([&](Listener& l) { terminal = &l.terminal(); });
    return *terminal;
  }

 private:
  class NoTerminal final : public Terminal {
   public:
    bool interactive() const override { return false; }
    bool colours() const override { return false; }
    int columns() const override { return 80; }
    void print(std::string_view /*line*/) override {}
    void status(std::string_view /*line*/) override {}
  };

  template <class Call>
  void attempt(Call&& call) noexcept {
    try {
      call(listener_);
    } catch (const std::exception& error) {
      note(error.what());
    } catch (...) {
      note("an exception that is no std::exception");
    }
  }

  void note(const char* what) noexcept {
    if (has_failed_.exchange(true)) return;
    try {
      failed_(std::string("showing the run: ") + what);
    } catch (...) {
      listener_.out_of_memory();
    }
  }

  Listener& listener_;
  Failed failed_;
  std::atomic<bool> has_failed_ = false;
  NoTerminal no_terminal_;
};

}  // namespace assay::run
