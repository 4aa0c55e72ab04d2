// The stamp of a pack: a library with a note for each of its source files.
#include <elf.h>

#include <algorithm>
#include <cstring>

#include "runner/plugin_host/library_stamp.h"
#include "tests/plugin_host/plugins.h"
#include "tests/support/bytes.h"
#include "tests/support/temporary_folder.h"

using namespace assay;
using namespace assay::plugin_host;
using namespace assay::test;

namespace {

template <class T>
std::string bytes_of(const T& value) {
  std::string bytes(sizeof value, '\0');
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

std::string note_of(std::string text) {
  text.resize((text.size() + 3) / 4 * 4);
  return bytes_of(Elf64_Nhdr{6, static_cast<Elf64_Word>(text.size()), 1}) +
         std::string("Assay\0\0\0", 8) + text;
}

// Makes a shared library that has these notes, in so many segments of the same bytes, and nothing
// else.
std::string library_of(const std::string& notes, Elf64_Half segments = 1) {
  Elf64_Ehdr header{};
  std::memcpy(&header, read_file("/proc/self/exe").data(), sizeof header);
  header.e_type = ET_DYN;
  header.e_phoff = sizeof header;
  header.e_phnum = segments;
  Elf64_Phdr segment{};
  segment.p_type = PT_NOTE;
  segment.p_offset = sizeof header + segments * sizeof segment;
  segment.p_filesz = notes.size();
  segment.p_align = 4;
  std::string bytes = bytes_of(header);
  for (int i = 0; i < segments; ++i) bytes += bytes_of(segment);
  return bytes + notes;
}

std::string library_of(const std::vector<std::string>& notes) {
  std::string all;
  for (const std::string& text : notes) all += note_of(text);
  return library_of(all);
}

const std::string built =
    "sdk=1.0\nstandard_library=libstdc++ cxx11\ndebug_mode=off\nsanitizers=none\n";
const std::string pack = built + "instructions=generic\nplugin=numbers 1.2.0 MIT\n";
const std::string one = built + "instructions=generic\ncomponent=schedule one Is one.\n";
const std::string two = built + "instructions=generic\ncomponent=loss two Is two.\n";

struct Folder {
  Stamp stamp(const std::string& bytes) const {
    write_file(folder / "x.so", bytes);
    return read_stamp(folder / "x.so");
  }
  Stamp stamp(const std::vector<std::string>& notes) const { return stamp(library_of(notes)); }
  template <class Bytes>
  std::string refused(const Bytes& bytes) const {
    return message_of([&] { stamp(bytes); });
  }
  TemporaryFolder folder;
};

std::string with(std::string text, std::string_view before, std::string_view after) {
  const std::size_t at = text.find(before);
  BOOST_REQUIRE(at != std::string::npos);
  return text.replace(at, before.size(), after);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pack_stamp)

BOOST_FIXTURE_TEST_CASE(the_notes_of_all_source_files_are_one_stamp, Folder) {
  for (const auto& notes : std::vector<std::vector<std::string>>{
           {pack, one, two}, {one, pack, two}, {one, two, pack}}) {
    const Stamp all = stamp(notes);
    BOOST_TEST(all.plugin == "numbers");
    BOOST_TEST(all.version == "1.2.0");
    BOOST_TEST(all.licence == "MIT");
    BOOST_TEST(all.sdk == "1.0");
    BOOST_TEST(all.instructions == "generic");
    BOOST_REQUIRE(all.components.size() == 2U);
    BOOST_TEST(all.components[0].name == "one");
    BOOST_TEST(all.components[0].doc == "Is one.");
    BOOST_CHECK(all.components[1].kind == Kind::loss);
    BOOST_TEST(all.components[1].name == "two");
  }
}

BOOST_FIXTURE_TEST_CASE(parts_that_were_built_differently_are_refused, Folder) {
  BOOST_TEST(refused(std::vector{pack, one, with(two, "sdk=1.0", "sdk=1.1")}) ==
             "its parts were built differently: sdk is '1.0' in the source of numbers, '1.1' in "
             "that of loss two; rebuild all of them with the same flags");
  check_contains(refused(std::vector{with(one, "cxx11", "old"), pack}),
                 "standard_library is 'libstdc++ cxx11' in the source of numbers, 'libstdc++ old' "
                 "in that of schedule one;");
  check_contains(refused(std::vector{with(one, "debug_mode=off", "debug_mode=on"), pack}),
                 "debug_mode is 'off' in the source of numbers, 'on' in that of schedule one;");
  const std::string sanitized = with(pack, "sanitizers=none", "sanitizers=address");
  check_contains(
      refused(std::vector{with(sanitized, "debug_mode=off", "debug_mode=on"), one}),
      "debug_mode is 'on' in the source of numbers, 'off' in that of schedule one; "
      "sanitizers is 'address' in the source of numbers, 'none' in that of schedule one;");
}

BOOST_FIXTURE_TEST_CASE(a_pack_needs_the_instructions_of_all_its_parts, Folder) {
  const auto needed = [&](std::string_view first, std::string_view second, std::string_view third) {
    const auto needs = [](const std::string& text, std::string_view what) {
      return with(text, "instructions=generic", "instructions=" + std::string(what));
    };
    return stamp(std::vector{needs(pack, first), needs(one, second), needs(two, third)})
        .instructions;
  };
  BOOST_TEST(needed("generic", "generic", "avx2") == "avx2");
  BOOST_TEST(needed("avx2", "avx512", "generic") == "avx512");
  BOOST_TEST(needed("generic sha", "avx512 gfni sha", "avx2 vaes gfni") == "avx512 sha gfni vaes");
  // Nobody has what nobody knows, whatever the other parts need.
  BOOST_TEST(needed("avx512", "quantum", "generic") == "quantum");
  BOOST_TEST(needed("quantum", "avx512", "generic") == "quantum");
  BOOST_TEST(needed("avx2", "avx512", "") == "");
  const Stamp needy = stamp(std::vector{pack, with(one, "=generic", "=quantum gfni")});
  check_contains(refusals(needy, host_stamp(), InstructionSet::avx512).back(),
                 "instructions: the plugin needs 'quantum gfni'");
}

BOOST_FIXTURE_TEST_CASE(one_note_names_the_plugin, Folder) {
  BOOST_TEST(refused(std::vector{pack, one, pack}) ==
             "its stamp is damaged: it says 'plugin' twice");
  BOOST_TEST(refused(std::vector{one, two}) ==
             "it names no plugin; does one of its source files end in ASSAY_PACK?");
  BOOST_TEST(refused(std::vector{pack + "component=schedule three Is three.\n", one}) ==
             "it has both an ASSAY_PLUGIN and an ASSAY_COMPONENT; end all source files with "
             "components in ASSAY_COMPONENT, and one more in ASSAY_PACK");
}

BOOST_FIXTURE_TEST_CASE(a_damaged_note_behind_others_is_found, Folder) {
  BOOST_TEST(refused(std::vector{pack, with(one, "sdk=1.0\n", "")}) ==
             "its stamp is damaged: it lacks the line 'sdk'");
  check_contains(refused(std::vector{pack, with(one, "Is one", "\x1b[2J")}),
                 "a line of it is not UTF-8 without control characters");
  check_contains(refused(std::vector{pack, with(one, "schedule one", "schedule ONE")}),
                 "the name of a component is not made of");
  const std::string notes = note_of(pack) + note_of(one);
  for (const Elf64_Word size : {1U << 16, 1U << 31, ~0U})
    for (const std::size_t field : {0, 4}) {
      std::string bytes = notes;
      std::memcpy(bytes.data() + note_of(pack).size() + field, &size, sizeof size);
      BOOST_TEST(refused(library_of(bytes)) == "its notes are damaged");
    }
  for (std::size_t size = note_of(pack).size() + sizeof(Elf64_Nhdr); size < notes.size(); ++size)
    BOOST_TEST(refused(library_of(notes.substr(0, size))) == "its notes are damaged");
}

BOOST_FIXTURE_TEST_CASE(a_library_of_endless_notes_is_refused, Folder) {
  const auto parts = [](int count) {
    std::vector<std::string> notes = {pack};
    for (int i = 0; i < count; ++i)
      notes.push_back(with(one, "schedule one", "schedule s" + std::to_string(i)));
    return notes;
  };
  BOOST_TEST(stamp(parts(1024)).components.size() == 1024U);
  for (const int count : {1025, 5000})
    BOOST_TEST(refused(parts(count)) ==
               "it has more than 1,025 stamps, one for each of its source files; split the pack");
  BOOST_TEST(refused(parts(20'000)) == "its stamp is too long to be one");
  // Segments of the same bytes, which the file's size does not bound.
  const std::string foreign =
      bytes_of(Elf64_Nhdr{0, 1 << 19, 7}) + std::string(std::size_t{1} << 19, '\0');
  BOOST_TEST(refused(library_of(foreign, 60'000)) == "its stamp is too long to be one");
}

BOOST_FIXTURE_TEST_CASE(a_damaged_byte_never_crashes, Folder) {
  const std::string bytes = library_of(std::vector{pack, one, two});
  int refusals = 0;
  for (std::size_t at = 0; at < bytes.size(); ++at)
    for (const char value : {'\0', '\n', '=', '\x7f', '\xff'}) {
      std::string damaged = bytes;
      damaged[at] = value;
      refusals += !refused(damaged).empty();
    }
  BOOST_TEST_MESSAGE(refusals << " damaged bytes led to a refusal");
  BOOST_TEST(refusals > 500);
}

BOOST_AUTO_TEST_SUITE_END()
