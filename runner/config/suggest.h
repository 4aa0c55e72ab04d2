// "Did you mean ...?"
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace assay::config {

/// The candidate that `word` is most likely a misspelling of, or another name for (synonyms.h);
/// empty when none is near. How many edits may lie between them grows with the word, and so it may
/// be the beginning of the other, or its last part: `opt`, `num_epochs`. Case does not count.
std::string suggest(std::string_view word, std::span<const std::string> candidates);

/// "did you mean 'sgd'?", with what suggest() gives; empty where that is.
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

/// Whether `word` is so near that it hardly means anything else: an edit for three letters.
bool is_misspelling(std::string_view word, std::string_view meant);

/// Insertions, deletions, changes and swaps of neighbours that lead from one to the other: the
/// optimal string alignment distance (a Damerau-Levenshtein distance that edits no place twice).
std::size_t edit_distance(std::string_view a, std::string_view b);

/// "did you mean 'sgd'?  (optimizers: adam, sgd)", or that of both which is not empty.
std::string hint_of(const std::string& suggestion, const std::string& listing);

}  // namespace assay::config
