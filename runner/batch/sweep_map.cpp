#include "runner/batch/sweep_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "assay/error.h"
#include "runner/base/wording.h"

namespace assay::batch {
namespace {

using config::Node;
using namespace std::string_view_literals;

constexpr std::string_view zip = "zip";
constexpr const char* forms = "values are a list, or as behind `key=`: range(0,5)";

// Writes a text as an argument without quotes. References stay as they are.
std::string with_escapes(std::string_view text) {
  std::string escaped;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text.substr(at).starts_with("${")) {
      const std::size_t end = std::min(text.find('}', at), text.size() - 1);
      escaped += text.substr(at, end + 1 - at);
      at = end;
      continue;
    }
    if (std::string_view("()[]{}:=,\\").find(text[at]) != std::string_view::npos) escaped += '\\';
    escaped += text[at];
  }
  return escaped;
}

// Writes a text in quotes. A backslash at its end would escape the quote.
std::string in_quotes(std::string_view text) {
  if (text.ends_with('\\')) return with_escapes(text);
  std::string quoted(1, '"');
  for (const char c : text) {
    if (c == '"') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

// Writes a value as an argument has it.
std::string argument_value(const Node& node) {
  std::string text;
  switch (node.kind) {
    case Node::Kind::null: return "null";
    case Node::Kind::scalar:
      return node.quoted || node.scalar.empty() ? in_quotes(node.scalar)
                                                : with_escapes(node.scalar);
    case Node::Kind::list:
      for (const Node& element : node.list)
        text += (text.empty() ? "" : ", ") + argument_value(element);
      return "[" + text + "]";
    case Node::Kind::map:
      for (const Node::Entry& entry : node.map)
        text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", with_escapes(entry.key),
                            argument_value(entry.value));
      return "{" + text + "}";
  }
  return text;
}

class Reader {
 public:
  explicit Reader(config::Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  std::vector<Axis> axes;

  void read(const Node& map) {
    if (map.kind != Node::Kind::map)
      return fail(map.where, "sweep",
                  "expected a map of keys and their values, found " + config::described(map),
                  "as in `sweep: {seed: [1, 2, 3]}`");
    for (const Node::Entry& entry : map.map) {
      if (entry.key == zip) zips(entry.value);
      else if (auto axis = axis_of(entry, "sweep")) axes.push_back(*std::move(axis));
    }
    for (std::size_t i = 0; i < keys_.size(); ++i)
      if (std::ranges::count(keys_.begin(), keys_.begin() + static_cast<std::ptrdiff_t>(i),
                             keys_[i].first, &Place::first) > 0)
        fail(keys_[i].second, "sweep",
             fmt::format("{} is swept twice", base::quoted(keys_[i].first)),
             "leave one of the two out");
  }

 private:
  using Place = std::pair<std::string, config::Location>;

  void zips(const Node& node) {
    if (node.kind != Node::Kind::list) return zip_of(node, "sweep.zip");
    for (std::size_t i = 0; i < node.list.size(); ++i)
      zip_of(node.list[i], fmt::format("sweep.zip.{}", i));
  }

  void zip_of(const Node& map, const std::string& key) {
    if (map.kind != Node::Kind::map || map.map.empty())
      return fail(map.where, key,
                  "expected a map of keys that vary together, found " + config::described(map),
                  "as in `zip: {seed: [1, 2], name: [a, b]}`");
    std::vector<Axis> columns;
    for (const Node::Entry& entry : map.map)
      if (auto axis = axis_of(entry, key)) columns.push_back(*std::move(axis));
    if (columns.size() < map.map.size()) return;
    try {
      axes.push_back(zipped(columns));
    } catch (const Error& error) {
      fail(map.map.front().where, key, error.what());
    }
  }

  std::optional<Axis> axis_of(const Node::Entry& entry, const std::string& within) {
    const std::string key = base::joined(within, entry.key);
    const Node& value = entry.value;
    if (!is_key(entry.key)) {
      fail(entry.where, key, "expected the full key of an option, as in optimizer.learning_rate");
      return std::nullopt;
    }
    keys_.emplace_back(entry.key, entry.where);
    if (value.reported) return std::nullopt;
    if (value.kind == Node::Kind::list && !value.list.empty()) {
      Axis axis{{entry.key}, {}, {}, {}};
      for (const Node& element : value.list)
        axis.points.push_back({{entry.key, argument_value(element), element.where}});
      return axis;
    }
    if (value.kind != Node::Kind::scalar) {
      fail(value.kind == Node::Kind::null ? entry.where : value.where, key,
           fmt::format("expected values, found {}", config::described(value)),
           value.kind == Node::Kind::map
               ? fmt::format("keys are written in full here, as in `{}.{}: [1, 2]`", entry.key,
                             value.map.empty() ? "option" : value.map.front().key)
               : forms);
      return std::nullopt;
    }
    try {
      Axis axis = values_of(entry.key, value.scalar);
      axis.where = value.where;
      for (Point& point : axis.points) point.front().where = value.where;
      return axis;
    } catch (const Error& error) {
      fail(value.where, key, error.what());
      return std::nullopt;
    }
  }

  void fail(const config::Location& where, const std::string& key, std::string message,
            std::string hint = {}) {
    diagnostics_.error(where, key, std::move(message), std::move(hint));
  }

  config::Diagnostics& diagnostics_;
  std::vector<Place> keys_;
};

// Returns the key that a fixed argument sets or removes: "seed" of "++seed=1".
std::string_view key_of(std::string_view argument) {
  argument.remove_prefix(std::min(argument.find_first_not_of("+~"), argument.size()));
  return argument.substr(0, argument.find('='));
}

}  // namespace

std::vector<Axis> read_sweep_map(const Node& map, config::Diagnostics& diagnostics) {
  Reader reader(diagnostics);
  reader.read(map);
  return std::move(reader.axes);
}

Sweep with_arguments(const std::vector<Axis>& of_config, const Sweep& arguments) {
  Sweep sweep;
  std::vector<std::string> taken;  // keys of the config's sweep that arguments take the place of
  bool drops_all = false;
  for (const Axis& axis : arguments.axes)
    taken.insert(taken.end(), axis.keys.begin(), axis.keys.end());
  for (const std::string& fixed : arguments.fixed) {
    const bool removes = fixed == "~sweep" || fixed.starts_with("~sweep.");
    if (!removes) sweep.fixed.push_back(fixed);
    else if (fixed == "~sweep") drops_all = true;
    taken.emplace_back(
        removes ? std::string_view(fixed).substr(std::min(fixed.size(), "~sweep."sv.size()))
                : key_of(fixed));
    const auto sweeps_it = [&](const Axis& axis) {
      return fixed == "~sweep" || std::ranges::count(axis.keys, taken.back()) > 0;
    };
    if (removes && std::ranges::none_of(of_config, sweeps_it))
      throw Error(fmt::format("argument {}: the config has no such sweep", base::quoted(fixed)));
  }
  const auto is_taken = [&](const std::string& key) {
    return drops_all || std::ranges::count(taken, key) > 0;
  };
  for (Axis axis : of_config) {
    std::erase_if(axis.keys, is_taken);
    for (Point& point : axis.points)
      std::erase_if(point, [&](const Setting& setting) { return is_taken(setting.key); });
    if (!axis.keys.empty()) sweep.axes.push_back(std::move(axis));
  }
  sweep.axes.insert(sweep.axes.end(), arguments.axes.begin(), arguments.axes.end());
  return sweep;
}

}  // namespace assay::batch
