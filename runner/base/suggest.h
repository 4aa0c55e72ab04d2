// "Did you mean ...?"
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace assay::base {

/// Returns the candidate that `word` most likely misspells, or that it is an abbreviation or
/// another program's name for; empty if none is close. Longer words may differ by more edits. One
/// word may also be the beginning or the last part of the other: `opt`, `num_epochs`. Case is
/// ignored.
std::string suggest(std::string_view word, std::span<const std::string> candidates);

/// Returns the candidate that an abbreviation or another program's name stands for, such as `lr`
/// for `learning_rate`; empty if there is none. `word` must be in lower case.
std::string synonym(std::string_view word, std::span<const std::string> candidates);

/// Returns "did you mean 'sgd'?" with the result of suggest(); empty if that is empty.
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

/// Returns true if `word` is so close to `meant` that it can hardly mean anything else: at most one
/// edit per three letters.
bool is_misspelling(std::string_view word, std::string_view meant);

/// Returns the number of insertions, deletions, changes and swaps of neighbours between the two
/// words: the optimal string alignment distance (a Damerau-Levenshtein distance that edits no place
/// twice).
std::size_t edit_distance(std::string_view a, std::string_view b);

/// Returns "did you mean 'sgd'?  (optimizers: adam, sgd)"; if one argument is empty, the other
/// alone.
std::string hint_of(const std::string& suggestion, const std::string& listing);

}  // namespace assay::base
