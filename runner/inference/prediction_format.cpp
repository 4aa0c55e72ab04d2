#include "runner/inference/prediction_format.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

namespace assay::inference {
namespace {

constexpr std::array<std::string_view, 3> type_names = {"csv", "npy", "jsonl"};

template <class Number>
void append_number(Number number, std::string& out) {
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  out.append(text.data(), end);
}

template <class Number>
void append_bytes(Number number, std::string& out) {
  char bytes[sizeof number];
  std::memcpy(bytes, &number, sizeof number);
  out.append(bytes, sizeof number);
}

// Quotes a field if RFC 4180 requires it.
std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

class Csv final : public PredictionFormat {
 public:
  explicit Csv(const Columns& columns) {
    for (const std::string& name : columns.classes) classes_.push_back(csv_field(name));
    header_ = columns.classes.empty() ? "row" : "row,class";
    for (const std::string& name : columns.names())
      header_ +=
          "," + csv_field(fmt::format("{}{}{}", columns.word(), name.empty() ? "" : "_", name));
    header_ += '\n';
  }

  std::string header(std::int64_t /*rows*/) const override { return header_; }
  void append(const Prediction& prediction, std::string& out) const override {
    append_number(prediction.row, out);
    if (!classes_.empty()) out.append(",").append(classes_[prediction.predicted_class]);
    for (const float number : prediction.numbers) {
      out += ',';
      append_number(number, out);
    }
    out += '\n';
  }

 private:
  std::vector<std::string> classes_;  ///< as fields
  std::string header_;
};

class JsonLines final : public PredictionFormat {
 public:
  explicit JsonLines(const Columns& columns) : has_classes_(!columns.classes.empty()) {
    for (const std::string& name : columns.classes)
      classes_.push_back(
          nlohmann::json(name).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    begin_ = fmt::format("\"{}\": {}", columns.word(), has_classes_ ? "{" : "[");
    end_ = has_classes_ ? "}}\n" : "]}\n";
  }

  std::string header(std::int64_t /*rows*/) const override { return {}; }
  void append(const Prediction& prediction, std::string& out) const override {
    out += "{\"row\": ";
    append_number(prediction.row, out);
    out += ", ";
    if (has_classes_)
      out.append("\"class\": ").append(classes_[prediction.predicted_class]).append(", ");
    out += begin_;
    for (std::size_t i = 0; i < prediction.numbers.size(); ++i) {
      if (i > 0) out += ", ";
      if (has_classes_) out.append(classes_[i]).append(": ");
      append_number(prediction.numbers[i], out);
    }
    out += end_;
  }

 private:
  bool has_classes_;
  std::vector<std::string> classes_;  ///< as JSON strings
  std::string begin_, end_;
};

// Returns the code points of well-formed UTF-8.
std::u32string code_points(std::string_view text) {
  std::u32string points;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0U) == 0x80U) points.back() = points.back() << 6U | (byte & 0x3FU);
    else points += byte < 0x80U ? byte : byte & (byte < 0xE0U ? 0x1FU : byte < 0xF0U ? 0x0FU : 7U);
  }
  return points;
}

class Npy final : public PredictionFormat {
 public:
  explicit Npy(const Columns& columns) {
    std::size_t longest = 1;
    for (const std::string& name : columns.classes)
      longest = std::max(longest, code_points(name).size());
    for (const std::string& name : columns.classes) {
      std::string& text = classes_.emplace_back();
      for (const char32_t point : code_points(name)) append_bytes(point, text);
      text.resize(longest * sizeof(char32_t));  // NumPy fills texts up with zeros
    }
    type_ = fmt::format("[('row', '<i8'), {}('{}', '<f4', ({},))]",
                        classes_.empty() ? "" : fmt::format("('class', '<U{}'), ", longest),
                        columns.word(), columns.count);
  }

  // https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html, version 1.0
  std::string header(std::int64_t rows) const override {
    constexpr std::size_t alignment = 64, before = 10;  // bytes
    std::string text =
        fmt::format("{{'descr': {}, 'fortran_order': False, 'shape': ({},), }}", type_, rows);
    text.resize((before + text.size() + alignment) / alignment * alignment - before - 1, ' ');
    text += '\n';
    std::string header("\x93NUMPY\x01\x00", 8);
    append_bytes(static_cast<std::uint16_t>(text.size()), header);
    return header + text;
  }
  void append(const Prediction& prediction, std::string& out) const override {
    append_bytes(prediction.row, out);
    if (!classes_.empty()) out += classes_[prediction.predicted_class];
    const auto bytes = std::as_bytes(prediction.numbers);
    out.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }

 private:
  std::vector<std::string> classes_;  ///< as UTF-32
  std::string type_;
};

}  // namespace

std::optional<FileType> file_type_named(std::string_view name) {
  const auto found = std::ranges::find(type_names, name);
  if (found == type_names.end()) return std::nullopt;
  return static_cast<FileType>(found - type_names.begin());
}

std::optional<FileType> file_type_of(std::string_view file_name) {
  const std::size_t dot = file_name.rfind('.');
  return dot == std::string_view::npos ? std::nullopt : file_type_named(file_name.substr(dot + 1));
}

std::string_view Columns::word() const {
  switch (meaning) {
    case Meaning::softmax_logits:
    case Meaning::sigmoid_logit: return "probability";
    case Meaning::scores: return "score";
    case Meaning::numbers: return "output";
  }
  return {};
}

std::vector<std::string> Columns::names() const {
  if (!classes.empty()) return classes;
  if (count == 1) return {""};
  std::vector<std::string> names;
  for (std::int64_t i = 0; i < count; ++i) names.push_back(std::to_string(i));
  return names;
}

Columns columns_of(Meaning meaning, std::int64_t outputs, std::span<const std::string> classes) {
  Columns columns{meaning, predicted_columns(meaning, outputs), {}};
  if (meaning == Meaning::numbers) return columns;
  std::set<std::string> taken(classes.begin(), classes.end());
  std::set<std::string> given;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    std::string name = classes[i];
    if (given.contains(name)) {
      do {
        name += fmt::format(" ({})", i);
      } while (taken.contains(name));
    }
    taken.insert(name);
    given.insert(name);
    columns.classes.push_back(std::move(name));
  }
  return columns;
}

std::unique_ptr<PredictionFormat> make_format(FileType type, const Columns& columns) {
  switch (type) {
    case FileType::csv: return std::make_unique<Csv>(columns);
    case FileType::npy: return std::make_unique<Npy>(columns);
    case FileType::jsonl: return std::make_unique<JsonLines>(columns);
  }
  return nullptr;
}

}  // namespace assay::inference
