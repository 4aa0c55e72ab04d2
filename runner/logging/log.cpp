#include "runner/logging/log.h"

#include <fmt/format.h>

#include <chrono>
#include <exception>
#include <system_error>
#include <utility>

#include "assay/number_text.h"
#include "runner/base/start_failure.h"

namespace assay::logging {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto tick_interval = 100ms;
constexpr auto flush_interval = 800ms;  // with the ticks, and a picture or two, within a second
constexpr auto patience = 5s;           // before training says which logger it waits for
constexpr auto drawing_patience = 1s;   // before the end of a run says that it waits for pictures
constexpr std::size_t scalars_per_look = 16;  // at the clock, which costs as much as a scalar
constexpr std::size_t rate_window = 30;       // ticks: three seconds

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double wall_time() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string_view extension(PictureFormat format) {
  switch (format) {
    case PictureFormat::png: return "png";
    case PictureFormat::svg: return "svg";
    case PictureFormat::pdf: return "pdf";
  }
  return {};
}

// Gives a notice. A notice that fails has no consequence.
template <class Notice>
void give(Notice&& notice) noexcept {
  try {
    notice();
  } catch (...) {
  }
}

}  // namespace

Log::Log(Loggers loggers, Paint paint, KeepImage keep_image, const QueueLimits& limits,
         Notices notices, Beat beat, const std::atomic<int>* stop)
    : loggers_(std::move(loggers)),
      paint_(std::move(paint)),
      keep_image_(std::move(keep_image)),
      limits_(limits),
      notices_(std::move(notices)),
      beat_(std::move(beat)),
      stop_(stop) {
  step_ = loggers_.info().first_step;
  for (const auto& [name, value] : loggers_.info().last_values) {
    KnownTag& known = tag(name);
    known.last_value = value;
    const auto extremes = loggers_.info().extremes.find(name);
    if (extremes != loggers_.info().extremes.end()) known.extremes = extremes->second;
    known.written_extremes = known.extremes;
    note_scalar(known, value);
  }
  try {
    thread_ = std::thread([this] { work(); });
    has_thread_ = true;
  } catch (const std::system_error& error) {
    give([&] {
      if (notices_.warning)
        notices_.warning(
            base::start_failure("the thread that writes the logs", error.code().value()) +
            "; training writes them itself, which may slow it down");
    });
    begin();
  }
}

Log::~Log() {
  attempt([&] { finish(Outcome::failed); });
}

// Keeps an exception of one record or one logger from affecting the rest.
template <class Action>
bool Log::attempt(Action&& action) noexcept {
  const auto tell = [this](const char* what) {
    try {
      loggers_.fail(fmt::format("logging: {}; records may be missing", what));
    } catch (...) {
      out_of_memory_ = true;
    }
  };
  try {
    action();
    return true;
  } catch (const std::exception& error) {
    tell(error.what());
  } catch (...) {
    tell("an exception that is no std::exception");
  }
  return false;
}

Log::KnownTag& Log::tag(std::string_view name) {
  if (const auto known = tags_.find(name); known != tags_.end()) return known->second;
  const auto added = tags_.emplace(name, KnownTag{}).first;
  added->second.id = static_cast<std::uint32_t>(tags_.size() - 1);
  added->second.name = added->first;
  return added->second;
}

bool Log::full() const {
  return !queue_.empty() && (queue_.size() >= limits_.records || queued_bytes_ >= limits_.bytes);
}

bool Log::half_full() const {
  return !queue_.empty() &&
         (queue_.size() >= limits_.records / 2 || queued_bytes_ >= limits_.bytes / 2);
}

void Log::push(Waiting record, std::size_t bytes) {
  if (std::holds_alternative<std::unique_ptr<Picture>>(record.content)) ++waiting_pictures_;
  std::unique_lock lock(mutex_);
  if (has_thread_ && full()) {
    const auto start = Clock::now();
    wake_.notify_one();
    wait(space_, lock, [&] { return !full(); });
    waited_seconds_ += seconds_since(start);
  }
  const bool was_half_full = half_full();
  queue_.push_back(std::move(record));
  queued_bytes_ += bytes;
  if (!was_half_full && half_full()) wake_.notify_one();
  lock.unlock();
  if (has_thread_) return;
  std::vector<Waiting> records;
  take(records);
  deliver(records);
}

