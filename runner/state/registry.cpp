#include "runner/state/registry.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>

#include "assay/error.h"

namespace assay::state {
namespace {

std::string described(DType type, const Shape& shape) {
  return fmt::format("{} [{}]", safetensors_name(type), fmt::join(shape.dimensions(), ", "));
}

constexpr std::int64_t longest_text = std::int64_t{1} << 16;

// Returns true for state that a run of another plan may lack: what a component declared.
bool may_be_missing(std::string_view name) {
  constexpr std::array<std::string_view, 10> parts = {
      "hooks/",      "loggers/",      "metrics/",   "loss/",
      "dataset/",    "rate_factors/", "optimizer/", "gradient_transforms/",
      "transforms/", "buffers/"};
  return std::ranges::any_of(parts, [name](auto part) { return name.starts_with(part); });
}

template <class T>
T number_in(std::string_view bytes) {
  T number;
  std::memcpy(&number, bytes.data(), sizeof number);
  return number;
}

}  // namespace

bool Registry::keeps(std::string_view name) {
  return name == "seed" || name == "stop_reason" || name.starts_with("best/") ||
         name.starts_with("extremes/") || name.starts_with("last_values/") ||
         name.starts_with("tags/") || name.starts_with("logs/");
}

void Registry::lend(const std::string& name, const Entry& entry) {
  const auto elements = static_cast<std::size_t>(entry.shape.elements());
  if (entry.bytes.size() != elements * size_of(entry.type))
    throw std::logic_error(fmt::format("the bytes of the state '{}' do not fit its shape", name));
  if (!entries_.emplace(name, entry).second)
    throw std::logic_error(fmt::format("there are two states named '{}'", name));
}

Registry::Own& Registry::own(const std::string& name) {
  if (entries_.contains(name) && !own_.contains(name))
    throw std::logic_error(fmt::format("the state '{}' is lent", name));
  return own_[name];
}

void Registry::set(const std::string& name, std::int64_t number) {
  Own& own = this->own(name);
  own.integer = number;
  entries_[name] = {DType::int64, {}, std::as_writable_bytes(std::span(&own.integer, 1))};
}

void Registry::set(const std::string& name, double number) {
  Own& own = this->own(name);
  own.number = number;
  entries_[name] = {DType::float64, {}, std::as_writable_bytes(std::span(&own.number, 1))};
}

void Registry::set(const std::string& name, std::string_view text) {
  Own& own = this->own(name);
  own.text = text;
  entries_[name] = {DType::uint8, Shape{static_cast<std::int64_t>(text.size())},
                    std::as_writable_bytes(std::span(own.text))};
}

const Registry::Entry* Registry::find(std::string_view name) const {
  const auto found = entries_.find(name);
  return found == entries_.end() ? nullptr : &found->second;
}

template <class T>
std::map<std::string, T> Registry::kept(std::string_view prefix, DType type, T Own::*value) const {
  std::map<std::string, T> found;
  for (const auto& [name, own] : own_)
    if (name.starts_with(prefix) && entries_.at(name).type == type)
      found[name.substr(prefix.size())] = own.*value;
  return found;
}

std::map<std::string, std::int64_t> Registry::integers(std::string_view prefix) const {
  return kept(prefix, DType::int64, &Own::integer);
}

std::map<std::string, double> Registry::numbers(std::string_view prefix) const {
  return kept(prefix, DType::float64, &Own::number);
}

std::map<std::string, std::string> Registry::texts(std::string_view prefix) const {
  return kept(prefix, DType::uint8, &Own::text);
}

std::vector<NamedTensor> Registry::tensors(std::string_view prefix) const {
  std::vector<NamedTensor> tensors;
  for (const auto& [name, entry] : entries_)
    if (name.starts_with(prefix)) tensors.push_back({name, entry.type, entry.shape, entry.bytes});
  return tensors;
}

std::vector<NamedTensor> Registry::stored_tensors(std::string_view prefix) const {
  std::vector<NamedTensor> tensors = this->tensors(prefix);
  for (NamedTensor& tensor : tensors) tensor.name = stored_name(tensor.name);
  return tensors;
}

std::string Registry::stored_name(const std::string& name) const {
  constexpr std::string_view prefix = "weights/";
  if (!name.starts_with(prefix)) return name;
  std::string plain = name.substr(prefix.size());
  const bool taken = keeps(plain) || (entries_.contains(plain) && !own_.contains(plain));
  return taken ? name : plain;
}

std::map<std::string, const Registry::Entry*> Registry::lent_by_stored_name() const {
  std::map<std::string, const Entry*> lent;
  for (const auto& [name, entry] : entries_)
    if (!own_.contains(name)) lent.emplace(stored_name(name), &entry);
  return lent;
}

// Returns the tensors of a file by the names that they stand for at this moment.
Registry::Source Registry::source_of(const StoredTensors& file, Moment moment) {
  Source source;
  const auto is_earlier = [](const std::string& name) {
    return name.starts_with(before_end_prefix);
  };
  for (const auto& [name, tensor] : file.header().tensors)
    if (!is_earlier(name) && (moment == Moment::end || !keeps(name))) source[name] = &tensor;
  if (moment == Moment::before_end)
    for (const auto& [name, tensor] : file.header().tensors)
      if (is_earlier(name)) source[name.substr(before_end_prefix.size())] = &tensor;
  return source;
}

void Registry::check_entry(const StoredTensors& file, const Source& source, const std::string& name,
                           const Entry& entry) {
  const auto found = source.find(name);
  if (found == source.end()) throw Error(fmt::format("{}: it lacks '{}'", file.path(), name));
  const SafetensorsHeader::Tensor& stored = *found->second;
  if (stored.type != entry.type || stored.shape != entry.shape)
    throw Error(fmt::format("{}: '{}' is {}; expected {}", file.path(), name,
                            described(stored.type, stored.shape),
                            described(entry.type, entry.shape)));
}

void Registry::restore_parts(const StoredTensors& file,
                             std::span<const std::string_view> prefixes) {
  if (!file.verify())
    throw Error(fmt::format("{}: it has no checksum, so no run wrote it", file.path()));
  const auto& stored = file.header().tensors;
  const Source source = source_of(file, Moment::end);
  std::map<std::string, const Entry*> wanted;
  for (const auto& [name, entry] : entries_) {
    if (std::ranges::none_of(prefixes, [&](auto prefix) { return name.starts_with(prefix); }))
      continue;
    check_entry(file, source, stored_name(name), entry);
    wanted.emplace(stored_name(name), &entry);
  }
  for (const auto& [name, tensor] : stored)
    if (!wanted.contains(name))
      throw Error(
          fmt::format("{}: it holds '{}', which nothing in this run remembers", file.path(), name));
  for (const auto& [name, tensor] : stored) file.read(tensor, wanted.at(name)->bytes);
}

// Throws for values that nothing in this run remembers.
void Registry::check_known(const StoredTensors& file, const Source& source) const {
  const auto all_lent = lent_by_stored_name();
  for (const auto& [name, tensor] : source) {
    if (all_lent.contains(name)) continue;
    const bool number = tensor->shape.rank() == 0 &&
                        (tensor->type == DType::int64 || tensor->type == DType::float64);
    const bool text = tensor->type == DType::uint8 && tensor->shape.rank() == 1 &&
                      tensor->shape.elements() <= longest_text;
    if (!keeps(name) || (!number && !text))
      throw Error(fmt::format("{}: it holds '{}', {}, which nothing in this run remembers",
                              file.path(), name, described(tensor->type, tensor->shape)));
  }
}

void Registry::restore(const StoredTensors& file, Moment moment) {
  if (!file.verify())
    throw Error(
        fmt::format("{}: it has no checksum, so it is not the state of a run", file.path()));
  for (const Moment each : {Moment::end, moment}) {
    const Source source = source_of(file, each);
    for (const auto& [name, entry] : lent_by_stored_name()) check_entry(file, source, name, *entry);
    check_known(file, source);
  }
  take(file, source_of(file, moment));
}

std::vector<std::string> Registry::restore_what_fits(const StoredTensors& file, Moment moment) {
  if (!file.verify())
    throw Error(
        fmt::format("{}: it has no checksum, so it is not the state of a run", file.path()));
  std::vector<std::string> told;
  Source source = source_of(file, moment);
  for (const auto& [name, entry] : lent_by_stored_name()) {
    if (!source.contains(name) && may_be_missing(name))
      told.push_back(fmt::format("the checkpoint lacks '{}', which begins anew", name));
    else check_entry(file, source, name, *entry);
  }
  const auto all_lent = lent_by_stored_name();
  for (auto each = source.begin(); each != source.end();) {
    const auto& [name, tensor] = *each;
    if (all_lent.contains(name) || keeps(name)) {
      ++each;
      continue;
    }
    told.push_back(
        fmt::format("'{}' of the checkpoint is left out: nothing in this run remembers "
                    "it",
                    name));
    each = source.erase(each);
  }
  check_known(file, source);
  take(file, source);
  return told;
}

// Takes values that were checked.
void Registry::take(const StoredTensors& file, const Source& source) {
  for (const auto& [name, own] : own_) entries_.erase(name);
  own_.clear();
  const auto all_lent = lent_by_stored_name();
  for (const auto& [name, tensor] : source) {
    if (const auto lent = all_lent.find(name); lent != all_lent.end()) {
      file.read(*tensor, lent->second->bytes);
      continue;
    }
    std::string bytes(static_cast<std::size_t>(tensor->end - tensor->begin), '\0');
    file.read(*tensor, std::as_writable_bytes(std::span(bytes)));
    if (tensor->type == DType::int64) set(name, number_in<std::int64_t>(bytes));
    else if (tensor->type == DType::float64) set(name, number_in<double>(bytes));
    else set(name, std::string_view(bytes));
  }
}

}  // namespace assay::state
