#include "runner/conformance/flushing.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>

#include "assay/logger.h"
#include "assay/number_text.h"
#include "runner/conformance/check.h"
#include "runner/conformance/neutral.h"
#include "runner/conformance/sample_records.h"
#include "runner/logging/logger_host.h"

namespace assay::conformance {
namespace {

using Handle = plugin_host::Handle<Logger>;
using logging::LoggerHost;
using logging::MemoryFile;

enum class Sent { scalars, texts, images };

// The number of tags. If a format groups the records of a tag, only this many tags are complete
// when later records come.
constexpr std::uint32_t tags = 8;

void send(const Handle& logger, Sent what, const Tag& tag, std::int64_t step) {
  const double time = 1763863320.5 + static_cast<double>(step);
  const std::string text = fmt::format("at step {}", step);
  logger.call([&](Logger& l) {
    const Scalar scalar{0.25 * static_cast<double>(step)};
    const Text note{text};
    const Image image{1, 1, std::as_bytes(std::span(white_pixel))};
    if (what == Sent::scalars) l.record(record_of(tag, step, time, scalar));
    if (what == Sent::texts) l.record(record_of(tag, step, time, note));
    if (what == Sent::images) l.record(record_of(tag, step, time, image));
  });
}

void send_steps(const Handle& logger, Sent what, std::int64_t first, std::int64_t end) {
  for (std::int64_t step = first; step < end; ++step) {
    for (std::uint32_t id = 0; id < tags; ++id)
      send(logger, what, {id, fmt::format("tag{}", id)}, step);
    const Progress progress{step, 1000, 0, static_cast<double>(step), 1};
    logger.call([&](Logger& l) { l.progress(progress); });
  }
  logger.call([](Logger& l) { l.flush(); });
}

struct Written {
  std::size_t flushed = 0;  ///< bytes since open()
  std::deque<MemoryFile> files;
};

// Writes records of this many steps and the end. With `more`, writes further records before another
// kind of end.
Written written(const Subject& subject, Sent what, std::int64_t steps, bool more) {
  LoggerHost host({.facts = sample_facts()});
  Written written;
  {
    const Handle logger = subject.make<Logger>();
    subject.declare_state(logger);
    logger.call([&](Logger& l) { l.open(host); });
    const std::size_t before = host.bytes();
    send_steps(logger, what, 0, steps);
    written.flushed = host.bytes() - before;
    if (more) {
      send(logger, what, {tags, "!a tag that is sorted before the others"}, steps);
      send_steps(logger, what, steps, 2 * steps);
    }
    logger.call([&](Logger& l) { l.close(more ? Outcome::failed : Outcome::finished); });
  }
  written.files = std::move(host.files);
  return written;
}

struct Bytes {
  std::int64_t flushed = 0, all = 0;
  std::int64_t settled = 0;  ///< the part of `all` that stays the same when more records follow
};

Bytes bytes(const Subject& subject, Sent what, std::int64_t steps) {
  const Written once = written(subject, what, steps, false);
  const Written longer = written(subject, what, steps, true);
  Bytes bytes{static_cast<std::int64_t>(once.flushed)};
  for (const MemoryFile& file : once.files) {
    bytes.all += file.position();
    for (const MemoryFile& other : longer.files)
      if (other.name == file.name)
        bytes.settled +=
            std::ranges::mismatch(file.content, other.content).in1 - file.content.begin();
  }
  return bytes;
}

}  // namespace

std::string flushes(const Subject& subject) {
  constexpr std::int64_t few_steps = 4, many_steps = 16;
  std::int64_t all = 0;
  for (const auto& [what, name] :
       {std::pair(Sent::scalars, "scalars"), std::pair(Sent::texts, "texts"),
        std::pair(Sent::images, "images")}) {
    const Bytes few = bytes(subject, what, few_steps), many = bytes(subject, what, many_steps);
    all += many.all;
    // This difference comes from the records: header and trailer cancel out.
    require(many.flushed > 0 || 2 * (many.settled - few.settled) <= many.all - few.all,
            "flush() writes nothing of the {} of {} steps: all {} bytes come with close(), and are "
            "lost where a run is killed; expected what is buffered to be written out",
            name, grouped(many_steps), grouped(many.all));
  }
  if (all == 0) throw NotRun("it writes no files");
  return {};
}

}  // namespace assay::conformance
