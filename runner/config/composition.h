// A config out of many files: `extends`, and fragments that are taken with '@'.
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

/// Files of one config, each read once. What one file may hold (reader.h) is for all together.
class Composition {
 public:
  /// Both borrowed.
  Composition(const StaysWithPlace& stays, Diagnostics& diagnostics)
      : stays_(stays), diagnostics_(diagnostics) {}

  /// The config in a file, merged with its bases: `extends: FILE` or a list of files, relative to
  /// the file. Bases come before what extends them, in the order listed, and a file that several
  /// extend counts once, where it is met first. `~/` is the home folder (home.h). Nothing when the
  /// file or a base cannot be read; a fragment that cannot is reported, and its `@FILE` stays.
  std::optional<Node> file(const std::string& path);

  /// Of a file that file() could not complete: what it says itself, without its bases, and then
  /// each base that could be read. Nothing when the file itself cannot be read.
  std::vector<Node> parts_of(const std::string& path) const;

  /// Puts the config in FILE, merged with its bases, in the place of each text `@FILE` in the node.
  /// Relative paths start at the file that `node.where` is in, and at the working folder for an
  /// argument. `@@text` is the text '@text'. False when there was a problem.
  bool take_fragments(Node& node, const std::string& key);

  const StaysWithPlace& stays() const { return stays_; }
  /// In the order read.
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
    /// Not the config itself (which has no key), nor what it extends.
    bool is_fragment() const { return !key.empty() && !key.starts_with("extends"); }
  };

  File* mentioned(const Mention& mention);
  bool can_read(const Mention& mention, const std::string& name);
  void read(File& file, const Mention& mention);
  bool read_bases(File& file);
  bool has_misspelt_bases(File& file);  ///< with one nothing is known of what it extends
  bool read_base(File& file, const Node& path, const std::string& key);
  const Node& merged(File& file);
  /// On the node, what was not `laid` yet.
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
