#include "assay/dataset.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "assay/number_text.h"
#include "runner/conformance/neutral.h"
#include "runner/conformance/suites.h"
#include "runner/data/rows.h"

namespace assay::conformance {
namespace {

using Handle = plugin_host::Handle<Dataset>;
using Rows = std::vector<std::int64_t>;

constexpr std::int64_t most_elements = std::int64_t{1} << 22;  // the maximum that is read at once
constexpr std::int64_t most_sample = std::int64_t{1} << 28;

// A dataset, and a sample of its rows that takes little time to read.
struct Setting {
  Handle dataset;
  data::Description description;
  Rows rows;
  state::ComponentState* state = nullptr;  // the subject's

  std::int64_t columns() const { return description.sample_shape.elements(); }
  std::size_t target_bytes() const {
    return size_of(description.target.dtype) *
           static_cast<std::size_t>(description.target.shape.elements());
  }
};

Setting setting(const Subject& subject) {
  Setting s{subject.make<Dataset>(), {}, {}};
  s.description = data::describe(s.dataset);
  s.state = &subject.declare_state(s.dataset);
  require(s.columns() <= most_sample, "a sample of {} is of {} bytes; expected no more than 1 GiB",
          described(s.description.sample_shape), grouped(4 * s.columns()));
  const std::int64_t most = std::clamp<std::int64_t>(most_elements / s.columns(), 1, 500);
  const std::int64_t all = s.description.rows, count = std::min(most, all);
  for (std::int64_t i = 0; i < count; ++i)
    s.rows.push_back(count < 2 ? 0
                               : static_cast<std::int64_t>(static_cast<double>(all - 1) *
                                                           static_cast<double>(i) /
                                                           static_cast<double>(count - 1)));
  return s;
}

// Memory for some rows, in the form in which the host lends it.
class Reader {
 public:
  Reader(const Setting& s, Rows rows)
      : setting_(&s),
        rows_(std::move(rows)),
        samples_(count(), s.columns()),
        targets_(rows_.size() * s.target_bytes()) {}

  void read_samples() const {
    setting_->dataset.call([&](const Dataset& d) { d.read_samples(rows_, samples_.view()); });
  }
  void read_targets() const {
    const Target& target = setting_->description.target;
    std::vector<std::int64_t> dimensions = {count()};
    const auto inner = target.shape.dimensions();
    dimensions.insert(dimensions.end(), inner.begin(), inner.end());
    const TensorView view(targets_.bytes().data(), target.dtype, Shape(dimensions));
    setting_->dataset.call([&](const Dataset& d) { d.read_targets(rows_, view); });
  }
  std::vector<float> samples() const {
    samples_.require_intact("the samples");
    return samples_.values();
  }
  std::vector<std::byte> targets() const {
    require(targets_.intact(), "it writes beyond the targets");
    return {targets_.bytes().begin(), targets_.bytes().end()};
  }

 private:
  std::int64_t count() const { return static_cast<std::int64_t>(rows_.size()); }

