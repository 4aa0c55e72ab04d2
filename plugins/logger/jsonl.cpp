// Logger `jsonl`: writes metrics.jsonl in the run folder, one JSON object per line, one line per
// record, in order of time. It has no options.
//
//   {"step":1,"tag":"Loss","value":20.18,"wall_time":1763863320.25}
//   {"step":1,"tag":"Notes","text":"**markdown**","wall_time":1763863320.25}
//   {"step":0,"tag":"Digits","image":{"width":600,"height":600},"wall_time":1763863320.25}
//
// Other contents are an object under the name of their type, with the members that the headers of
// Assay give them (assay/record.h):
//
//   "histogram":{"edges":[0.0,1.0],"counts":[2.0],"minimum":0.25,"maximum":0.5,"number":2.0,
//                "sum":0.75,"sum_of_squares":0.3125}
//   "curve":{"x_label":"recall","y_label":"","lines":[{"name":"a","x":[0.0],"y":[1.0]}]}
//   "table":{"columns":["class","count"],"rows":[["cat",2.0]]}
//   "graph":{"nodes":[{"name":"layer1","operation":"Linear","inputs":["input"],
//                      "output_shape":[-1,10],"attributes":{"activation":"selu"}}]}
//   "hyper_parameters":{"values":{"learning_rate":0.1},"metrics":["Loss"]}
//
// A number is the shortest decimal that reads back as the same float64. JSON has no NaN and no
// infinities, so these become the strings "NaN", "Infinity" and "-Infinity" (which Python's float()
// accepts). A cell, an attribute or a hyper-parameter without a value is null; a node whose shape
// is not known has no "output_shape". The bytes of images are not kept. A content that this logger
// does not know is "unknown":{"type":N}. Two runs with the same records differ only in wall_time.
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

void append(std::string& out, std::string_view text) { out += quoted(text); }
void append(std::string& out, double value) { append_number(out, value); }
void append(std::string& out, std::int64_t value) { append_integer(out, value); }

void append(std::string& out, const assay::TypedValue& value) {
  switch (value.type) {
    case assay::TypedValue::Type::none: out += "null"; return;
    case assay::TypedValue::Type::boolean: out += value.boolean ? "true" : "false"; return;
    case assay::TypedValue::Type::number: return append(out, value.number);
    case assay::TypedValue::Type::text: return append(out, value.text);
  }
}

// Appends the elements between brackets, each by append_one.
template <class T>
void append_list(std::string& out, std::span<const T> elements, const auto& append_one) {
  out += '[';
  for (const T& element : elements) {
    if (&element != elements.data()) out += ',';
    append_one(element);
  }
  out += ']';
}
template <class T>
void append(std::string& out, std::span<const T> elements) {
  append_list(out, elements, [&](const T& element) { append(out, element); });
}

void append(std::string& out, std::span<const assay::NamedValue> values) {
  out += '{';
  for (const assay::NamedValue& named : values) {
    if (&named != values.data()) out += ',';
    append(out, named.name);
    out += ':';
    append(out, named.value);
  }
  out += '}';
}

// Appends a member of an object, and a comma before it unless it is the first.
void append_member(std::string& out, std::string_view name, const auto& value) {
  if (!out.ends_with('{')) out += ',';
  (out += '"').append(name) += "\":";
  append(out, value);
}

void append(std::string& out, const assay::Image& image) {
  out += '{';
  append_member(out, "width", image.width);
  append_member(out, "height", image.height);
  out += '}';
}

void append(std::string& out, const assay::Histogram& histogram) {
  out += '{';
  append_member(out, "edges", histogram.edges);
  append_member(out, "counts", histogram.counts);
  append_member(out, "minimum", histogram.minimum);
  append_member(out, "maximum", histogram.maximum);
  append_member(out, "number", histogram.number);
  append_member(out, "sum", histogram.sum);
  append_member(out, "sum_of_squares", histogram.sum_of_squares);
  out += '}';
}

void append(std::string& out, const assay::Curve& curve) {
  out += '{';
  append_member(out, "x_label", curve.x_label);
  append_member(out, "y_label", curve.y_label);
  out += ",\"lines\":";
  append_list(out, curve.lines, [&](const assay::Curve::Line& line) {
    out += '{';
    append_member(out, "name", line.name);
    append_member(out, "x", line.x);
    append_member(out, "y", line.y);
    out += '}';
  });
  out += '}';
}

void append(std::string& out, const assay::Table& table) {
  out += '{';
  append_member(out, "columns", table.columns);
  out += ",\"rows\":[";
  const std::size_t width = table.columns.size();
  for (std::size_t at = 0; at < table.cells.size(); at += width) {
    if (at > 0) out += ',';
    append(out, table.cells.subspan(at, width));
  }
  out += "]}";
}

void append(std::string& out, const assay::Graph& graph) {
  out += "{\"nodes\":";
  append_list(out, graph.nodes, [&](const assay::Graph::Node& node) {
    out += '{';
    append_member(out, "name", node.name);
    append_member(out, "operation", node.operation);
    append_member(out, "inputs", node.inputs);
    if (node.has_output_shape) append_member(out, "output_shape", node.output_shape);
    append_member(out, "attributes", node.attributes);
    out += '}';
  });
  out += '}';
}

void append(std::string& out, const assay::HyperParameters& parameters) {
  out += '{';
  append_member(out, "values", parameters.values);
  append_member(out, "metrics", parameters.metrics);
  out += '}';
}

// Appends the content as a member under the name of its type, if it is a T.
template <class T>
bool append_if(std::string& out, const assay::Record& record) {
  const T* content = record.as<T>();
  if (content == nullptr) return false;
  (out += '"').append(name_of(T::type)) += "\":";
  append(out, *content);
  return true;
}

void append_content(std::string& out, const assay::Record& record) {
  if (const auto* scalar = record.as<assay::Scalar>()) {
    out += "\"value\":";
    append_number(out, scalar->value);
  } else if (const auto* text = record.as<assay::Text>()) {
    out += "\"text\":" + quoted(text->markdown);
  } else if (!append_if<assay::Image>(out, record) && !append_if<assay::Histogram>(out, record) &&
             !append_if<assay::Curve>(out, record) && !append_if<assay::Table>(out, record) &&
             !append_if<assay::Graph>(out, record) &&
             !append_if<assay::HyperParameters>(out, record)) {
    out += "\"unknown\":{\"type\":";
    append_integer(out, static_cast<std::int64_t>(record.type));
    out += '}';
  }
}

class JsonLines final : public assay::Logger {
 public:
  static constexpr assay::About about = {
      .name = "jsonl",
      .doc = "One JSON object a line in metrics.jsonl: all records, but only the sizes of images."};

  void open(assay::LoggerContext& context) override { file_ = &context.create("metrics.jsonl"); }

  void record(const assay::Record& record) override {
    lines_ += "{\"step\":";
    append_integer(lines_, record.step);
    lines_ += ",\"tag\":";
    lines_ += name_of(record.tag);
    lines_ += ',';
    append_content(lines_, record);
    lines_ += ",\"wall_time\":";
    append_number(lines_, record.wall_time);
    lines_ += "}\n";
    if (lines_.size() >= flush_size) flush();
  }

  void flush() override {
    if (lines_.empty()) return;
    file_->append(std::as_bytes(std::span(lines_)));
    lines_.clear();
  }
  void close(assay::Outcome) override { flush(); }

 private:
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

ASSAY_COMPONENT(JsonLines)
