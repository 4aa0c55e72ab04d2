#include "runner/conformance/process_state.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>

#include <clocale>
#include <cstring>
#include <filesystem>
#include <locale>
#include <system_error>
#include <vector>

#include "runner/plugin_host/floating_point.h"

namespace assay::conformance {
namespace {

std::string signal_name(int number) {
  const char* name = sigabbrev_np(number);
  return name != nullptr ? fmt::format("SIG{}", name)
                         : fmt::format("SIGRTMIN+{}", number - SIGRTMIN);
}

}  // namespace

ProcessState::ProcessState()
    : c_locale_(std::setlocale(LC_ALL, nullptr)),
      stream_locale_(std::locale().name()),
      umask_(umask(0)),
      default_rules_(plugin_host::computes_by_default_rules()) {
  umask(umask_);
  std::error_code error;
  folder_ = std::filesystem::current_path(error).string();
  sigemptyset(&blocked_);
  pthread_sigmask(SIG_SETMASK, nullptr, &blocked_);
  for (int signal = 1; signal < NSIG; ++signal)
    if (struct sigaction action{}; sigaction(signal, nullptr, &action) == 0)
      handlers_[static_cast<std::size_t>(signal)] = action.sa_handler;
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
  for (int signal = 1; signal < NSIG; ++signal)
    if (const auto i = static_cast<std::size_t>(signal);
        now.handlers_[i] != handlers_[i] ||
        sigismember(&now.blocked_, signal) != sigismember(&blocked_, signal))
      list.push_back(fmt::format("what {} does", signal_name(signal)));
  if (now.default_rules_ != default_rules_) list.emplace_back("the floating-point mode");
  return fmt::format("{}", fmt::join(list, ", "));
}

}  // namespace assay::conformance
