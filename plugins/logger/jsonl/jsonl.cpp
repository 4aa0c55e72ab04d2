// Logger `jsonl`: writes metrics.jsonl in the run folder, one JSON object per line, one line per
// record, in order of time. It has no options.
//
//   {"step":1,"tag":"Loss","value":20.18,"wall_time":1763863320.25}
//   {"step":1,"tag":"Notes","text":"**markdown**","wall_time":1763863320.25}
//   {"step":0,"tag":"Digits","image":{"width":600,"height":600},"wall_time":1763863320.25}
//
// A number is the shortest decimal that reads back as the same float64. JSON has no NaN and no
// infinities, so these become the strings "NaN", "Infinity" and "-Infinity" (which Python's float()
// accepts). The bytes of images are not kept. Two runs with the same records differ only in
// wall_time.
//
//   loggers:
//     jsonl: {type: jsonl}
#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/logger.h"
#include "assay/plugin.h"

namespace {

constexpr std::size_t flush_size = 32 * 1024;

std::string quoted(std::string_view text) {
  // Bytes that are not UTF-8 become U+FFFD, so that the line stays valid JSON.
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void append_integer(std::string& out, std::int64_t value) {
  std::array<char, 24> digits;
  out.append(digits.data(), std::to_chars(digits.begin(), digits.end(), value).ptr);
}

void append_number(std::string& out, double value) {
  if (std::isnan(value)) out += "\"NaN\"";
  else if (std::isinf(value)) out += value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
  else {
    std::array<char, 32> digits;
    const std::string_view shortest(digits.begin(),
                                    std::to_chars(digits.begin(), digits.end(), value).ptr);
    out += shortest;
    // Readers would take "1" for an integer, and "-0" for 0.
    if (shortest.find_first_of(".e") == std::string_view::npos) out += ".0";
  }
}

class JsonLines final : public assay::Logger {
 public:
  static constexpr assay::About about = {
      .name = "jsonl",
      .doc = "One JSON object a line in metrics.jsonl: scalars, text, image sizes."};

  explicit JsonLines(const assay::Options&) {}

  void open(assay::LoggerContext& context) override { file_ = &context.create("metrics.jsonl"); }

  void scalar(const assay::ScalarRecord& record) override {
    begin_line(record);
    lines_ += ",\"value\":";
    append_number(lines_, record.value);
    end_line(record);
  }
  void image(const assay::ImageRecord& record) override {
    begin_line(record);
    lines_ += ",\"image\":{\"width\":";
    append_integer(lines_, record.width);
    lines_ += ",\"height\":";
    append_integer(lines_, record.height);
    lines_ += '}';
    end_line(record);
  }
  void markdown(const assay::TextRecord& record) override {
    begin_line(record);
    lines_ += ",\"text\":" + quoted(record.markdown);
    end_line(record);
  }

  void flush() override {
    if (lines_.empty()) return;
    file_->append(std::as_bytes(std::span(lines_)));
    lines_.clear();
  }
  void close(assay::Outcome) override { flush(); }

 private:
  void begin_line(const auto& record) {
    lines_ += "{\"step\":";
    append_integer(lines_, record.step);
    lines_ += ",\"tag\":";
    lines_ += name_of(record.tag);
  }
  void end_line(const auto& record) {
    lines_ += ",\"wall_time\":";
    append_number(lines_, record.wall_time);
    lines_ += "}\n";
    if (lines_.size() >= flush_size) flush();
  }
  const std::string& name_of(const assay::Tag& tag) {
    if (tag.id >= names_.size()) names_.resize(tag.id + 1);
    std::string& name = names_[tag.id];
    if (name.empty()) name = quoted(tag.name);
    return name;
  }

  assay::LogFile* file_ = nullptr;  // the host's
  std::string lines_;
  std::vector<std::string> names_;  // by tag id, quoted
};

}  // namespace

ASSAY_PLUGIN("jsonl", "1.0.0", "MIT", JsonLines)
