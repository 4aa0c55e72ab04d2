#include "runner/base/digest.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "assay/error.h"

namespace assay::base {
namespace {

std::string text_of(const XXH128_hash_t& hash) {
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

}  // namespace

struct Digest::State {
  XXH3_state_t hash;
};

Digest::Digest() : state_(std::make_unique<State>()) { XXH3_128bits_reset(&state_->hash); }
Digest::~Digest() = default;

void Digest::add(std::span<const std::byte> bytes) {
  XXH3_128bits_update(&state_->hash, bytes.data(), bytes.size());
}

void Digest::add(const RegularFile& file, std::uint64_t begin) { add(file, begin, file.size()); }

void Digest::add(const RegularFile& file, std::uint64_t begin, std::uint64_t end) {
  std::array<std::byte, 65536> piece;
  for (std::uint64_t at = begin; at < end; at += piece.size()) {
    const auto now = std::span(piece).first(
        static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), end - at)));
    file.read(at, now);
    add(now);
  }
}

std::string Digest::text() const { return text_of(XXH3_128bits_digest(&state_->hash)); }

std::string digest_of_first(const RegularFile& file, std::uint64_t bytes) {
  Digest digest;
  digest.add(file, 0, bytes);
  return digest.text();
}

std::string digest(std::string_view text) {
  return text_of(XXH3_128bits(text.data(), text.size()));
}

std::string file_digest(const std::filesystem::path& path) {
  try {
    Digest digest;
    digest.add(RegularFile(path));
    return digest.text();
  } catch (const Error&) {
    return {};
  }
}

}  // namespace assay::base
