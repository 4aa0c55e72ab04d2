// Logger `tensorboard`: writes scalars, images, text and the hyper-parameters of the run to a
// TensorBoard event file in the run folder. NaN and infinite scalars are written, and TensorBoard
// shows them as such. Records of other contents (histograms, tables, ...) are not written; the
// logger jsonl has them. It has no options.
//
// The tab HParams shows every value of the plan that can change the result, and whether the run
// finished. TensorBoard keeps the values with which a run began: those of a run that is taken up
// with more steps are not replaced.
//
// TensorBoard keeps 1000 scalars and 10 images per tag; `assay view` raises that to 5000 and 100.
//
//   loggers:
//     tensorboard: {type: tensorboard}
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "assay/logger.h"
#include "assay/plugin.h"
#include "event_writer.h"
#include "hyper_parameters.h"

namespace {

constexpr std::string_view prefix = "events.out.tfevents.";

using Place = std::pair<std::int64_t, std::int64_t>;  // seconds, sequence

// Parses the numbers of a name. Missing numbers count as 0: the order of foreign files is
// irrelevant.
Place place_of(std::string_view file_name) {
  Place place;
  file_name.remove_prefix(prefix.size());
  const char* end = file_name.data() + file_name.size();
  const auto [dot, error] = std::from_chars(file_name.data(), end, place.first);
  if (error == std::errc{} && dot != end) std::from_chars(dot + 1, end, place.second);
  return place;
}

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

// A name for a new event file.
struct FileName {
  std::string name;
  bool start_is_told = false;  // an earlier file has the start of the session
};

// Returns true if the event file has the start of the session, which is one of its first records.
bool tells_start(const std::filesystem::path& file) {
  std::string beginning(std::size_t{1} << 18, '\0');
  std::ifstream stream(file, std::ios::binary);
  stream.read(beginning.data(), static_cast<std::streamsize>(beginning.size()));
  beginning.resize(static_cast<std::size_t>(stream.gcount()));
  return beginning.find(assay::tensorboard::session_start_tag) != std::string::npos;
}

// Returns a name for a new file in `run_folder`, begun at `start_time` (seconds since 1970):
// events.out.tfevents.<seconds>.<sequence>.<host>.<process>, with numbers of fixed width.
// TensorBoard reads the files of a run in the order of their names, so a new file must come after
// the existing ones, whatever the clock says. A folder that cannot be read counts as empty.
FileName next_file_name(const std::filesystem::path& run_folder, double start_time) {
  Place place = {static_cast<std::int64_t>(start_time), 0};
  bool start_is_told = false;
  std::error_code unreadable;
  for (const auto& entry : std::filesystem::directory_iterator(run_folder, unreadable)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(prefix)) continue;
    start_is_told = start_is_told || tells_start(entry.path());
    const Place taken = place_of(name);
    place = std::max(place, Place(taken.first, taken.second + 1));
  }
  return {
      fmt::format("{}{:010}.{:06}.{}.{}", prefix, place.first, place.second, host_name(), getpid()),
      start_is_told};
}

class TensorBoard final : public assay::Logger {
 public:
  static constexpr assay::About about = {
      .name = "tensorboard",
      .doc = "Event files for TensorBoard: scalars, images, text and hyper-parameters."};

  void open(assay::LoggerContext& context) override {
    const double now = context.start_time();
    time_ = now;
    // The checkpoint's own step was logged before it was saved and stays, so a resumed run's first
    // records belong to the step after it.
    const std::int64_t resumed = context.first_step();
    const FileName file = next_file_name(context.run_folder(), now);
    writer_.emplace(context.create(file.name), now, resumed == 0 ? 0 : resumed + 1);
    // TensorBoard takes no other hyper-parameters of a run than the first.
    if (file.start_is_told) return;
    writer_->hyper_parameters(assay::tensorboard::session_start_tag,
                              assay::tensorboard::session_start(context.plan(), now), now);
    writer_->flush();
  }
  void record(const assay::Record& record) override {
    if (const auto* scalar = record.as<assay::Scalar>()) writer_->scalar(record, *scalar);
    else if (const auto* image = record.as<assay::Image>()) writer_->image(record, *image);
    else if (const auto* text = record.as<assay::Text>()) writer_->text(record, *text);
    else return;
    time_ = std::max(time_, record.wall_time);
  }
  void flush() override { writer_->flush(); }
  // A run that goes on cuts its files back to the checkpoint, and this end with it.
  void close(assay::Outcome outcome) override {
    if (!writer_) return;
    writer_->hyper_parameters(assay::tensorboard::session_end_tag,
                              assay::tensorboard::session_end(outcome, time_), time_);
    writer_->flush();
  }

 private:
  std::optional<assay::tensorboard::EventWriter> writer_;
  double time_ = 0;  // of the last record, or of the start: the session ends then
};

}  // namespace

ASSAY_PLUGIN("tensorboard", "1.0.0", "MIT", TensorBoard)
