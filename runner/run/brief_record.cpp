#include "runner/run/brief_record.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "runner/base/time_format.h"
#include "runner/plan/better.h"

namespace assay::run {
namespace {

using Json = nlohmann::json;

// The record is at depth 1, a map such as `final` at depth 2, a scalar at depth 3.
class Reader final : public Json::json_sax_t {
 public:
  explicit Reader(BriefPart part) : part_(part) {}

  // Returns the record if all was seen that every record has.
  std::optional<RunRecord> take() {
    if (!has_state_ || !has_steps_) return std::nullopt;
    return std::move(record_);
  }

  bool null() override { return true; }
  bool boolean(bool truth) override {
    if (is_at(1) && key() == "complete") record_.complete = truth;
    return true;
  }
  bool number_integer(number_integer_t number) override { return integer(number); }
  bool number_unsigned(number_unsigned_t number) override {
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    return number <= most ? integer(static_cast<std::int64_t>(number))
                          : real(static_cast<double>(number));
  }
  bool number_float(number_float_t number, const string_t& /*text*/) override {
    return real(number);
  }
  bool string(string_t& text) override {
    if (is_at(1)) take_text(text);
    else if (is_at(2) && keys_[0] == "final") record_.final_values[key()] = number_in(text);
    else if (is_at(2) && keys_[0] == "plan") record_.plan[key()] = text;
    else if (is_at(2) && keys_[0] == "failures") record_.failures.push_back(text);
    else if (is_at(3) && keys_[0] == "scalars") take_of_scalar(text);
    return true;
  }
  bool binary(binary_t& /*bytes*/) override { return true; }
  bool start_object(std::size_t /*elements*/) override { return open(); }
  bool key(string_t& name) override {
    keys_.back() = name;
    if (keys_.size() != 1) return true;
    // Everything that is of interest stands before this key, unless somebody has sorted them.
    const bool is_last = part_ == BriefPart::result ? name == "log_files" : name == "host";
    return !is_last || !has_failures_ || !has_scalars_ || !has_steps_ || !has_state_ ||
           (part_ == BriefPart::result_and_plan && record_.plan.empty());
  }
  bool end_object() override { return close(); }
  bool start_array(std::size_t /*elements*/) override { return open(); }
  bool end_array() override { return close(); }
  bool parse_error(std::size_t /*at*/, const std::string& /*token*/,
                   const nlohmann::detail::exception& /*error*/) override {
    is_damaged_ = true;
    return false;
  }
  bool is_damaged() const { return is_damaged_; }

 private:
  bool is_at(std::size_t depth) const { return keys_.size() == depth; }
  const std::string& key() const { return keys_.back(); }

  bool open() {
    constexpr std::size_t deepest = 16;
    if (is_at(1)) {
      has_failures_ = has_failures_ || key() == "failures";
      has_scalars_ = has_scalars_ || key() == "scalars";
    }
    keys_.emplace_back();
    return keys_.size() <= deepest;
  }
  bool close() {
    keys_.pop_back();
    return true;
  }

  static double number_in(const std::string& text) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    return text == "Infinity" ? infinity : text == "-Infinity" ? -infinity : std::nan("");
  }

  void take_text(const std::string& text) {
    const std::string& name = key();
    if (name == "state") {
      record_.state = text;
      has_state_ = true;
    } else if (name == "name") {
      record_.name = text;
    } else if (name == "reason") {
      record_.reason = text;
    } else if (name == "start") {
      record_.start = base::time_in(text);
    } else if (name == "end") {
      record_.end = base::time_in(text);
    } else if (name == "plan_digest") {
      record_.plan_digest = text;
    } else if (name == "weights_digest") {
      record_.weights_digest = text;
    }
  }

  void take_of_scalar(const std::string& text) {
    Scalar& scalar = record_.scalars[keys_[1]];
    if (key() == "value") scalar.value = text;
    else if (key() == "better") scalar.better = plan::mode_called(text);
    else if (key() == "min") scalar.extremes.min = number_in(text);
    else if (key() == "max") scalar.extremes.max = number_in(text);
  }

  bool integer(std::int64_t number) {
    if (is_at(1) && key() == "steps") {
      record_.steps = number;
      has_steps_ = true;
    } else if (is_at(1) && key() == "total_steps") {
      record_.total_steps = number;
    } else if (is_at(3) && keys_[0] == "scalars" && key() == "min_step") {
      record_.scalars[keys_[1]].extremes.min_step = number;
    } else if (is_at(3) && keys_[0] == "scalars" && key() == "max_step") {
      record_.scalars[keys_[1]].extremes.max_step = number;
    } else {
      return real(static_cast<double>(number));
    }
    return true;
  }

  bool real(double number) {
    if (is_at(1) && key() == "training_seconds") record_.training_seconds = number;
    else if (is_at(1) && key() == "mean_threads") record_.mean_threads = number;
    else if (is_at(2) && keys_[0] == "final") record_.final_values[key()] = number;
    else if (is_at(3) && keys_[0] == "scalars" && key() == "min")
      record_.scalars[keys_[1]].extremes.min = number;
    else if (is_at(3) && keys_[0] == "scalars" && key() == "max")
      record_.scalars[keys_[1]].extremes.max = number;
    return true;
  }

  BriefPart part_;
  RunRecord record_;
  std::vector<std::string> keys_;  // of each object that is open; the last one is the present one
  bool has_state_ = false, has_steps_ = false, has_failures_ = false, has_scalars_ = false;
  bool is_damaged_ = false;
};

}  // namespace

std::optional<RunRecord> read_brief(std::string_view text, BriefPart part) {
  Reader reader(part);
  static_cast<void>(Json::sax_parse(text.begin(), text.end(), &reader));
  if (reader.is_damaged()) return std::nullopt;
  return reader.take();
}

}  // namespace assay::run
