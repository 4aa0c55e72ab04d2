#include "runner/base/reserved_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <span>

#include "assay/error.h"

namespace assay::base {

void ReservedFile::replace(std::string_view text, std::size_t growth, Sync sync) {
  try {
    write_atomically(folder_, name_, text, sync);
  } catch (const Error&) {
    if (!replace_by_spare(text, sync) && !overwrite(text, sync)) throw;
  }
  if (!keep_spare(text.size() + growth)) keep_spare(text.size());
}

bool ReservedFile::replace_by_spare(std::string_view text, Sync sync) {
  if (!spare_) return false;
  bool done = true;
  try {
    spare_->write(std::as_bytes(std::span(text)));
    spare_->commit(sync);
  } catch (const Error&) {
    done = false;
  }
  spare_.reset();  // an incomplete file is useless and takes space from others
  return done;
}

// Overwrites the file in place: in a folder that allows no new files or renames, existing files may
// still be writable. Pads the file with spaces to keep its size, so it needs no space and cannot
// end half written on a full disk.
bool ReservedFile::overwrite(std::string_view text, Sync sync) const {
  FileDescriptor file(::openat(folder_.descriptor(), name_.c_str(),
                               O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat found {};
  if (file.get() < 0 || ::fstat(file.get(), &found) != 0 || !S_ISREG(found.st_mode)) return false;
  const auto size = static_cast<std::size_t>(found.st_size);
  if (text.size() > size) return false;
  std::string whole(text);
  whole.insert(whole.size() - (whole.ends_with('\n') ? 1U : 0U), size - whole.size(), ' ');
  return file.write(std::as_bytes(std::span(whole))) == 0 &&
         (sync == Sync::later || ::fsync(file.get()) == 0) && file.close() == 0;
}

// Reserves the space if it can; on a full disk it cannot.
bool ReservedFile::keep_spare(std::size_t bytes) {
  try {
    if (!spare_) spare_.emplace(folder_, name_);
  } catch (const Error&) {
    return false;
  }
  return spare_->reserve(bytes);
}

}  // namespace assay::base
