// A catalogue without libraries, with tables similar to those of the real plugins.
#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "runner/plan/catalogue.h"

namespace assay::test {

class FakeCatalogue final : public plan::Catalogue {
 public:
  FakeCatalogue();
  std::vector<std::string> names(Kind kind) override;
  /// Throws for the optimizer `broken`, like a library that does not load.
  std::span<const Parameter> parameters(Kind kind, std::string_view name) override;
  std::vector<std::string> refused(Kind /*kind*/, std::string_view name) const override {
    if (name == "refused") return {"/mine/refused.so: it is empty"};
    return {};
  }
  std::vector<std::string> searched() const override { return {"/usr/lib/assay/plugins"}; }

  void remove(Kind kind, const std::string& name) { tables_.erase({kind, name}); }
  void add(Kind kind, const std::string& name, std::span<const Parameter> table) {
    tables_.insert_or_assign({kind, name}, table);
  }

 private:
  std::map<std::pair<Kind, std::string>, std::span<const Parameter>> tables_;
};

}  // namespace assay::test
