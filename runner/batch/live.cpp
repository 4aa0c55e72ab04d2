#include "runner/batch/live.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>
#include <functional>
#include <memory>
#include <utility>

#include "assay/number_text.h"
#include "runner/base/fitted.h"
#include "runner/base/utf8.h"

namespace assay::batch {
namespace {

using Clock = std::chrono::steady_clock;

// Returns "0:07", "12:03", "1:02:03", "2d 03:04:05".
std::string duration_text(double seconds) {
  constexpr double longest = 1e10;
  const auto total = std::llround(std::clamp(seconds, 0.0, longest));
  const auto days = total / 86400, hours = total / 3600 % 24, minutes = total / 60 % 60;
  if (days > 0) return fmt::format("{}d {:02}:{:02}:{:02}", days, hours, minutes, total % 60);
  if (hours > 0) return fmt::format("{}:{:02}:{:02}", hours, minutes, total % 60);
  return fmt::format("{}:{:02}", minutes, total % 60);
}

double part_of(const Progress& progress) {
  if (progress.total_steps <= 0) return 0;
  return std::clamp(static_cast<double>(progress.step) / static_cast<double>(progress.total_steps),
                    0.0, 1.0);
}

// The columns behind the name, in their order on the line.
enum Field : std::size_t { steps_field, percent_field, loss_field, time_field, field_count };

std::array<std::string, field_count> texts_of(const View::Running& run) {
  std::array<std::string, field_count> texts;
  if (!run.progress) {
    texts[percent_field] = "...";
    return texts;
  }
  const Progress& now = *run.progress;
  texts[steps_field] = fmt::format("{}/{}", grouped(now.step), grouped(now.total_steps));
  texts[percent_field] = fmt::format("{:.0f}%", std::floor(100 * part_of(now)));
  if (!std::isnan(now.loss)) texts[loss_field] = fmt::format("loss {:.4g}", now.loss);
  if (now.steps_per_second > 0)
    texts[time_field] =
        duration_text(static_cast<double>(now.total_steps - now.step) / now.steps_per_second) +
        " left";
  return texts;
}

std::string spaces(std::size_t count) { return std::string(count, ' '); }

// Returns the end of a name, which says more than its beginning: "...05,seed=0".
std::string end_of(const std::string& name, std::size_t columns) {
  constexpr std::string_view dots = "...";
  const bool is_ascii = std::ranges::all_of(name, [](char c) { return c >= ' ' && c <= '~'; });
  if (!is_ascii || columns <= dots.size()) return base::cut(base::one_line(name), columns);
  if (name.size() <= columns) return name;
  return std::string(dots) + name.substr(name.size() - (columns - dots.size()));
}

// Lays out the lines of the runs in common columns.
std::vector<std::string> lines_of_runs(std::span<const View::Running> runs, std::size_t room) {
  constexpr std::size_t shortest_name = 12;
  constexpr std::string_view gap = "  ";
  std::vector<std::array<std::string, field_count>> texts;
  std::array<std::size_t, field_count> widths{};
  std::size_t longest = 0;
  for (const View::Running& run : runs) {
    texts.push_back(texts_of(run));
    longest = std::max(longest, base::width(base::one_line(run.name)));
    for (std::size_t field = 0; field < field_count; ++field)
      widths[field] = std::max(widths[field], texts.back()[field].size());
  }
  const auto taken = [&] {
    std::size_t columns = 0;
    for (const std::size_t width : widths) columns += width == 0 ? 0 : width + gap.size();
    return columns;
  };
  for (const Field field : {steps_field, loss_field, time_field, percent_field})
    if (taken() + std::min(longest, shortest_name) > room) widths[field] = 0;
  const std::size_t name_width = std::min(longest, room - std::min(room, taken()));
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    std::string line = end_of(runs[i].name, name_width);
    line += spaces(name_width - std::min(name_width, base::width(line)));
    for (std::size_t field = 0; field < field_count; ++field)
      if (widths[field] > 0)
        line.append(gap)
            .append(spaces(widths[field] - texts[i][field].size()))
            .append(texts[i][field]);
    line.resize(line.find_last_not_of(' ') + 1);
    lines.push_back(std::move(line));
  }
  return lines;
}

std::string line_of_all(const View& view, std::size_t room) {
  std::string line =
      fmt::format("{}/{} runs", grouped(view.finished + view.failed), grouped(view.runs));
  std::vector<std::string> parts;
  if (view.failed > 0) parts.push_back(grouped(view.failed) + " failed");
  if (view.is_stopping) parts.emplace_back("stopping");
  else if (view.seconds_left) parts.push_back(duration_text(*view.seconds_left) + " left");
  if (!view.running.empty()) parts.push_back(grouped(view.running.size()) + " running");
  for (const std::string& part : parts)
    if (line.size() + 2 + part.size() <= room) line.append("  ").append(part);
  return base::cut(line, room);
}

struct Close {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

// Calls the function with each entry of a folder.
void each_entry(int folder, const std::function<void(const dirent&)>& call) {
  // Another description, which reads from the beginning.
  const int again = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (again < 0) return;
  const std::unique_ptr<DIR, Close> entries(::fdopendir(again));
  if (!entries) {
    ::close(again);
    return;
  }
  while (const dirent* entry = ::readdir(entries.get())) call(*entry);
}

bool is_settled(State state) { return state == State::finished || state == State::failed; }

}  // namespace

std::vector<std::string> lines_of(const View& view, int columns, int rows) {
  const auto room = static_cast<std::size_t>(std::max(columns - 1, 1));
  const auto room_for_all = static_cast<std::size_t>(std::max(columns - 3, 1));
  // A line is for all runs together, and one stays free for what is printed above.
  const auto most = static_cast<std::size_t>(std::max(rows - 2, 0));
  std::size_t shown = view.running.size();
  if (shown > most) shown = most == 0 ? 0 : most - 1;
  std::vector<std::string> lines = lines_of_runs(std::span(view.running).first(shown), room);
  if (shown < view.running.size() && most > 0)
    lines.push_back(
        base::cut(fmt::format("and {} more", grouped(view.running.size() - shown)), room));
  lines.push_back(line_of_all(view, room_for_all));
  return lines;
}

Watch::Watch(const Batch& batch, std::span<const Status> statuses)
    : batch_(batch), attempts_folder_(open_folder(batch.folder / "attempts")) {
  for (std::size_t i = 0; i < batch.runs.size(); ++i) {
    places_.emplace(batch.runs[i].name, i);
    states_.push_back(statuses[i].state);
  }
  view_.runs = batch.runs.size();
  view_.finished = static_cast<std::size_t>(std::ranges::count(states_, State::finished));
  view_.failed = static_cast<std::size_t>(std::ranges::count(states_, State::failed));
  each_entry(attempts_folder_.get(), [this](const dirent& entry) {
    const auto place = place_of_attempt(entry.d_name);
    // A run that is not settled may be attempted again, so it is looked at again.
    if (place && is_settled(states_[*place])) attempts_[*place] = entry.d_ino;
  });
}

// Returns the place of the run whose attempt has a file of this name.
std::optional<std::size_t> Watch::place_of_attempt(std::string_view file) const {
  constexpr std::string_view ending = ".json";
  if (!file.ends_with(ending)) return std::nullopt;
  const auto found = places_.find(file.substr(0, file.size() - ending.size()));
  return found == places_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<Watch::Ended> Watch::look() {
  std::vector<Ended> ended;
  look_for_ends(ended);
  look_for_progress();
  estimate();
  return ended;
}

void Watch::look_for_ends(std::vector<Ended>& ended) {
  struct stat facts {};
  if (::fstat(attempts_folder_.get(), &facts) != 0) return;
  // A folder may change again within the grain of its clock, so the last seconds are not trusted.
  constexpr std::time_t doubt = 2;
  if (facts.st_mtim.tv_sec == attempts_changed_.tv_sec &&
      facts.st_mtim.tv_nsec == attempts_changed_.tv_nsec &&
      std::time(nullptr) - facts.st_mtim.tv_sec > doubt)
    return;
  attempts_changed_ = facts.st_mtim;
  each_entry(attempts_folder_.get(), [&](const dirent& entry) {
    const auto of_attempt = place_of_attempt(entry.d_name);
    if (!of_attempt) return;
    const std::size_t place = *of_attempt;
    const auto [attempt, is_new] = attempts_.emplace(place, entry.d_ino);
    if (!is_new && attempt->second == entry.d_ino) return;
    attempt->second = entry.d_ino;
    const BatchRun& run = batch_.runs[place];
    Status status = status_of(batch_, run);
    if (!is_settled(status.state) && status.attempt && status.attempt->failed) {
      // Its worker still holds the claim.
      status.state = State::failed;
      status.reason = status.attempt->reason;
    }
    if (is_settled(states_[place]) || !is_settled(status.state)) return;
    states_[place] = status.state;
    ++(status.state == State::finished ? view_.finished : view_.failed);
    done_ += 1 - begun_at_[place];
    ended.push_back({&run, std::move(status)});
  });
}

void Watch::look_for_progress() {
  if (progress_folder_.get() < 0) progress_folder_ = open_folder(batch_.folder / "progress");
  std::map<std::size_t, std::optional<Progress>> running;
  if (progress_folder_.get() >= 0)
    each_entry(progress_folder_.get(), [&](const dirent& entry) {
      const auto found = places_.find(entry.d_name);
      // A worker that was killed leaves its file.
      if (found == places_.end() || !is_claimed(batch_, batch_.runs[found->second])) return;
      running[found->second] = read_progress(progress_folder_.get(), entry.d_name);
    });
  view_.running.clear();
  parts_.clear();
  for (auto& [place, progress] : running) {
    if (progress) {
      parts_[place] = part_of(*progress);
      begun_at_.emplace(place, parts_[place]);
    }
    view_.running.push_back({batch_.runs[place].name, progress});
  }
}

// The runs that are left take as long, for what they have to do, as those before.
void Watch::estimate() {
  double done = done_, left = 0;
  for (const auto& [place, part] : parts_) done += part - begun_at_[place];
  for (std::size_t place = 0; place < states_.size(); ++place)
    if (!is_settled(states_[place])) {
      const auto part = parts_.find(place);
      left += part == parts_.end() ? 1 : 1 - part->second;
    }
  const double elapsed = std::chrono::duration<double>(Clock::now() - start_).count();
  view_.seconds_left.reset();
  if (done > 0.001 && elapsed > 1) view_.seconds_left = elapsed * left / done;
}

}  // namespace assay::batch
