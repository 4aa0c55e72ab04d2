#include "runner/conformance/configured.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>

#include "assay/number_text.h"
#include "runner/config/diagnostics.h"
#include "runner/config/overrides.h"
#include "runner/conformance/check.h"
#include "runner/plan/expectation.h"
#include "runner/plan/scalar.h"
#include "runner/plan/validator.h"

namespace assay::conformance {
namespace {

using config::Node;
using config::scalar;

// Returns a quoted scalar: always text.
Node words(std::string text) {
  Node node = scalar(std::move(text));
  node.quoted = true;
  return node;
}

Node list(std::vector<Node> elements) {
  Node node;
  node.kind = Node::Kind::list;
  node.list = std::move(elements);
  return node;
}

Node map() {
  Node node;
  node.kind = Node::Kind::map;
  return node;
}

void set(Node& map, std::string_view key, Node value) {
  if (Node* found = map.find(key)) *found = std::move(value);
  else map.map.push_back({std::string(key), {}, std::move(value)});
}

// Returns the node in a few characters, on one line.
std::string shown(const Node& node) {
  constexpr std::size_t most = 40;
  switch (node.kind) {
    case Node::Kind::null: return "null";
    case Node::Kind::scalar: {
      std::string text = node.scalar;
      if (text.size() > most) return fmt::format("a text of {} bytes", grouped(text.size()));
      std::ranges::replace_if(
          text, [](char c) { return static_cast<unsigned char>(c) < ' '; }, '.');
      return node.quoted ? fmt::format("\"{}\"", text) : text;
    }
    case Node::Kind::map: {
      const Node* type = node.find("type");
      return type != nullptr ? fmt::format("{{type: {}}}", type->scalar) : "{...}";
    }
    case Node::Kind::list:
      if (node.list.size() > 2) return fmt::format("a list of {}", node.list.size());
      std::string text;
      for (const Node& element : node.list) text += (text.empty() ? "" : ", ") + shown(element);
      return "[" + text + "]";
  }
  return {};
}

constexpr int deepest = 4;  // of components within components
constexpr std::string_view leads_nowhere = "/nonexistent/file";

// Whole numbers within the bounds.
struct Integers {
  std::int64_t low, high;

  explicit Integers(const Parameter& p) {
    constexpr double limit = 0x1p62;
    low = static_cast<std::int64_t>(std::ceil(std::max(p.minimum, -limit)));
    high = static_cast<std::int64_t>(std::floor(std::min(p.maximum, limit)));
    if (p.minimum < -limit) low = std::numeric_limits<std::int64_t>::min();
    if (p.maximum > limit) high = std::numeric_limits<std::int64_t>::max();
    if (p.exclusive_minimum && static_cast<double>(low) == p.minimum) ++low;
    if (p.exclusive_maximum && static_cast<double>(high) == p.maximum) --high;
  }
};

// Numbers within the bounds.
struct Numbers {
  double low, high;

  explicit Numbers(const Parameter& p)
      : low(std::max(p.minimum, std::numeric_limits<double>::lowest())),
        high(std::min(p.maximum, std::numeric_limits<double>::max())) {
    if (p.exclusive_minimum && low == p.minimum) low = std::nextafter(low, high);
    if (p.exclusive_maximum && high == p.maximum) high = std::nextafter(high, low);
  }
};

class Maker {
 public:
  explicit Maker(plan::Catalogue& catalogue) : catalogue_(catalogue) {}

  // Adds the required options that `node` lacks, and those that cannot be made up to `missing`.
  void complete(Node& node, std::span<const Parameter> table, const std::string& key,
                std::vector<std::string>& missing, int depth) {
    for (const Parameter& p : table)
      if (p.fallback == nullptr && node.find(p.name) == nullptr)
        set(node, p.name, plain(p, key + p.name, missing, depth));
  }

  // Returns nothing if it needs options that cannot be made up, or if its library does not load.
  std::optional<Node> component(Kind kind, const std::string& name, int depth) {
    Node node = map();
    set(node, "type", scalar(name));
    std::vector<std::string> missing;
    try {
      complete(node, catalogue_.parameters(kind, name), {}, missing, depth + 1);
    } catch (const std::runtime_error&) {
      return std::nullopt;
    }
    return missing.empty() ? std::optional(node) : std::nullopt;
  }

