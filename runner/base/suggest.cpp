#include "runner/base/suggest.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <utility>
#include <vector>

namespace assay::base {
namespace {

constexpr std::size_t longest = 64;

// Abbreviations and terms of other programs, with the terms that Assay uses. One word may stand for
// different ones, depending on the place.
constexpr std::array<std::pair<std::string_view, std::string_view>, 52> synonyms = {{
    {"arch", "model"},
    {"architecture", "model"},
    {"base", "extends"},
    {"_base_", "extends"},
    {"bs", "batch_size"},
    {"callbacks", "hooks"},
    {"class", "type"},
    {"class_path", "type"},
    {"criterion", "loss"},
    {"defaults", "extends"},
    {"eps", "epsilon"},
    {"epsilon", "eps"},
    {"eta", "learning_rate"},
    {"fit", "run"},
    {"freeze_layers", "freeze"},
    {"frozen", "freeze"},
    {"include", "extends"},
    {"inherit", "extends"},
    {"inherits", "extends"},
    {"initial_weights", "init_from"},
    {"iterations", "steps"},
    {"iters", "steps"},
    {"layers", "hidden"},
    {"lint", "check"},
    {"load_from", "init_from"},
    {"log_dir", "run_dir"},
    {"lr", "learning_rate"},
    {"lr_mult", "rates"},
    {"max_iter", "steps"},
    {"max_iters", "steps"},
    {"mb", "batch_size"},
    {"minibatch", "batch_size"},
    {"monitor", "value"},
    {"name", "type"},
    {"net", "model"},
    {"network", "model"},
    {"num_workers", "threads"},
    {"objective", "loss"},
    {"out_dir", "run_dir"},
    {"output_dir", "run_dir"},
    {"param_groups", "rates"},
    {"pretrained", "init_from"},
    {"save_best", "best"},
    {"save_best_only", "best"},
    {"save_dir", "run_dir"},
    {"solver", "optimizer"},
    {"_target_", "type"},
    {"train", "run"},
    {"validate", "check"},
    {"wd", "weight_decay"},
    {"work_dir", "run_dir"},
    {"workers", "threads"},
}};

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

// The distance of a candidate: the edits, and the length of the word after the common beginning.
using Score = std::pair<std::size_t, std::size_t>;

// Returns how many edits are allowed. It allows more if the beginning matches.
std::size_t allowed_edits(std::size_t length, std::size_t common) {
  if (length <= 3) return 1;
  if (length <= 5) return common >= 2 ? 2 : 1;
  return length <= 8 ? 2 : 3;
}

std::optional<Score> score_of(std::string_view word, std::string_view candidate) {
  const auto common =
      static_cast<std::size_t>(std::ranges::mismatch(word, candidate).in1 - word.begin());
  const std::size_t longer = std::max(candidate.size(), word.size());
  const std::size_t shorter = std::min(candidate.size(), word.size());
  const std::size_t allowed = allowed_edits(word.size(), common);
  const std::size_t rest = word.size() - common;
  if (longer - shorter <= allowed)
    if (const std::size_t edits = edit_distance(word, candidate);
        edits <= allowed && edits < longer)
      return Score{edits, rest};
  // `opt` for optimizer, `trainer` for train
  if (common == shorter && shorter >= 3) return Score{2, longer - shorter};
  // `num_epochs` for epochs, `size` for batch_size
  const auto ends_with = [](std::string_view text, std::string_view end) {
    return end.size() >= 4 && text.size() > end.size() && text.ends_with(end) &&
           text[text.size() - end.size() - 1] == '_';
  };
  if (ends_with(word, candidate) || ends_with(candidate, word)) return Score{3, longer - shorter};
  return std::nullopt;
}

}  // namespace

std::string synonym(std::string_view word, std::span<const std::string> candidates) {
  for (const auto& [other, ours] : synonyms)
    if (word == other && std::ranges::find(candidates, ours) != candidates.end())
      return std::string(ours);
  return {};
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, above);
    std::swap(above, row);
  }
  return above[b.size()];
}

std::string suggest(std::string_view word, std::span<const std::string> candidates) {
  if (word.empty() || word.size() > longest) return {};
  const std::string wanted = lower(word);
  if (std::string meant = synonym(wanted, candidates); !meant.empty()) return meant;
  std::string best;
  std::optional<Score> best_score;
  for (const std::string& candidate : candidates) {
    const auto score = score_of(wanted, lower(candidate));
    if (!score || (best_score && *score >= *best_score)) continue;
    best = candidate;
    best_score = score;
  }
  return best;
}

bool is_misspelling(std::string_view word, std::string_view meant) {
  return word.size() <= longest && word != meant && 3 * edit_distance(word, meant) <= word.size();
}

std::string did_you_mean(std::string_view word, std::span<const std::string> candidates) {
  const std::string suggestion = suggest(word, candidates);
  return suggestion.empty() ? "" : "did you mean '" + suggestion + "'?";
}

std::string hint_of(const std::string& suggestion, const std::string& listing) {
  if (suggestion.empty()) return listing;
  const std::string question = "did you mean '" + suggestion + "'?";
  return listing.empty() ? question : question + "  (" + listing + ")";
}

}  // namespace assay::base
