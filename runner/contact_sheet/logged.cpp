#include "runner/contact_sheet/logged.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "assay/error.h"
#include "runner/base/regular_file.h"

namespace assay::contact_sheet {
namespace {

namespace fs = std::filesystem;

using Curves = std::vector<std::vector<Point>>;

constexpr std::uint64_t most_bytes_of_metrics = std::uint64_t{1} << 32;
constexpr std::uint64_t most_bytes_of_a_record = std::uint64_t{1} << 28;

// ---- metrics.jsonl ----------------------------------------------------------------------------

// Takes a number off the front of the text. Returns false if there is none.
template <class Number>
bool take(std::string_view& text, Number& number) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
  return true;
}

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool take_value(std::string_view& text, double& value) {
  if (take(text, std::string_view("\"NaN\""))) value = std::nan("");
  else if (take(text, std::string_view("\"Infinity\"")))
    value = std::numeric_limits<double>::infinity();
  else if (take(text, std::string_view("\"-Infinity\"")))
    value = -std::numeric_limits<double>::infinity();
  else return take(text, value);
  return true;
}

// Reads a line of the logger jsonl: {"step":1,"tag":"Loss","value":20.18,"wall_time":...}.
void read_line(std::string_view line, std::span<const std::string> quoted_tags, Curves& curves) {
  std::int64_t step = 0;
  if (!take(line, std::string_view("{\"step\":")) || !take(line, step) ||
      !take(line, std::string_view(",\"tag\":")))
    return;
  for (std::size_t i = 0; i < quoted_tags.size(); ++i) {
    std::string_view rest = line;
    double value = 0;
    if (take(rest, std::string_view(quoted_tags[i])) &&
        take(rest, std::string_view(",\"value\":")) && take_value(rest, value))
      curves[i].push_back({static_cast<double>(step), value});
  }
}

Curves curves_in_lines(const fs::path& file, std::span<const std::string> tags) {
  Curves curves(tags.size());
  std::vector<std::string> quoted;
  for (const std::string& tag : tags)
    quoted.push_back(
        nlohmann::json(tag).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  const std::string text = base::RegularFile(file).text(most_bytes_of_metrics);
  std::string_view rest = text;
  for (std::size_t end = 0; (end = rest.find('\n')) != std::string_view::npos;
       rest.remove_prefix(end + 1))
    read_line(rest.substr(0, end), quoted, curves);
  return curves;
}

// ---- event files ------------------------------------------------------------------------------

// The wire format of protobuf, as far as events need it (protobuf.dev/programming-guides/encoding).
struct Field {
  std::uint32_t number = 0;
  std::uint64_t integer = 0;    // of a varint, or the bits of a fixed number
  std::string_view bytes = {};  // of a string or a message
};

std::optional<std::uint64_t> take_varint(std::string_view& message) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && !message.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(message.front());
    message.remove_prefix(1);
    value |= std::uint64_t{byte & 0x7fU} << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

template <class Number>
std::optional<std::uint64_t> take_fixed(std::string_view& message) {
  Number number = 0;
  if (message.size() < sizeof number) return std::nullopt;
  std::memcpy(&number, message.data(), sizeof number);
  message.remove_prefix(sizeof number);
  return number;
}

// Takes the next field off a message; nothing at its end, or where it is no protobuf.
std::optional<Field> next_field(std::string_view& message) {
  const auto key = take_varint(message);
  if (!key) return std::nullopt;
  Field field{.number = static_cast<std::uint32_t>(*key >> 3)};
  std::optional<std::uint64_t> integer;
  switch (*key & 7) {
    case 0: integer = take_varint(message); break;
    case 1: integer = take_fixed<std::uint64_t>(message); break;
    case 5: integer = take_fixed<std::uint32_t>(message); break;
    case 2:
      integer = take_varint(message);
      if (!integer || *integer > message.size()) return std::nullopt;
      field.bytes = message.substr(0, static_cast<std::size_t>(*integer));
      message.remove_prefix(field.bytes.size());
      break;
    default: return std::nullopt;
  }
  if (!integer) return std::nullopt;
  field.integer = *integer;
  return field;
}

// A value of an event, as plugins/logger/tensorboard/event.proto describes it.
struct EventValue {
  std::int64_t step = 0;
  std::string_view tag;
  std::optional<float> scalar;
  std::vector<std::string_view> strings;  // of a tensor
};

std::vector<EventValue> values_of(std::string_view event) {
  std::vector<EventValue> values;
  std::int64_t step = 0;
  while (const auto field = next_field(event)) {
    if (field->number == 2) step = static_cast<std::int64_t>(field->integer);
    if (field->number != 5) continue;  // the summary
    std::string_view summary = field->bytes;
    while (const auto entry = next_field(summary)) {
      if (entry->number != 1) continue;
      EventValue& value = values.emplace_back();
      std::string_view parts = entry->bytes;
      while (const auto part = next_field(parts)) {
        if (part->number == 1) value.tag = part->bytes;
        if (part->number == 2)
          value.scalar = std::bit_cast<float>(static_cast<std::uint32_t>(part->integer));
        if (part->number != 8) continue;  // the tensor
        std::string_view tensor = part->bytes;
        while (const auto item = next_field(tensor))
          if (item->number == 8) value.strings.push_back(item->bytes);
      }
    }
  }
  for (EventValue& value : values) value.step = step;
  return values;
}

std::vector<fs::path> event_files(const fs::path& run_folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(run_folder, error), end; !error && entry != end;
       entry.increment(error))
    if (entry->path().filename().string().find("tfevents") != std::string::npos)
      files.push_back(entry->path());
  std::ranges::sort(files);  // in which TensorBoard reads them
  return files;
}

// Calls `use` with every value of the file, and with the place of its record.
void read_events(const fs::path& path, const auto& use) {
  const base::RegularFile file(path);
  std::string record;
  for (std::uint64_t at = 0; at + 16 <= file.size();) {
    std::uint64_t length = 0;
    file.read(at, std::as_writable_bytes(std::span(&length, 1)));
    if (length > most_bytes_of_a_record || length > file.size() - at - 16) return;
    record.resize(static_cast<std::size_t>(length));
    file.read(at + 12, std::as_writable_bytes(std::span(record)));
    for (const EventValue& value : values_of(record)) use(value, std::string_view(record), at + 12);
    at += length + 16;
  }
}

// Puts ${step} in the place of the number of the step, where it stands alone.
std::string without_step(std::string_view tag, std::int64_t step) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const std::string number = std::to_string(step);
  for (std::size_t at = 0; (at = tag.find(number, at)) != std::string_view::npos; ++at) {
    const std::size_t end = at + number.size();
    if ((at > 0 && is_digit(tag[at - 1])) || (end < tag.size() && is_digit(tag[end]))) continue;
    return fmt::format("{}${{step}}{}", tag.substr(0, at), tag.substr(end));
  }
  return std::string(tag);
}

}  // namespace

