// Combines several files into one config: `extends`, and fragments included with '@'.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "runner/config/diagnostics.h"
#include "runner/config/merge.h"
#include "runner/config/node.h"

namespace assay::config {

/// Holds the files of one config and reads each once. The limits for one file (reader.h) apply to
/// all of them together.
class Composition {
 public:
  /// Borrows both arguments.
  Composition(const StaysWithPlace& stays, Diagnostics& diagnostics)
      : stays_(stays), diagnostics_(diagnostics) {}

  /// Returns the config in a file, merged with its bases: `extends: FILE` or a list of files,
  /// relative to the file. Bases come before the file that extends them, in the order listed. A
  /// file that several files extend counts once, where it is met first. `~/` is the home folder
  /// (home.h). Returns nothing if the file or a base cannot be read. A fragment that cannot be read
  /// is reported, and its `@FILE` stays.
  std::optional<Node> file(const std::string& path);

  /// Returns the parts of a file that file() could not complete: first the file's own content
  /// without its bases, then each base that could be read. Returns nothing if the file itself
  /// cannot be read.
  std::vector<Node> parts_of(const std::string& path) const;

  /// Replaces each text `@FILE` in the node by the config in FILE, merged with its bases. Relative
  /// paths start at the file that contains `node.where`, or at the working folder for an argument.
  /// `@@text` is the text '@text'. Returns false if there was a problem.
  bool take_fragments(Node& node, const std::string& key);

  const StaysWithPlace& stays() const { return stays_; }
  /// Returns the sources in the order read.
  const std::vector<std::shared_ptr<const Source>>& sources() const { return sources_; }

 private:
  struct File {
    std::string name;
    Node own = {};  ///< without `extends`
    std::vector<File*> bases = {};
    bool done = false;
    bool good = false;
    std::optional<Node> merged = {};
    NodeSize size = {};  ///< of `merged`
  };
  /// The text that names a file.
  struct Mention {
    const Location& where;
    const std::string& key;
    std::string_view path;
    /// Returns true for neither the config itself (which has no key) nor a file that it extends.
    bool is_fragment() const { return !key.empty() && !key.starts_with("extends"); }
  };

  File* mentioned(const Mention& mention);
  bool can_read(const Mention& mention, const std::string& name);
  void read(File& file, const Mention& mention);
  bool read_bases(File& file);
  bool has_misspelt_bases(File& file);  ///< if true, it is unknown what the file extends
  bool read_base(File& file, const Node& path, const std::string& key);
  const Node& merged(File& file);
  /// Lays on the node all files that are not in `laid` yet.
  void lay(Node& node, const File& file, std::set<const File*>& laid,
           Diagnostics& diagnostics) const;
  bool take_fragments(Node& node, const std::string& key, std::size_t depth);
  bool take_fragment(Node& node, const std::string& key, std::size_t depth);
  bool spend(const NodeSize& size, const Mention& mention);
  bool fail(const Mention& mention, std::string message, std::string hint = {});

  const StaysWithPlace& stays_;
  Diagnostics& diagnostics_;
  std::map<std::string, File> files_;  // by canonical path
  std::vector<const File*> chain_;     // being read, outermost first
  std::vector<std::shared_ptr<const Source>> sources_;
  NodeSize spent_;
  std::size_t read_bytes_ = 0;
  bool exhausted_ = false;  // no more is read
};

}  // namespace assay::config
