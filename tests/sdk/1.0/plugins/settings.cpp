// Logger `settings`: writes all options of a run, and the last value of each scalar, to a file.
//   loggers: [console, settings]
#include <charconv>
#include <iterator>
#include <map>
#include <span>
#include <string>

#include "assay/logger.h"
#include "assay/plugin.h"

namespace {
std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) result += c == '"' ? "\"\"" : std::string(1, c);
  return result + "\"";
}

class Settings final : public assay::Logger {
 public:
  static constexpr assay::About about = {.name = "settings", .doc = "Writes settings.csv."};

  void open(assay::LoggerContext& context) override {
    file_ = &context.create("settings.csv");
    if (file_->position() > 0) return;  // a run that goes on
    line("name", "value");
    for (const assay::PlanEntry& entry : context.plan()) line(entry.key, entry.yaml);
  }
  void record(const assay::Record& record) override {
    if (const auto* scalar = record.as<assay::Scalar>())
      last_[std::string(record.tag.name)] = scalar->value;
  }
  void close(assay::Outcome /*outcome*/) override {
    for (const auto& [tag, value] : last_) {
      char text[32];
      line("last/" + tag, {text, std::to_chars(text, std::end(text), value).ptr});
    }
  }

 private:
  void line(std::string_view name, std::string_view value) {
    const std::string text = quoted(name) + "," + quoted(value) + "\n";
    file_->append(std::as_bytes(std::span(text)));
  }

  assay::LogFile* file_ = nullptr;
  std::map<std::string, double> last_;
};
}  // namespace
ASSAY_PLUGIN("settings", "0.1.0", "MIT", Settings)
