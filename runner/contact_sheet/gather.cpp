#include "runner/contact_sheet/gather.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <numeric>
#include <set>
#include <string_view>
#include <utility>

#include "assay/error.h"
#include "assay/number_text.h"
#include "runner/base/utf8.h"
#include "runner/base/wording.h"
#include "runner/contact_sheet/key_values.h"
#include "runner/contact_sheet/logged.h"

namespace assay::contact_sheet {
namespace {

using batch::Batch;
using batch::State;
using batch::Status;

constexpr std::size_t most_curves = 2;
constexpr std::size_t most_cells = 12;    // of pictures, each way
constexpr std::size_t most_listed = 24;   // pictures without a grid
constexpr double enough_of_a_grid = 0.5;  // the share of its cells that have a picture

std::vector<std::string> logged_tags(std::span<const Status> statuses) {
  std::set<std::string> tags;
  for (const Status& status : statuses)
    if (status.record)
      for (const auto& [tag, value] : status.record->final_values) tags.insert(tag);
  return {tags.begin(), tags.end()};
}

// Returns the names of the values, such as "test.loss", that hooks log under tags.
std::map<std::string, std::string> values_by_tag(std::span<const Status> statuses) {
  std::map<std::string, std::string> names;
  for (const Status& status : statuses)
    if (status.record)
      for (const auto& [tag, scalar] : status.record->scalars) names.emplace(tag, scalar.value);
  return names;
}

// Returns the first metric of the test rows, or else of other rows that are held back, and the
// loss; the first tag where there is neither.
std::vector<std::string> default_tags(const std::vector<std::string>& tags,
                                      std::span<const Status> statuses) {
  const auto names = values_by_tag(statuses);
  const auto first_with = [&](const auto& holds) {
    return std::ranges::find_if(tags, [&](const std::string& tag) {
      const auto name = names.find(tag);
      return holds(tag, name == names.end() ? std::string_view() : std::string_view(name->second));
    });
  };
  std::vector<std::string> chosen;
  const auto choose = [&](const auto& holds) {
    const auto found = first_with(holds);
    if (found != tags.end()) chosen.push_back(*found);
    return found != tags.end();
  };
  for (const std::string_view split : {"test.", "validation.", "eval."})
    if (choose([&](const std::string&, std::string_view name) {
          return name.starts_with(split) && !name.ends_with(".loss");
        }))
      break;
  const auto is_called_loss = [](std::string tag, std::string_view) {
    std::ranges::transform(tag, tag.begin(), [](unsigned char c) { return std::tolower(c); });
    return tag.find("loss") != std::string::npos;
  };
  if (!choose([](const std::string&, std::string_view name) { return name == "test.loss"; }) &&
      !choose([](const std::string&, std::string_view name) { return name.ends_with(".loss"); }))
    choose(is_called_loss);
  if (chosen.empty() && !tags.empty()) chosen.push_back(tags.front());
  return chosen;
}

std::vector<std::string> chosen_tags(std::span<const Status> statuses, const Choices& choices) {
  const std::vector<std::string> tags = logged_tags(statuses);
  if (choices.values.empty()) return default_tags(tags, statuses);
  if (choices.values.size() > most_curves)
    throw Error(fmt::format("a contact sheet shows at most two values; expected one or two of {}",
                            base::listed(tags)));
  for (const std::string& wish : choices.values)
    if (std::ranges::find(tags, wish) == tags.end())
      throw Error(tags.empty()
                      ? fmt::format("{}: no run has logged a value yet", base::quoted(wish))
                      : fmt::format("no run has logged {}; there are {}", base::quoted(wish),
                                    base::listed(tags)));
  return choices.values;
}

std::string counts_text(std::span<const Status> statuses) {
  std::string text = fmt::format("{}:", counted(statuses.size(), "run"));
  for (const State state :
       {State::finished, State::failed, State::interrupted, State::running, State::waiting})
    if (const auto count = std::ranges::count(statuses, state, &Status::state); count > 0)
      text += fmt::format("{} {} {}", text.ends_with(':') ? "" : ",", grouped(count),
                          batch::name_of(state));
  return text;
}

// Returns at most `most` of the numbers 0 to count - 1, evenly spread, with both ends.
std::vector<std::size_t> spread(std::size_t count, std::size_t most) {
  std::vector<std::size_t> numbers;
  if (count <= most) {
    numbers.resize(count);
    std::iota(numbers.begin(), numbers.end(), std::size_t{0});
  } else {
    for (std::size_t i = 0; i < most; ++i)
      numbers.push_back((i * (count - 1) + (most - 1) / 2) / (most - 1));
  }
  return numbers;
}

// Returns the values of a key that runs with pictures have, thinned out where there are too many.
std::vector<std::size_t> shown_values(const Sheet& sheet, std::size_t key,
                                      std::span<const std::size_t> with_picture) {
  std::set<std::size_t> found;
  for (const std::size_t run : with_picture)
    if (const ValueIndex value = sheet.runs[run].values[key]) found.insert(*value);
  const std::vector<std::size_t> all(found.begin(), found.end());
  std::vector<std::size_t> shown;
  for (const std::size_t i : spread(all.size(), most_cells)) shown.push_back(all[i]);
  return shown;
}

PictureGrid make_grid(const Sheet& sheet, std::span<const std::size_t> with_picture) {
  PictureGrid grid;
  if (!sheet.keys.empty()) grid.columns = shown_values(sheet, 0, with_picture);
  if (sheet.keys.size() > 1) grid.rows = shown_values(sheet, 1, with_picture);
  const std::size_t rows = std::max<std::size_t>(grid.rows.size(), 1);
  grid.runs.resize(grid.columns.size() * rows);
  std::size_t filled = 0;
  for (const std::size_t run : with_picture) {
    const std::vector<ValueIndex>& values = sheet.runs[run].values;
    if (values.empty() || !values[0] || (sheet.keys.size() > 1 && !values[1])) continue;
    const auto column = std::ranges::find(grid.columns, *values[0]);
    if (column == grid.columns.end()) continue;
    std::size_t row = 0;
    if (sheet.keys.size() > 1) {
      const auto found = std::ranges::find(grid.rows, *values[1]);
      if (found == grid.rows.end()) continue;
      row = static_cast<std::size_t>(found - grid.rows.begin());
    }
    auto& cell = grid.runs[row * grid.columns.size() +
                           static_cast<std::size_t>(column - grid.columns.begin())];
    if (!cell) cell = run, ++filled;
  }
  if (static_cast<double>(filled) < enough_of_a_grid * static_cast<double>(grid.runs.size()) ||
      grid.runs.empty()) {
    grid = {};
    for (const std::size_t i : spread(with_picture.size(), most_listed))
      grid.runs.push_back(with_picture[i]);
    filled = grid.runs.size();
  }
  grid.left_out = with_picture.size() - filled;
  return grid;
}

// Chooses the tag of the latest pictures; of several the one that most runs have.
std::string latest_pictures(std::span<const std::map<std::string, LoggedPicture>> pictures) {
  std::map<std::string, std::pair<std::int64_t, std::size_t>> found;
  for (const auto& of_run : pictures)
    for (const auto& [tag, picture] : of_run) {
      auto& [step, runs] = found[tag];
      step = std::max(step, picture.step), ++runs;
    }
  const auto best = std::ranges::max_element(
      found, [](const auto& a, const auto& b) { return a.second < b.second; });
  return best == found.end() ? std::string() : best->first;
}

void add_pictures(Sheet& sheet, std::span<const std::filesystem::path> folders,
                  const std::string& wish) {
  std::vector<std::map<std::string, LoggedPicture>> pictures;
  std::set<std::string> tags;
  for (const std::filesystem::path& folder : folders)
    for (const auto& [tag, picture] : pictures.emplace_back(pictures_of(folder))) tags.insert(tag);
  if (!wish.empty() && !tags.contains(wish))
    throw Error(tags.empty()
                    ? fmt::format("{}: no run has pictures in an event file; the logger "
                                  "tensorboard writes them",
                                  base::quoted(wish))
                    : fmt::format("no run has pictures {}; there are {}", base::quoted(wish),
                                  base::listed(std::vector(tags.begin(), tags.end()))));
  sheet.picture_tag = wish.empty() ? latest_pictures(pictures) : wish;
  std::vector<std::size_t> with_picture;
  for (std::size_t i = 0; i < pictures.size(); ++i)
    if (pictures[i].contains(sheet.picture_tag)) with_picture.push_back(i);
  if (with_picture.empty()) return;
  sheet.pictures = make_grid(sheet, with_picture);
  for (const auto& run : sheet.pictures.runs)
    if (run) sheet.runs[*run].picture = read_picture(pictures[*run].at(sheet.picture_tag));
}

}  // namespace

Sheet gather(const Batch& batch, std::span<const Status> statuses, const Choices& choices) {
  Sheet sheet;
  sheet.title = base::one_line(batch.name);
  sheet.counts = counts_text(statuses);
  sheet.tags = chosen_tags(statuses, choices);
  const KeyValues keys = key_values(batch, statuses, choices.keys);
  sheet.keys = keys.keys;

  std::vector<std::size_t> order(batch.runs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    return std::tie(keys.of_runs[a], batch.runs[a].name) <
           std::tie(keys.of_runs[b], batch.runs[b].name);
  });
  std::vector<std::filesystem::path> folders;
  for (const std::size_t i : order) {
    const batch::BatchRun& run = batch.runs[i];
    folders.push_back(folder_of(batch, run));
    sheet.runs.push_back({.name = base::one_line(run.name),
                          .failed = statuses[i].state == State::failed,
                          .values = keys.of_runs[i],
                          .curves = curves_of(folders.back(), sheet.tags),
                          .picture = {}});
  }
  add_pictures(sheet, folders, choices.picture);
  for (std::string& tag : sheet.tags) tag = base::one_line(tag);
  return sheet;
}

}  // namespace assay::contact_sheet
