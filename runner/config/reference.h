// References, ${...}: finds them in a text, checks the names in them, and fills in the time.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace assay::config {

/// A reference `${name}` at text[begin, end).
struct Reference {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string_view name;
  bool closed = true;  ///< false: no '}' follows
};

/// Returns the first reference that starts at text[from] or later. `\${` starts none.
std::optional<Reference> next_reference(std::string_view text, std::size_t from);

/// The part of the program that fills in a reference.
enum class FilledBy {
  config,     ///< the reader of the config: `${train.batch_size}`, `${env:HOME}`
  run_dir,    ///< the run, when it makes its folder: `${now:%H%M}`
  tag,        ///< the run, in the tags of its hooks at each step: `${step}`, `${epoch}`
  component,  ///< the component that asks for the text: `${secret:NAME}`
};
FilledBy filled_by(std::string_view name);

/// The references of FilledBy::tag.
inline constexpr std::string_view step_reference = "step", epoch_reference = "epoch";

/// Returns the text with `${` for `\${`: the final text once all its references are filled in.
std::string literal(std::string_view text);

/// Returns the text with `\${` for `${`, so that it contains no reference.
std::string escaped(std::string_view text);

/// Replaces `${now:FORMAT}` by the local time, as strftime formats it, and `\${` by `${`. Throws
/// std::runtime_error for a format that gives no time (base/time_format.h).
std::string expand_now(std::string_view text, std::chrono::system_clock::time_point time);

struct NameProblem {
  std::string message;  ///< empty: none
  std::string hint;
};

/// Returns the problem that keeps NAME in `${NAME}` from being the full name of a key. Do not call
/// it for environment variables or for references that stay as they are (`now:`, `step`).
NameProblem problem_with_reference(std::string_view name);

}  // namespace assay::config
