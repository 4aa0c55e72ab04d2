// Which plugin's code each thread is in, for whoever sees the process end there.
#pragma once

namespace assay::plugin_host {

/// Borrowed texts. Null outside of plugins.
struct PluginCode {
  const char* what = nullptr;       ///< "/plugins/sgd.so: optimizer sgd"
  const char* libraries = nullptr;  ///< their paths: "/plugins/sgd.so /plugins/cosine.so"
};

/// As long as it lives, its thread is in that code.
class Within {
 public:
  explicit Within(const PluginCode& code) noexcept : before_(current()) { current() = code; }
  ~Within() { current() = before_; }
  Within(const Within&) = delete;
  Within& operator=(const Within&) = delete;

  /// Where the calling thread is. May be asked in a signal handler.
  static PluginCode here() noexcept { return current(); }

 private:
  // A signal handler can reach nothing but globals.
  static PluginCode& current() noexcept {
    static constinit thread_local PluginCode code;
    return code;
  }

  PluginCode before_;
};

}  // namespace assay::plugin_host