// Waits for the logging thread. A logger may hang in a call. The host cannot end that call, so it
// tells the user which logger it waits for.
void Log::wait(std::condition_variable& until, std::unique_lock<std::mutex>& lock,
               const std::function<bool()>& come) {
  if (until.wait_for(lock, patience, come)) return;
  lock.unlock();
  give([&] {
    const std::string who = loggers_.called();
    if (notices_.warning && !who.empty())
      notices_.warning(
          fmt::format("waiting for {}, which has not returned from a call for {} s; Ctrl-C twice "
                      "ends the run",
                      who, patience.count()));
  });
  lock.lock();
  until.wait(lock, come);
}

void Log::scalar(std::string_view name, std::int64_t step, double value) {
  KnownTag& known = tag(name);
  known.last_value = value;
  count(known.extremes, step, value);
  push({&known, step, wall_time(), Scalar{value}}, 0);
}

void Log::record(std::string_view name, std::int64_t step, std::unique_ptr<StoredContent> content) {
  const std::size_t bytes = content->bytes();
  push({&tag(name), step, wall_time(), std::move(content)}, bytes);
}

void Log::picture(std::string_view name, Picture picture) {
  const std::int64_t step = picture.snapshot.step();
  const std::size_t bytes = picture.snapshot.bytes();
  push({&tag(name), step, wall_time(), std::make_unique<Picture>(std::move(picture))}, bytes);
}

void Log::mark(Mark mark, When when) {
  push({nullptr, 0, 0, std::make_unique<Mark>(std::move(mark))}, 0);
  if (!has_thread_ || when == When::in_turn) return;
  const std::lock_guard lock(mutex_);
  is_marked_ = !queue_.empty();
  wake_.notify_one();
}

void Log::finish(Outcome outcome) {
  if (std::exchange(finished_, true)) return;
  over_ = true;
  if (has_thread_) {
    std::unique_lock lock(mutex_);
    outcome_ = outcome;
    wake_.notify_one();
    const auto is_closed = [&] { return closed_; };
    if (!space_.wait_for(lock, drawing_patience, is_closed)) {
      lock.unlock();
      const std::size_t pictures = waiting_pictures_;
      give([&] {
        if (pictures > 0 && notices_.drawing && !is_told_to_stop()) notices_.drawing(pictures);
      });
      lock.lock();
    }
    wait(space_, lock, is_closed);
    lock.unlock();
    thread_.join();
  } else {
    close(outcome);
  }
  if (out_of_memory_) loggers_.fail("logging: out of memory; records may be missing");
}

std::map<std::string, double> Log::last_values() const {
  std::map<std::string, double> values;
  for (const auto& [name, known] : tags_)
    if (known.last_value) values[name] = *known.last_value;
  return values;
}

std::map<std::string, Extremes> Log::extremes() const {
  std::map<std::string, Extremes> extremes;
  for (const auto& [name, known] : tags_)
    if (known.extremes) extremes[name] = *known.extremes;
  return extremes;
}

void Log::work() {
  begin();
  std::vector<Waiting> records;
  std::optional<Outcome> outcome;
  while (!outcome) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, tick_interval, [&] { return half_full() || is_marked_ || outcome_; });
    }
    outcome = take(records);
    space_.notify_one();
    deliver(records);
  }
  close(*outcome);
  const std::lock_guard lock(mutex_);
  closed_ = true;
  space_.notify_one();
}

void Log::begin() {
  start_ = ticked_ = flushed_ = Clock::now();
  next_beat_ = start_ + beat_.first;
  attempt([&] { loggers_.open(); });
  if (beat_.tell) attempt([&] { beat(); });
}

// Takes the waiting records, and returns how the run has ended if it has. It needs no memory: the
// run would wait forever for a mark that never left the queue.
std::optional<Outcome> Log::take(std::vector<Waiting>& records) noexcept {
  const std::lock_guard lock(mutex_);
  std::swap(records, queue_);
  queued_bytes_ = 0;
  is_marked_ = false;
  return outcome_;
}

void Log::deliver(std::vector<Waiting>& records) {
  std::size_t written = 0;
  for (const Waiting& record : records) {
    attempt([&] { write(record); });
    const bool is_scalar = std::holds_alternative<Scalar>(record.content);
    if (++written % scalars_per_look == 0 || !is_scalar) tick_if_due();
  }
  records.clear();
  tick_if_due();
}

void Log::close(Outcome outcome) {
  attempt([&] { tick(); });
  attempt([&] { loggers_.close(outcome); });
}

void Log::tick_if_due() noexcept {
  if (Clock::now() - ticked_ >= tick_interval) attempt([&] { tick(); });
}

