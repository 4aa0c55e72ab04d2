// The texts that a config is read from, and places in them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace assay::config {

/// A file or a command-line argument. Immutable and shared by every place within it.
struct Source {
  std::string name;  ///< as shown to the user: "configs/digits.yaml", "argument 3"
  std::string path;  ///< absolute path of the file; empty for an argument
  std::string text;  ///< UTF-8
};

/// A stretch of one line of a source. Lines and columns count from 1, columns in characters.
struct Location {
  std::shared_ptr<const Source> source;  ///< null: nowhere (a default)
  std::int64_t line = 0;
  std::int64_t column = 0;
  std::int64_t length = 1;  ///< characters to underline

  /// Returns true for a place in a file, and in an argument of the command line.
  bool is_in_file() const { return source != nullptr && !source->path.empty(); }
  bool is_in_argument() const { return source != nullptr && source->path.empty(); }

  bool operator==(const Location&) const = default;
};

}  // namespace assay::config