  std::optional<Node> component(Kind kind, std::vector<std::string>& missing, int depth) {
    std::vector<std::string> names = catalogue_.names(kind);
    std::ranges::stable_partition(names,
                                  [&](const std::string& name) { return is_leaf(kind, name); });
    if (depth > deepest) names.clear();
    for (const std::string& name : names)
      if (auto node = component(kind, name, depth)) return node;
    missing.push_back(fmt::format("{} (no {} can be made)", name_of(kind), name_of(kind)));
    return std::nullopt;
  }

  Node plain(const Parameter& p, const std::string& key, std::vector<std::string>& missing,
             int depth) {
    Node one = element(p, key, missing, depth);
    return p.list ? list({std::move(one)}) : one;
  }

  // Returns a plain value, for an option or for an element of a list.
  Node element(const Parameter& p, const std::string& key, std::vector<std::string>& missing,
               int depth) {
    switch (p.type) {
      case ParameterType::boolean: return scalar("true");
      case ParameterType::integer: {
        const Integers range(p);
        return scalar(std::to_string(std::clamp(next_integer(), range.low, range.high)));
      }
      case ParameterType::number: return number(p, 0.5);
      case ParameterType::rate: return number(p, 0.01);
      // The name of a value is valid both as a value's name and as any text.
      case ParameterType::text:
      case ParameterType::tag:
      case ParameterType::value: return words("test.loss");
      case ParameterType::path: missing.push_back(key); return words(std::string(leads_nowhere));
      case ParameterType::choice: return scalar(plan::words(p.choices).front());
      case ParameterType::component:
        return component(p.kind, missing, depth).value_or(scalar("none"));
      case ParameterType::group: {
        Node group = map();
        complete(group, p.group(), key + ".", missing, depth);
        return group;
      }
    }
    return {};
  }

  static Node number(const Parameter& p, double wanted) {
    const Numbers range(p);
    return scalar(plan::shortest(std::clamp(wanted, range.low, range.high)));
  }

  // Returns the extreme values of one value, or of one element of a list.
  std::vector<Node> extremes(const Parameter& p) {
    std::vector<Node> nodes;
    const auto add = [&](Node node) { nodes.push_back(std::move(node)); };
    switch (p.type) {
      case ParameterType::boolean:
        add(scalar("true"));
        add(scalar("false"));
        break;
      case ParameterType::integer: {
        const Integers range(p);
        add(scalar(std::to_string(range.low)));
        add(scalar(std::to_string(range.high)));
        if (range.low < range.high) {
          add(scalar(std::to_string(range.low + 1)));
          add(scalar(std::to_string(range.high - 1)));
        }
        break;
      }
      case ParameterType::number:
      case ParameterType::rate: {
        const Numbers range(p);
        for (const double value : {range.low, range.high, std::nextafter(range.low, range.high),
                                   std::nextafter(range.high, range.low)})
          add(scalar(plan::shortest(value)));
        if (p.type == ParameterType::rate) {
          std::vector<std::string> ignored;
          if (auto schedule = component(Kind::schedule, ignored, 0)) add(std::move(*schedule));
        }
        break;
      }
      case ParameterType::value:
        for (const char* name : {"batch.loss", "train.a.b", "größe.数"}) add(words(name));
        add(words("test." + std::string(64 * 1024, 'x')));
        break;
      case ParameterType::text:
      case ParameterType::tag:
        add(words(""));
        add(words(std::string(64 * 1024, 'x')));
        add(words("Größe 数 🎲"));
        add(words("a\tb\nc \"'\\%s%n{}${step}"));
        break;
      case ParameterType::path:
        add(words(std::string(leads_nowhere)));
        add(words("/"));
        add(words("/dev/null"));
        add(words("/proc/self/exe"));  // a file, but of another format
        add(words("/" + std::string(5000, 'x')));
        break;
      case ParameterType::choice:
        for (std::string& word : plan::words(p.choices)) add(scalar(std::move(word)));
        break;
      case ParameterType::component:
        for (const std::string& name : catalogue_.names(p.kind))
          if (auto node = component(p.kind, name, 0)) add(std::move(*node));
        break;
      case ParameterType::group: break;  // its members are varied one by one
    }
    return nodes;
  }

