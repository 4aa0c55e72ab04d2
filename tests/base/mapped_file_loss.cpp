#include "runner/base/mapped_file_loss.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <numeric>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "assay/error.h"
#include "assay/stamp.h"
#include "runner/base/file_descriptor.h"
#include "tests/support/bytes.h"
#include "tests/support/temporary_folder.h"

using namespace assay::test;
using assay::base::FileDescriptor;
using assay::base::MappedFile;
using assay::base::MappedFileWatch;
using Change = MappedFileWatch::Change;
using Changes = std::map<std::string, Change>;

namespace {

constexpr std::size_t size = 100'000;

void on_bus_error(int, siginfo_t* info, void*) {
  if (!MappedFileWatch::lend_zeros(*info)) std::abort();
}

// A file of ones that is mapped into memory.
struct Mapped : TemporaryFolder {
  Mapped() {
    write_file(path, std::string(size, '\1'));
    const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    memory = mmap(nullptr, size, PROT_READ, MAP_SHARED, file.get(), 0);
    BOOST_REQUIRE(memory != MAP_FAILED);
    struct sigaction action {};
    action.sa_sigaction = on_bus_error;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGBUS, &action, &before);
  }
  ~Mapped() {
    sigaction(SIGBUS, &before, nullptr);
    munmap(memory, size);
  }
  int sum() const {
    const std::span bytes(static_cast<const char*>(memory), size);
    return std::accumulate(bytes.begin(), bytes.end(), 0);
  }
  // Writes at the beginning of the file, a long time ago: clocks may be too coarse to see a change.
  void overwrite(std::string_view text) const {
    const FileDescriptor file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
    const timespec times[2] = {{1, 0}, {1, 0}};
    BOOST_REQUIRE(file.write(bytes_of(text)) == 0 && futimens(file.get(), times) == 0);
  }
  static std::string complaint() {
    try {
      MappedFileWatch::check();
    } catch (const assay::Error& error) {
      return error.what();
    }
    return "none";
  }

  std::filesystem::path path = *this / "a b.npy";
  void* memory = nullptr;
  struct sigaction before {};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(mapped_file_loss, Mapped)

BOOST_AUTO_TEST_CASE(the_file_at_an_address_is_named) {
  BOOST_TEST(MappedFile(memory).path() == path.string());
  BOOST_TEST(MappedFile(static_cast<const char*>(memory) + size - 1).path() == path.string());
  int here = 0;
  BOOST_TEST(MappedFile(&here).path() == "");
  BOOST_TEST(MappedFile(nullptr).path() == "");
}

BOOST_AUTO_TEST_CASE(zeros_stand_for_what_was_cut_off_and_the_loss_is_told) {
  if (assay::stamp::sanitizers != "none") return;  // the handler is theirs
  const MappedFileWatch watch;
  BOOST_TEST(sum() == static_cast<int>(size));
  BOOST_TEST(complaint() == "none");
  std::filesystem::resize_file(path, 50'000);
  std::vector<int> sums(4);
  {
    std::vector<std::jthread> readers;
    for (int& result : sums) readers.emplace_back([&] { result = sum(); });
  }
  for (const int result : sums) BOOST_TEST(result == 50'000);
  BOOST_TEST(complaint().starts_with(path.string() + ": data were missing when they were read"));
}

// Two threads read missing data at the same time: when the second one's signal is handled, the file
// is no longer mapped there.
BOOST_AUTO_TEST_CASE(a_thread_that_comes_second_goes_on_as_well) {
  if (assay::stamp::sanitizers != "none") return;
  const MappedFileWatch watch;
  std::filesystem::resize_file(path, 50'000);
  BOOST_TEST(sum() == 50'000);
  siginfo_t signal{};
  signal.si_signo = SIGBUS;
  signal.si_code = BUS_ADRERR;
  signal.si_addr = static_cast<char*>(memory) + size - 1;
  BOOST_TEST(MappedFileWatch::lend_zeros(signal));
}

BOOST_AUTO_TEST_CASE(an_earlier_loss_is_not_that_of_a_new_watch) {
  if (assay::stamp::sanitizers != "none") return;
  {
    const MappedFileWatch watch;
    std::filesystem::resize_file(path, 0);
    BOOST_TEST(sum() == 0);
    BOOST_TEST(complaint() != "none");
  }
  const MappedFileWatch watch;
  BOOST_TEST(complaint() == "none");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_written_to_is_named) {
  const MappedFileWatch watch;
  BOOST_TEST(watch.changed_files().empty());
  write_file(*this / "new", "x");
  overwrite("x");
  BOOST_CHECK((watch.changed_files() == Changes{{path.string(), Change::content}}));
  // A new file in its place leaves the mapped one alone.
  std::filesystem::rename(*this / "new", path);
  BOOST_TEST(watch.changed_files().empty());
}

BOOST_AUTO_TEST_CASE(a_file_that_is_longer_or_shorter_is_named) {
  for (const std::size_t other : {size + 1, size - 1}) {
    const MappedFileWatch watch(other);
    std::filesystem::resize_file(path, other);
    BOOST_CHECK((watch.changed_files() == Changes{{path.string(), Change::content}}));
    std::filesystem::resize_file(path, size);
  }
}

BOOST_AUTO_TEST_CASE(a_file_that_is_only_touched_is_not_named) {
  const MappedFileWatch watch(size);
  overwrite("\1");
  BOOST_TEST(watch.changed_files().empty());
}

BOOST_AUTO_TEST_CASE(of_a_file_that_is_too_large_to_compare_only_the_time_is_known) {
  const MappedFileWatch watch(size - 1);
  BOOST_TEST(watch.changed_files().empty());
  overwrite("\1");
  BOOST_CHECK((watch.changed_files() == Changes{{path.string(), Change::time}}));
}

BOOST_AUTO_TEST_CASE(nothing_is_lent_without_a_watch_or_for_another_reason) {
  siginfo_t signal{};
  signal.si_signo = SIGBUS;
  signal.si_code = BUS_ADRERR;
  signal.si_addr = memory;
  BOOST_TEST(!MappedFileWatch::lend_zeros(signal));
  const MappedFileWatch watch;
  signal.si_code = BUS_ADRALN;
  BOOST_TEST(!MappedFileWatch::lend_zeros(signal));
  signal.si_code = BUS_ADRERR;
  int here = 0;
  signal.si_addr = &here;
  BOOST_TEST(!MappedFileWatch::lend_zeros(signal));
  // The program's own code and constants are not data.
  signal.si_addr = const_cast<char*>("a constant");
  BOOST_TEST(!MappedFileWatch::lend_zeros(signal));
  BOOST_TEST(complaint() == "none");
}

BOOST_AUTO_TEST_SUITE_END()