  const Setting* setting_;
  Rows rows_;
  LentMatrix samples_;
  Lent targets_;
};

std::vector<float> samples(const Setting& s, const Rows& rows) {
  const Reader reader(s, rows);
  reader.read_samples();
  return reader.samples();
}

std::vector<std::byte> targets_of(const Setting& s, const Rows& rows) {
  const Reader reader(s, rows);
  reader.read_targets();
  return reader.targets();
}

std::string describes(const Subject& subject) {
  const Setting s = setting(subject);
  const data::Description &first = s.description, again = data::describe(subject.make<Dataset>());
  require(again.rows == first.rows && again.sample_shape == first.sample_shape,
          "made twice it has {} rows of {} and {} rows of {}", grouped(first.rows),
          described(first.sample_shape), grouped(again.rows), described(again.sample_shape));
  require(again.target.dtype == first.target.dtype && again.target.shape == first.target.shape &&
              again.class_names == first.class_names,
          "made twice its targets are {} and {} (or classes of other names)",
          described(first.target), described(again.target));
  require(std::ranges::equal(
              again.splits, first.splits,
              [](const auto& a, const auto& b) { return a.name == b.name && a.rows == b.rows; }),
          "made twice its splits are others: the rows of a split must not change");
  return fmt::format("{} rows of {}, {}", grouped(s.description.rows),
                     described(s.description.sample_shape), described(s.description.target));
}

std::string reads(const Subject& subject) {
  const Setting s = setting(subject);
  const LentMatrix out(static_cast<std::int64_t>(s.rows.size()), s.columns());
  s.dataset.call([&](const Dataset& d) { d.read_samples(s.rows, out.view()); });
  out.require_finite("the samples");
  const std::vector<float> first = samples(s, s.rows);
  const auto targets = targets_of(s, s.rows);
  const auto compare = [&](const char* when) {
    require(same_bits(samples(s, s.rows), first), "the samples of {} rows are others {}",
            s.rows.size(), when);
    require(targets_of(s, s.rows) == targets, "the targets of {} rows are others {}", s.rows.size(),
            when);
  };
  compare("the second time");
  const Setting other = setting(subject);
  require(same_bits(samples(other, s.rows), first) && targets_of(other, s.rows) == targets,
          "made again it has other samples or targets");
  return {};
}

std::string threads(const Subject& subject) {
  const Setting s = setting(subject);
  struct Lane {
    Reader reader;
    std::vector<float> samples;
    std::vector<std::byte> targets;
  };
  std::vector<Lane> lanes;
  const std::size_t all = s.rows.size();
  for (std::size_t number = 0; number < 4; ++number) {
    Rows rows;
    for (std::size_t i = 0; i < std::min<std::size_t>(all, 40); ++i)
      rows.push_back(s.rows[(i + number * all / 4) % all]);
    Lane& lane = lanes.emplace_back(Lane{{s, rows}, {}, {}});
    lane.reader.read_samples();
    lane.reader.read_targets();
    lane.samples = lane.reader.samples();
    lane.targets = lane.reader.targets();
  }
  often_at_once(4, [&](int thread) {
    const auto& [reader, expected_samples, expected_targets] =
        lanes[static_cast<std::size_t>(thread)];
    reader.read_samples();
    require(same_bits(reader.samples(), expected_samples), "the samples are others {}", disturbed);
    reader.read_targets();
    require(reader.targets() == expected_targets, "the targets are others {}", disturbed);
  });
  return {};
}

std::string any_order(const Subject& subject) {
  const Setting s = setting(subject);
  const std::vector<float> all = samples(s, s.rows);
  const auto all_targets = targets_of(s, s.rows);
  const auto width = static_cast<std::size_t>(s.columns());
  // Checks that the rows at `places`, read together, equal those in `all`.
  const auto compare = [&](const std::vector<std::size_t>& places, const char* how) {
    Rows rows;
    for (const std::size_t place : places) rows.push_back(s.rows[place]);
    const std::vector<float> found = samples(s, rows);
    const auto found_targets = targets_of(s, rows);
    for (std::size_t i = 0; i < places.size(); ++i) {
      require(same_bits(std::span(found).subspan(i * width, width),
                        std::span(all).subspan(places[i] * width, width)),
              "the sample of row {} is another one when read {}", rows[i], how);
      require(std::memcmp(found_targets.data() + i * s.target_bytes(),
                          all_targets.data() + places[i] * s.target_bytes(), s.target_bytes()) == 0,
              "the target of row {} is another one when read {}", rows[i], how);
    }
  };
  std::vector<std::size_t> backwards;
  for (std::size_t i = s.rows.size(); i-- > 0;) backwards.push_back(i);
  compare(backwards, "in reverse order");
  for (std::size_t i = 0; i < std::min<std::size_t>(s.rows.size(), 50); ++i) compare({i}, "alone");
  const std::size_t last = s.rows.size() - 1;
  compare({last, 0, last, last, 0}, "several times in one call");
  return fmt::format("{} of {} rows", grouped(s.rows.size()), grouped(s.description.rows));
}

std::string view(const Subject& subject) {
  const Setting s = setting(subject);
  const auto view = s.dataset.call([](const Dataset& d) { return d.samples(); });
  if (view.empty()) throw NotRun("it shows no samples in memory");
  require(
      view.rows == s.description.rows && view.columns == s.columns() && view.stride >= view.columns,
      "its view has {} rows of {} elements (stride {}); it described {} rows of {}",
      grouped(view.rows), grouped(view.columns), grouped(view.stride), grouped(s.description.rows),
      grouped(s.columns()));
  const std::vector<float> read = samples(s, s.rows);
  const auto width = static_cast<std::size_t>(s.columns());
  for (std::size_t i = 0; i < s.rows.size(); ++i)
    require(same_bits(view.row_span(s.rows[i]), std::span(read).subspan(i * width, width)),
            "row {} is another one in its view than read", s.rows[i]);
  return {};
}

std::string targets_fit(const Subject& subject) {
  const Setting s = setting(subject);
  const auto bytes = targets_of(s, s.rows);
  const Target& target = s.description.target;
  for (std::size_t i = 0; i < bytes.size() / size_of(target.dtype); ++i) {
    if (target.dtype == DType::int32) {
      std::int32_t value = 0;
      std::memcpy(&value, bytes.data() + i * sizeof value, sizeof value);
      require(value >= 0 && value < target.classes, "row {} is of class {}; there are 0 to {}",
              s.rows[i], value, target.classes - 1);
    } else {
      float value = 0;
      std::memcpy(&value, bytes.data() + i * sizeof value, sizeof value);
      require(std::isfinite(value), "the target of row {} is {} (or was not written)",
              s.rows[i / static_cast<std::size_t>(target.shape.elements())], value);
    }
  }
  const std::set<std::string> names(s.description.class_names.begin(),
                                    s.description.class_names.end());
  require(names.size() == s.description.class_names.size(), "two classes have the same name");
  return {};
}

// Simulates a resumed run: another dataset takes up the state, and is asked for other rows first.
std::string remembers(const Subject& subject) {
  const Setting whole = setting(subject), resumed = setting(subject);
  const auto middle = whole.rows.begin() + static_cast<std::ptrdiff_t>(whole.rows.size() / 2);
  const Rows back(middle, whole.rows.end());
  const Rows front(whole.rows.begin(), std::max(middle, whole.rows.begin() + 1));
  samples(whole, back);
  targets_of(whole, back);
  resumed.state->assign(*whole.state);
  for (const Rows& rows : {front, back})
    require(same_bits(samples(resumed, rows), samples(whole, rows)) &&
                targets_of(resumed, rows) == targets_of(whole, rows),
            "another dataset with the saved state, asked for other rows first, reads other samples "
            "or targets; what must be remembered belongs into state (facet Stateful)");
  return fmt::format("{} bytes of state", grouped(whole.state->bytes()));
}

std::string splits(const Subject& subject) {
  const data::Description description = data::describe(subject.make<Dataset>());
  if (description.splits.empty()) throw NotRun("it comes without splits; the host makes them");
  std::map<std::int64_t, std::string_view> split_of;  // by row
  std::string sizes;
  for (const auto& split : description.splits) {
    for (const std::int64_t row : split.rows) {
      const auto [found, added] = split_of.emplace(row, split.name);
      require(added || found->second != split.name, "split '{}' names row {} twice", split.name,
              row);
      require(added, "row {} is in the splits {} and {}", row, found->second, split.name);
    }
    sizes += fmt::format("{}{} {}", sizes.empty() ? "" : ", ", split.name, split.rows.size());
  }
  return sizes;
}

}  // namespace

Suite dataset_suite(const Subject& subject) {
  return {
      {"describes itself alike each time", [subject] { return describes(subject); }},
      {"reading is repeatable", [subject] { return reads(subject); }},
      {"threads do not disturb each other", [subject] { return threads(subject); }},
      {"rows are the same in any order", [subject] { return any_order(subject); }},
      {"the view shows what reading gives", [subject] { return view(subject); }},
      {"targets are what was declared", [subject] { return targets_fit(subject); }},
      {"splits keep rows apart", [subject] { return splits(subject); }},
      {"all state is the host's", [subject] { return remembers(subject); }},
  };
}

}  // namespace assay::conformance