  // Returns the extreme values of an option.
  std::vector<Node> values(const Parameter& p) {
    std::vector<Node> nodes = extremes(p);
    if (p.list) {
      std::vector<std::string> ignored;
      const bool once = p.type == ParameterType::choice;  // each word
      Node all = list(once ? nodes : std::vector<Node>(1000, element(p, {}, ignored, 0)));
      for (Node& node : nodes) node = list({node});
      nodes.push_back(list({}));
      nodes.push_back(std::move(all));
    }
    if (p.fallback != nullptr && std::string_view(p.fallback) == "null") nodes.emplace_back();
    return nodes;
  }

 private:
  // Returns true if its required options are no components.
  bool is_leaf(Kind kind, const std::string& name) {
    try {
      return std::ranges::none_of(catalogue_.parameters(kind, name), [](const Parameter& p) {
        return p.fallback == nullptr &&
               (p.type == ParameterType::component || p.type == ParameterType::group);
      });
    } catch (const std::runtime_error&) {  // it does not load
      return false;
    }
  }
  // Returns a larger number each time, because the steps of a warm-up come before the total.
  std::int64_t next_integer() { return 10 * ++integers_; }

  plan::Catalogue& catalogue_;
  std::int64_t integers_ = 0;
};

void vary(Maker& maker, std::span<const Parameter> table, const std::string& key,
          const std::function<Node(std::string_view, Node)>& with,
          std::vector<Variation>& variations) {
  for (const Parameter& p : table) {
    if (p.type == ParameterType::group && !p.list) {
      vary(
          maker, p.group(), key + p.name + ".",
          [&](std::string_view member, Node value) {
            Node group = map();
            std::vector<std::string> ignored;
            set(group, member, std::move(value));
            maker.complete(group, p.group(), {}, ignored, 0);
            return with(p.name, std::move(group));
          },
          variations);
      continue;
    }
    for (Node& value : maker.values(p)) {
      std::string name = fmt::format("{}{} = {}", key, p.name, shown(value));
      variations.push_back({std::move(name), with(p.name, std::move(value))});
    }
  }
}

[[noreturn]] void fail(const config::Diagnostics& problems) {
  const config::Diagnostic first = problems.sorted().front();
  throw Failed(fmt::format("{}: {}{}", first.key, first.message,
                           first.hint.empty() ? "" : "; " + first.hint));
}

// Throws the problems that the settings caused.
void throw_wrong(const config::Diagnostics& problems) {
  config::Diagnostics wrong;
  for (const config::Diagnostic& d : problems.sorted()) {
    if (!d.where.source) continue;
    config::Location where = d.where;
    where.source = source_of(d.where.source->text);
    wrong.error(where, d.key, d.message, d.hint);
  }
  if (!wrong.empty()) throw WrongSettings(std::move(wrong));
}

}  // namespace

std::shared_ptr<const config::Source> source_of(const std::string& setting) {
  return std::make_shared<const config::Source>(config::Source{"--set", {}, setting});
}

Configured configured(plan::Catalogue& catalogue, Kind kind, std::string_view name,
                      std::span<const std::string> settings) {
  Configured result{map(), {}, {}};
  set(result.node, "type", scalar(std::string(name)));
  config::Diagnostics problems;
  const config::StaysWithPlace stays = [](auto, auto) { return true; };
  config::Composition composition(stays, problems);
  config::apply_overrides(result.node, settings, composition, config::Defaults(), problems);
  throw_wrong(problems);
  const std::span<const Parameter> table = catalogue.parameters(kind, name);
  for (const Parameter& p : table)
    if (p.fallback == nullptr && result.node.find(p.name) == nullptr)
      result.made_up.emplace_back(p.name);
  Maker(catalogue).complete(result.node, table, {}, result.missing, 0);
  plan::Validator(catalogue, problems).component(result.node, kind, {});
  throw_wrong(problems);
  return result;
}

std::vector<Variation> variations(plan::Catalogue& catalogue, Kind kind, std::string_view name,
                                  const Node& base) {
  std::vector<Variation> result;
  Maker maker(catalogue);
  vary(
      maker, catalogue.parameters(kind, name), {},
      [&](std::string_view option, Node value) {
        Node node = base;
        set(node, option, std::move(value));
        return node;
      },
      result);
  return result;
}

plan::ComponentPlan planned(plan::Catalogue& catalogue, Kind kind, const Node& node) {
  config::Diagnostics problems;
  auto placed = plan::Validator(catalogue, problems).component(node, kind, {});
  if (!problems.empty()) fail(problems);
  return std::move(placed.component);
}

}  // namespace assay::conformance
