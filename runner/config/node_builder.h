// Builds nodes from yaml-cpp's events, and rejects content that a config must not have.
#pragma once

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/mark.h>

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "runner/config/diagnostics.h"
#include "runner/config/mistakes/complaint.h"
#include "runner/config/node.h"
#include "runner/config/places.h"
#include "runner/config/stand_in.h"

namespace assay::config {

class NodeBuilder final : public YAML::EventHandler {
 public:
  /// Thrown by the events after a problem that makes further reading useless. It has been reported.
  struct Stop {};

  NodeBuilder(const std::shared_ptr<const Source>& source, Diagnostics& diagnostics);

  /// Returns nothing if the document is empty.
  std::optional<Node> take() { return std::move(root_); }
  Places& places() { return places_; }
  const StandIns& stand_ins() const { return stand_ins_; }
  /// Returns the offset of the last event.
  std::size_t offset() const { return offset_; }
  /// Returns the start of the innermost list or map in brackets or braces that is still open.
  std::optional<std::size_t> open_bracket() const;

  void OnDocumentStart(const YAML::Mark& mark) override;
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override { end(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override { end(); }

 private:
  // A collection that has not ended yet.
  struct Frame {
    Node node;
    std::size_t begin = 0;
    YAML::anchor_t anchor = 0;
    bool is_key = false;
    bool has_key = false;   // a map whose last entry waits for its value
    bool is_twice = false;  // the key of that entry is a duplicate
    std::unordered_map<std::string, std::int64_t> lines;  // of the keys
  };
  struct Anchored {
    Node node;
    NodeSize size;
  };

  bool expects_key() const;
  std::size_t begin_of(const YAML::Mark& mark);
  void start(Node::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor);
  void end();
  std::string path() const;
  /// Returns the column, counted from 0, of the innermost map or list without brackets.
  std::optional<std::size_t> block_column() const;
  void check_indentation(std::size_t begin);
  void key(const std::string& text, std::size_t begin, std::size_t end);
  void null(std::size_t begin, std::size_t end, YAML::anchor_t anchor);
  void value(Node node, YAML::anchor_t anchor);
  void spend(const NodeSize& size, std::size_t begin);
  [[noreturn]] void stop(const Complaint& complaint);
  [[noreturn]] void stop(std::size_t begin, std::size_t end, std::string message,
                         std::string hint = {});

  const std::string& text_;
  StandIns stand_ins_;
  Diagnostics& diagnostics_;
  Places places_;
  std::optional<Node> root_;
  std::vector<Frame> stack_;
  std::map<YAML::anchor_t, Anchored> anchors_;
  NodeSize spent_;
  std::size_t offset_ = 0;
  std::size_t after_tag_ = 0;         // the last one that was reported
  std::optional<std::size_t> start_;  // of the document
};

}  // namespace assay::config
