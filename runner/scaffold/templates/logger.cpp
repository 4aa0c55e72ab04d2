// Logger `plugin_name`: numbers as CSV (RFC 4180) in the run folder, a line each.
//
//   file   its name (default plugin_name.csv)
//
//   loggers:
//     csv: {type: plugin_name}
#include <array>
#include <charconv>
#include <span>
#include <string>
#include <string_view>

#include "assay/logger.h"
#include "assay/plugin.h"

namespace {

class PluginName final : public assay::Logger {
 public:
  static constexpr assay::About about = {.name = "plugin_name", .doc = "Numbers as CSV."};
  struct Options {
    std::string_view file = "plugin_name.csv";
  };
  static constexpr auto table =
      assay::options(assay::option("file", &Options::file, "name of the file"));

  explicit PluginName(const Options& options) : name_(options.file) {}

  void open(assay::LoggerContext& context) override {
    file_ = &context.create(name_);
    lines_ = "step,tag,value\n";
  }

  void record(const assay::Record& record) override {
    const auto* scalar = record.as<assay::Scalar>();
    if (scalar == nullptr) return;  // pictures, texts, ...: assay/record.h lists them
    lines_ += text_of(record.step) + ',' + quoted(record.tag.name) + ',' + text_of(scalar->value);
    lines_ += '\n';
  }

  void flush() override {
    file_->append(std::as_bytes(std::span(lines_)));
    lines_.clear();
  }
  void close(assay::Outcome /*outcome*/) override { flush(); }

 private:
  // Returns the shortest text that reads back as the same number; nan and inf stay as they are.
  static std::string text_of(auto number) {
    std::array<char, 32> digits{};
    return {digits.data(), std::to_chars(digits.begin(), digits.end(), number).ptr};
  }

  static std::string quoted(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
    std::string result = "\"";
    for (const char c : text) result += c == '"' ? "\"\"" : std::string(1, c);
    return result + '"';
  }

  std::string name_, lines_;
  assay::LogFile* file_ = nullptr;  // the host's
};

}  // namespace

ASSAY_PLUGIN("plugin_name", "0.1.0", "MIT", PluginName)
