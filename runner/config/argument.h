// One argument of the command line that changes a config, in Hydra's grammar.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

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

/// Reads an argument. Returns nothing, and reports it, if it does not have this form. `values_left`
/// is the number of values that may still be read.
std::optional<Argument> read_argument(const std::shared_ptr<const Source>& source,
                                      std::size_t& values_left, Diagnostics& diagnostics);

/// Reads a value as Hydra's arguments write it: source->text from `begin` on.
///   - A text needs no quotes: `relu`, `hello world`. A backslash makes any of ( ) [ ] { } : = ,
///     space and backslash an ordinary character.
///   - In quotes, single or double, a backslash escapes only the quote.
///   - `[a, b]` and `{key: value, key: value}` nest; blanks around their marks are ignored.
///   - `null` and `~` are null. The option decides if a text is a number or a boolean.
///
/// Comma-separated values and functions are for sweeps and are errors here, as is a missing value.
std::optional<Node> read_argument_value(const std::shared_ptr<const Source>& source,
                                        std::size_t begin, std::size_t& values_left,
                                        Diagnostics& diagnostics);

}  // namespace assay::config
