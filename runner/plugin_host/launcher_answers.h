// Receives what a launcher answers (assay/launcher.h), and checks it.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "assay/error.h"
#include "assay/launcher.h"
#include "assay/text.h"

namespace assay::plugin_host {

class WorkerIdList final : public WorkerIds {
 public:
  static constexpr std::size_t longest = 256;  // bytes of an id

  void add(std::string_view id) override {
    if (id.empty() || id.size() > longest || !is_line(id))
      throw Error(
          fmt::format("it gives a worker an id that is not one line of 1 to {} bytes", longest));
    if (std::ranges::count(ids, id) > 0)
      throw Error(fmt::format("it gives two workers the id {}", id));
    ids.emplace_back(id);
  }
  std::vector<std::string> ids;
};

class WorkerStateList final : public WorkerStates {
 public:
  explicit WorkerStateList(std::size_t count) : states(count), reasons(count) {}

  void set(std::size_t worker, WorkerState state, std::string_view reason) override {
    if (worker >= states.size())
      throw Error(fmt::format("it tells the state of worker {} of {}, counted from 0", worker,
                              states.size()));
    if (state > WorkerState::ended)
      throw Error(fmt::format("it gives worker {} a state that there is not", worker));
    states[worker] = state;
    reasons[worker] = reason;
  }
  std::vector<WorkerState> states;
  std::vector<std::string> reasons;
};

}  // namespace assay::plugin_host
