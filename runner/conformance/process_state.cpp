#include "runner/conformance/process_state.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>

#include <clocale>
#include <filesystem>
#include <locale>
#include <system_error>
#include <vector>

#include "runner/plugin_host/floating_point.h"

namespace assay::conformance {

ProcessState::ProcessState()
    : c_locale_(std::setlocale(LC_ALL, nullptr)),
      stream_locale_(std::locale().name()),
      umask_(umask(0)),
      default_rules_(plugin_host::computes_by_default_rules()) {
  umask(umask_);
  std::error_code error;
  folder_ = std::filesystem::current_path(error).string();
  sigset_t mask;
  sigemptyset(&mask);
  pthread_sigmask(SIG_SETMASK, nullptr, &mask);
  for (std::size_t i = 0; i < signals.size(); ++i) {
    struct sigaction action {};
    sigaction(signals[i], nullptr, &action);
    handlers_[i] = action.sa_handler;
    blocked_[i] = sigismember(&mask, signals[i]) == 1;
  }
}

std::string ProcessState::changes() const {
  const ProcessState now;
  std::vector<std::string> list;
  if (now.folder_ != folder_)
    list.push_back(fmt::format("the working folder (now {})", now.folder_));
  if (now.umask_ != umask_)
    list.push_back(fmt::format("the umask (now {:03o})", static_cast<unsigned>(now.umask_)));
  if (now.c_locale_ != c_locale_)
    list.push_back(fmt::format("the C locale (now {})", now.c_locale_));
  if (now.stream_locale_ != stream_locale_)
    list.push_back(fmt::format("the locale of streams (now {})", now.stream_locale_));
  for (std::size_t i = 0; i < signals.size(); ++i)
    if (now.handlers_[i] != handlers_[i] || now.blocked_[i] != blocked_[i])
      list.push_back(fmt::format("what SIG{} does", sigabbrev_np(signals[i])));
  if (now.default_rules_ != default_rules_) list.emplace_back("the floating-point mode");
  return fmt::format("{}", fmt::join(list, ", "));
}

}  // namespace assay::conformance
