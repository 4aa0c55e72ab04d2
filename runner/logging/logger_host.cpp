#include "runner/logging/logger_host.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "assay/error.h"
#include "runner/logging/loggers.h"

namespace assay::logging {

void MemoryFile::append(std::span<const std::byte> bytes) {
  if (content.size() + bytes.size() > room_)
    throw Error(path_ + ": cannot be written: No space left on device");
  const auto* text = static_cast<const char*>(static_cast<const void*>(bytes.data()));
  content.append(text, bytes.size());
}

namespace {

// Returns true if the path is that of the file, or if one of them were to be a folder of the other.
bool collide(std::string_view path, std::string_view file) {
  if (path.size() < file.size()) std::swap(path, file);
  return path.starts_with(file) && (path.size() == file.size() || path[file.size()] == '/');
}

}  // namespace

LogFile& LoggerHost::create(std::string_view name) {
  const bool known =
      std::ranges::any_of(files, [&](const auto& f) { return collide(name, f.name); });
  check_file_name(name);
  if (!how_.files || known) throw Error(fmt::format("/run/{}: cannot be made", name));
  MemoryFile& file = files.emplace_back(name, how_.room);
  const auto left = std::ranges::find(left_, name, &MemoryFile::name);
  if (left != left_.end()) file.content = left->content;
  return file;
}

std::size_t LoggerHost::bytes() const {
  std::size_t n = 0;
  for (const MemoryFile& file : files) n += file.content.size();
  return n;
}

}  // namespace assay::logging
