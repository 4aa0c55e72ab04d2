// Records which plugin's code each thread runs, for the code that reports a crash there.
#pragma once

namespace assay::plugin_host {

/// Borrowed texts. Null outside of plugins.
struct PluginCode {
  const char* what = nullptr;       ///< "/plugins/sgd.so: optimizer sgd"
  const char* libraries = nullptr;  ///< their paths: "/plugins/sgd.so /plugins/cosine.so"
};

/// Marks its thread as running that code for as long as it exists.
class Within {
 public:
  explicit Within(const PluginCode& code) noexcept : before_(current()) { current() = code; }
  ~Within() { current() = before_; }
  Within(const Within&) = delete;
  Within& operator=(const Within&) = delete;

  /// Returns the code that the calling thread runs. May be called in a signal handler.
  static PluginCode here() noexcept { return current(); }

 private:
  // Returns a global, because a signal handler can reach nothing else.
  static PluginCode& current() noexcept {
    static constinit thread_local PluginCode code;
    return code;
  }

  PluginCode before_;
};

}  // namespace assay::plugin_host
