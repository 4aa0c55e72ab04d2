#include "runner/command_line/standard_output.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <string_view>

namespace assay::command_line {

StandardOutput::StandardOutput()
    : before_(std::cout.rdbuf(this)), by_lines_(isatty(STDOUT_FILENO) != 0) {
  setp(buffer_.data(), buffer_.data() + buffer_.size());
}

StandardOutput::~StandardOutput() {
  sync();
  std::cout.rdbuf(before_);
}

std::string StandardOutput::finish() {
  sync();
  if (std::fflush(stdout) != 0 && error_ == 0) error_ = errno;
  return error_ == 0 ? std::string()
                     : fmt::format("standard output: cannot be written: {}", std::strerror(error_));
}

int StandardOutput::overflow(int character) {
  if (sync() != 0) return traits_type::eof();
  if (character == traits_type::eof()) return traits_type::not_eof(character);
  return sputc(traits_type::to_char_type(character));
}

std::streamsize StandardOutput::xsputn(const char* text, std::streamsize count) {
  const std::streamsize taken = std::streambuf::xsputn(text, count);
  const std::string_view piece(text, static_cast<std::size_t>(taken));
  if (by_lines_ && piece.find('\n') != std::string_view::npos) sync();
  return taken;
}

int StandardOutput::sync() {
  const char* from = pbase();
  while (error_ == 0 && from != pptr()) {
    const ssize_t written = ::write(STDOUT_FILENO, from, static_cast<std::size_t>(pptr() - from));
    if (written > 0) from += written;
    else if (written == 0 || errno != EINTR) error_ = written == 0 ? ENOSPC : errno;
  }
  setp(buffer_.data(), buffer_.data() + buffer_.size());
  return error_ == 0 ? 0 : -1;
}

}  // namespace assay::command_line