std::vector<std::vector<Point>> curves_of(const fs::path& run_folder,
                                          std::span<const std::string> tags) {
  std::error_code error;
  if (const fs::path lines = run_folder / "metrics.jsonl"; fs::exists(lines, error))
    return curves_in_lines(lines, tags);
  Curves curves(tags.size());
  for (const fs::path& file : event_files(run_folder))
    read_events(file, [&](const EventValue& value, std::string_view, std::uint64_t) {
      if (!value.scalar) return;
      const auto tag = std::ranges::find(tags, value.tag);
      if (tag == tags.end()) return;
      curves[static_cast<std::size_t>(tag - tags.begin())].push_back(
          {static_cast<double>(value.step), static_cast<double>(*value.scalar)});
    });
  return curves;
}

std::map<std::string, LoggedPicture> pictures_of(const fs::path& run_folder) {
  std::map<std::string, LoggedPicture> pictures;
  for (const fs::path& file : event_files(run_folder))
    read_events(file, [&](const EventValue& value, std::string_view record, std::uint64_t at) {
      constexpr std::string_view png_begins = "\x89PNG";
      // A picture is a tensor of its width, its height, and the file.
      if (value.strings.size() != 3 || !value.strings[2].starts_with(png_begins)) return;
      const std::string_view png = value.strings[2];
      pictures[without_step(value.tag, value.step)] = {
          value.step, file, at + static_cast<std::uint64_t>(png.data() - record.data()),
          png.size()};
    });
  return pictures;
}

std::vector<std::byte> read_picture(const LoggedPicture& picture) {
  std::vector<std::byte> png(static_cast<std::size_t>(picture.size));
  base::RegularFile(picture.file).read(picture.offset, png);
  return png;
}

}  // namespace assay::contact_sheet
