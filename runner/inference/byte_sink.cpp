#include "runner/inference/byte_sink.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

#include "assay/error.h"
#include "runner/base/atomic_file.h"
#include "runner/base/file_descriptor.h"
#include "runner/base/utf8.h"

namespace assay::inference {
namespace {

namespace fs = std::filesystem;

class WholeFile final : public ByteSink {
 public:
  explicit WholeFile(const fs::path& path)
      : folder_(path.parent_path()), file_(folder_, path.filename().string()) {}
  void write(std::span<const std::byte> bytes) override { file_.write(bytes); }
  void finish() override { file_.commit(base::Sync::later); }

 private:
  base::Folder folder_;
  base::AtomicFile file_;
};

class Stream final : public ByteSink {
 public:
  explicit Stream(const fs::path& path)
      : path_(path.string()), file_(::open(path.c_str(), O_WRONLY | O_CLOEXEC)) {
    if (file_.get() < 0) fail("opened", errno);
  }
  void write(std::span<const std::byte> bytes) override {
    if (const int error = file_.write(bytes)) fail("written", error);
  }
  void finish() override {
    if (const int error = file_.close()) fail("written", error);
  }

 private:
  [[noreturn]] void fail(const char* what, int error) const {
    throw Error(
        fmt::format("{}: cannot be {}: {}", base::one_line(path_), what, std::strerror(error)));
  }

  std::string path_;
  base::FileDescriptor file_;
};

}  // namespace

std::unique_ptr<ByteSink> file_sink(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (fs::is_directory(status) || !path.has_filename())
    throw Error(
        fmt::format("{}: this is a folder; expected a file", base::one_line(path.string())));
  if (fs::exists(status) && !fs::is_regular_file(status)) return std::make_unique<Stream>(path);
  // The file that a link leads to is replaced, not the link.
  const fs::path file = fs::weakly_canonical(fs::absolute(path), error);
  return std::make_unique<WholeFile>(error ? fs::absolute(path) : file);
}

}  // namespace assay::inference