// Drawing after training is not progress of training: the values would be those of the step whose
// picture is drawn.
void Log::tick() {
  ticked_ = Clock::now();
  const bool over = over_.load();
  const std::size_t pictures = waiting_pictures_;
  draws_at_the_end_ = told_the_end_ && (pictures > 0 || draws_at_the_end_);
  if (!draws_at_the_end_) tell_progress();
  else if (pictures > 0 && notices_.left && !is_told_to_stop()) notices_.left(pictures);
  told_the_end_ = over;
  if (beat_.tell && ticked_ >= next_beat_) {
    beat();
    next_beat_ = ticked_ + beat_.every;
  }
  if (ticked_ - flushed_ < flush_interval) return;
  loggers_.each([](Logger& logger) { logger.flush(); });
  flushed_ = ticked_;
}

// The rate is that of training: it does not fall when training is over.
void Log::tell_progress() {
  if (!told_the_end_)
    paces_.push_back({seconds_since(start_), step_.load(std::memory_order_relaxed)});
  if (paces_.size() > rate_window) paces_.erase(paces_.begin());
  Progress progress;
  progress.step = paces_.back().step;
  progress.total_steps = loggers_.info().total_steps;
  progress.epoch = epoch_.load(std::memory_order_relaxed);
  progress.seconds = paces_.back().seconds;
  const double elapsed = paces_.back().seconds - paces_.front().seconds;
  const auto steps = static_cast<double>(paces_.back().step - paces_.front().step);
  progress.steps_per_second = elapsed > 0 ? steps / elapsed : 0;
  loggers_.each([&](Logger& logger) { logger.progress(progress); });
  if (notices_.progress) notices_.progress(progress, batch_loss_.load(std::memory_order_relaxed));
}

void Log::beat() const {
  State state{step_.load(std::memory_order_relaxed), {}, loggers_.failures(), {}};
  for (const auto& [file, position] : loggers_.positions()) state.files.push_back(file);
  for (const KnownTag* tag = tags_with_scalars_; tag != nullptr; tag = tag->next_with_scalars) {
    state.last_values.emplace(tag->name, *tag->written_value);
    if (tag->written_extremes) state.extremes.emplace(tag->name, *tag->written_extremes);
  }
  beat_.tell(state);
}

void Log::write(const Waiting& waiting) {
  if (const auto* mark = std::get_if<std::unique_ptr<Mark>>(&waiting.content))
    return (**mark)(loggers_);
  const Tag tag{waiting.tag->id, waiting.tag->name};
  const auto send = [&](const Record& record) {
    loggers_.each([&](Logger& logger) { logger.record(record); });
  };
  if (const auto* scalar = std::get_if<Scalar>(&waiting.content)) {
    note_scalar(*waiting.tag, scalar->value);
    count(waiting.tag->written_extremes, waiting.step, scalar->value);
    send(record_of(tag, waiting.step, waiting.wall_time, *scalar));
  } else if (const auto* content = std::get_if<std::unique_ptr<StoredContent>>(&waiting.content)) {
    send((*content)->record(tag, waiting.step, waiting.wall_time));
  } else {
    if (is_told_to_stop()) ++dropped_pictures_;
    else write(tag, waiting, *std::get<std::unique_ptr<Picture>>(waiting.content));
    --waiting_pictures_;
  }
}

void Log::note_scalar(KnownTag& tag, double value) noexcept {
  if (!tag.written_value) tag.next_with_scalars = std::exchange(tags_with_scalars_, &tag);
  tag.written_value = value;
}

void Log::write(const Tag& tag, const Waiting& waiting, const Picture& picture) {
  try {
    const std::vector<std::byte> png = paint_(picture, PictureFormat::png);
    const Size size = picture.renderer.call([](const Renderer& r) { return r.size(); });
    const Image image{size.width, size.height, png};
    const Record out = record_of(tag, waiting.step, waiting.wall_time, image);
    loggers_.each([&](Logger& logger) { logger.record(out); });
    for (const PictureFormat format : picture.files)
      keep_image_(fmt::format("{} {}.{}", waiting.step, tag.name, extension(format)),
                  format == PictureFormat::png ? png : paint_(picture, format));
  } catch (const std::exception& error) {
    loggers_.fail(
        fmt::format("picture '{}' at step {}: {}", tag.name, grouped(waiting.step), error.what()));
  }
}

}  // namespace assay::logging
