#include "runner/config/suggest.h"

#include <algorithm>
#include <cctype>
#include <vector>

namespace assay::config {
namespace {

constexpr std::size_t longest = 64;

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

}  // namespace

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
  std::string best;
  std::pair<std::size_t, std::size_t> best_score;  // edits, and what follows the common beginning
  const std::size_t allowed = std::min<std::size_t>((word.size() + 2) / 3, 3);  // one in three
  for (const std::string& candidate : candidates) {
    const std::size_t longer = std::max(candidate.size(), word.size());
    if (longer - std::min(candidate.size(), word.size()) > allowed) continue;
    const std::string other = lower(candidate);
    const std::size_t distance = edit_distance(wanted, other);
    if (distance > allowed || distance >= longer) continue;
    const auto common = std::ranges::mismatch(wanted, other).in1 - wanted.begin();
    const std::pair score(distance, word.size() - static_cast<std::size_t>(common));
    if (!best.empty() && score >= best_score) continue;
    best = candidate;
    best_score = score;
  }
  return best;
}

std::string hint_of(const std::string& suggestion, const std::string& listing) {
  if (suggestion.empty()) return listing;
  return "did you mean '" + suggestion + "'?  (" + listing + ")";
}

}  // namespace assay::config
