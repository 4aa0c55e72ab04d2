// One argument of the command line that changes a config, in Hydra's grammar.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runner/config/defaults.h"
#include "runner/config/diagnostics.h"
#include "runner/config/node.h"

namespace assay::config {

enum class Action {
  set,         ///< key=value
  add,         ///< +key=value: the key must not exist yet
  set_or_add,  ///< ++key=value
  remove       ///< ~key, or ~key=value: only if it has that value
};

struct Argument {
  Action action = Action::set;
  std::vector<std::string> path;  ///< at least one
  std::vector<Location> places;   ///< of the path's parts
  std::optional<Node> value;      ///< nothing only for `~key`
};

/// Returns true for a word that ends as the names of configs do.
bool is_name_of_config(std::string_view word);

/// Returns what a key takes, by its path.
using AskedKeys = std::function<Takes(std::span<const std::string>)>;

/// Reads an argument. Returns nothing, and reports it, if it does not have this form. `values_left`
/// is the number of values that may still be read. `asked` is asked what a key takes whose value is
/// wrong.
///
/// A value is written as in Hydra's arguments:
///   - A text needs no quotes: `relu`, `hello world`. A backslash makes any of ( ) [ ] { } : = ,
///     space and backslash an ordinary character.
///   - In quotes, single or double, a backslash escapes only the quote.
///   - `[a, b]` and `{key: value, key: value}` nest; blanks around their marks are ignored.
///   - `null` and `~` are null. The option decides if a text is a number or a boolean.
///
/// Comma-separated values and functions are for sweeps and are errors here, as is a missing value.
std::optional<Argument> read_argument(const std::shared_ptr<const Source>& source,
                                      std::size_t& values_left, Diagnostics& diagnostics,
                                      const AskedKeys& asked = {});

/// Returns the argument that sets a key to this text, in quotes where the grammar requires them.
std::string text_argument(std::string_view key, std::string_view text);

/// Reports that the first of the arguments is a key and the next one its value, with a blank
/// between them in place of a '='. Returns false if they are not.
bool report_blank_for_equals(std::span<const std::string> arguments,
                             const std::shared_ptr<const Source>& first, Diagnostics& diagnostics,
                             const AskedKeys& asked);

}  // namespace assay::config
