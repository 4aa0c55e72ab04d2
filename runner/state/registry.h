// The state of a run: everything that it must remember to be resumed, by name.
//
//   step, hooks_step, seed        finished updates; the last step whose hooks have run; the plan's
//                                 seed
//   weights/layer1.kernel         the parameters of the model
//   optimizer/mu/layer1.kernel    one number per weight that the optimizer remembers
//   optimizer_at/0.1/NAME         what the optimizer for weights with a factor of 0.1 declared
//   gradient_transforms/ema/mean/layer1.kernel
//                                 one number per weight that a gradient transform remembers
//   transforms/TRANSFORM/NAME, buffers/mean, optimizer/NAME, loss/NAME, metrics/METRIC/NAME,
//   hooks/HOOK/NAME, ...          what a component declared (assay/state.h)
//   epoch_loss/sum                the loss of the epoch so far (and epoch_loss/weight)
//   last_values/loss/train        the last value of each scalar tag
//   extremes/loss/train           the smallest and the largest one, with their steps
//   rate_factors/patience         what a hook multiplies the optimizer's rates by (assay/acts.h)
//   best/step                     of the best value so far (and best/value, best/of)
//   tags/loss/train               the hook that owns the tag
//   logs/metrics.jsonl            how many bytes of the file belong to the run
//   stop_reason                   why a hook ended the run, if one did
//
// The file of a finished run has a second value of some of these, before_end/NAME: the one from
// before the hooks for its end ran. A run that is made longer continues from there.
//
// In a file weights have their own names, layer1.kernel, so that other programs find them, unless
// something else has that name. Most of it is memory of its owners, who compute with it and lend
// it. The registry itself may own single numbers and texts: `seed`, `stop_reason`, and what begins
// with best/, extremes/, last_values/, tags/ or logs/. run::Run::write_state writes it to a file,
// and run::Run::restore reads it back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "assay/tensor.h"
#include "runner/state/safetensors.h"

namespace assay::state {

/// The prefix that the names of values from before the end of a run have in a file.
inline constexpr std::string_view before_end_prefix = "before_end/";

/// Must be used by one thread at a time.
class Registry {
 public:
  Registry() = default;
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  /// A tensor that can be read and written.
  struct Entry {
    DType type = DType::float32;
    Shape shape;
    std::span<std::byte> bytes;
  };

  /// Names memory of its owner, who keeps it as long as the registry lives. A number is a tensor
  /// without dimensions. Throws std::logic_error for a name that is taken, or a shape that does not
  /// fit the values.
  template <class T>
  void lend(const std::string& name, const Shape& shape, std::span<T> values) {
    lend(name, {dtype_of<T>(), shape, std::as_writable_bytes(values)});
  }
  template <class T>
  void lend(const std::string& name, T& number) {
    lend(name, Shape(), std::span(&number, 1));
  }
  void lend(const std::string& name, const Entry& entry);

  /// Sets a number or text that the registry keeps itself. Throws std::logic_error for the name of
  /// something that is lent.
  void set(const std::string& name, std::int64_t number);
  void set(const std::string& name, double number);
  void set(const std::string& name, std::string_view text);

  /// Returns the entry; null if there is none of this name.
  const Entry* find(std::string_view name) const;
  /// Returns the numbers or texts that set() or restore() left, by the part of their names that
  /// follows the prefix.
  std::map<std::string, std::int64_t> integers(std::string_view prefix) const;
  std::map<std::string, double> numbers(std::string_view prefix) const;
  std::map<std::string, std::string> texts(std::string_view prefix) const;

  /// Returns all entries whose name begins with the prefix, sorted by name. They are views.
  std::vector<NamedTensor> tensors(std::string_view prefix = {}) const;

  /// Returns the same with the names that they have in a file.
  std::vector<NamedTensor> stored_tensors(std::string_view prefix = {}) const;

  /// Returns true for the name, as files have it, of something that the registry keeps itself.
  static bool keeps(std::string_view name);

  /// The state that is taken from the file of a finished run.
  enum class Moment { end, before_end };
  /// Takes the values of a file. What is lent must be in the file, with its type and shape; what
  /// the registry keeps itself is replaced by what the file has. Throws assay::Error, and changes
  /// nothing, if the file is damaged, has no checksum, or holds something else.
  void restore(const StoredTensors& file, Moment moment = Moment::end);
  /// Does the same with a file of another plan. State that a component declared and that the file
  /// lacks stays as it is; values that nothing here remembers are left out. Returns a sentence for
  /// each of both. Numbers of the training itself and weights must be in the file, and every shape
  /// must be the same.
  std::vector<std::string> restore_what_fits(const StoredTensors& file,
                                             Moment moment = Moment::end);
  /// Takes only the entries whose names begin with one of the prefixes. All that are lent must be
  /// in the file, and it must hold nothing else. Throws like restore().
  void restore_parts(const StoredTensors& file, std::span<const std::string_view> prefixes);

 private:
  struct Own {
    std::int64_t integer = 0;
    double number = 0;
    std::string text;
  };

  Own& own(const std::string& name);
  std::string stored_name(const std::string& name) const;
  using Source = std::map<std::string, const SafetensorsHeader::Tensor*>;
  static Source source_of(const StoredTensors& file, Moment moment);
  std::map<std::string, const Entry*> lent_by_stored_name() const;
  void check_known(const StoredTensors& file, const Source& source) const;
  static void check_entry(const StoredTensors& file, const Source& source, const std::string& name,
                          const Entry& entry);
  void take(const StoredTensors& file, const Source& source);
  template <class T>
  std::map<std::string, T> kept(std::string_view prefix, DType type, T Own::*value) const;

  std::map<std::string, Entry, std::less<>> entries_;
  std::map<std::string, Own, std::less<>> own_;  ///< those that are not lent; stable addresses
};

}  // namespace assay::state
