#include "runner/plugin_host/library_stamp.h"

#include <dlfcn.h>
#include <elf.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <fstream>

#include "assay/text.h"
#include "runner/plugin_host/library.h"
#include "tests/plugin_host/plugins.h"
#include "tests/support/bytes.h"
#include "tests/support/temporary_folder.h"

using namespace assay;
using namespace assay::plugin_host;
using namespace assay::test;

namespace {

std::string refused(const std::filesystem::path& file) {
  return message_of([&] { read_stamp(file); });
}

std::filesystem::path good() { return build_folder() + "/tests/zoo/good.so"; }

struct Folder {
  std::string refused_bytes(std::string_view bytes) const {
    write_file(folder / "x.so", bytes);
    return refused(folder / "x.so");
  }
  TemporaryFolder folder;
  std::string plugin = read_file(good());
};

template <class T>
void put(std::string& bytes, std::size_t offset, T value) {
  std::memcpy(bytes.data() + offset, &value, sizeof value);
}

void check_equal(const Stamp& stamp, const Manifest& manifest) {
  BOOST_TEST(stamp.plugin == manifest.name);
  BOOST_TEST(stamp.version == manifest.version);
  BOOST_TEST(stamp.licence == manifest.licence);
  BOOST_TEST(stamp.sdk ==
             std::to_string(manifest.sdk_major) + "." + std::to_string(manifest.sdk_minor));
  const auto table = components(manifest);
  BOOST_REQUIRE(stamp.components.size() == table.size());
  for (std::size_t i = 0; i < table.size(); ++i) {
    BOOST_CHECK(stamp.components[i].kind == table[i]->kind);
    BOOST_TEST(stamp.components[i].name == table[i]->name);
    BOOST_TEST(stamp.components[i].doc == table[i]->doc);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(stamp)

BOOST_AUTO_TEST_CASE(the_stamp_of_every_plugin_says_what_its_manifest_says) {
  int libraries = 0;
  for (const auto& entry : std::filesystem::directory_iterator(build_folder() + "/plugins")) {
    if (entry.path().extension() != ".so") continue;
    BOOST_TEST_CONTEXT(entry.path()) {
      check_equal(read_stamp(entry.path()), open_library(entry.path()));
      ++libraries;
    }
  }
  BOOST_TEST(libraries >= 10);
  check_equal(read_stamp(fixture("odd")), open_library(fixture("odd")));
}

BOOST_AUTO_TEST_CASE(a_stamp_has_all_fields) {
  const Stamp stamp = read_stamp(fixture("odd"));
  BOOST_TEST(stamp.plugin == "odd");
  BOOST_TEST(stamp.version == "2.3.4");
  BOOST_TEST(stamp.licence == "MIT");
  const Stamp host = host_stamp();
  BOOST_TEST(stamp.sdk == host.sdk);
  BOOST_TEST(stamp.standard_library == host.standard_library);
  BOOST_TEST(stamp.debug_mode == host.debug_mode);
  BOOST_TEST(stamp.sanitizers == host.sanitizers);
  BOOST_TEST(stamp.instructions == host.instructions);
  BOOST_TEST(stamp.components.size() == 8);
  BOOST_TEST(stamp.components[0].doc == "The same at every step.");
}

BOOST_FIXTURE_TEST_CASE(a_file_that_is_no_library_is_named_for_what_it_is, Folder) {
  BOOST_TEST(refused_bytes("") == "it is empty");
  BOOST_TEST(refused_bytes("ab") == "it is not a shared library (no ELF header)");
  BOOST_TEST(refused_bytes("Some text, that is rather longer than the header of an ELF file is.") ==
             "it is not a shared library (no ELF header)");
  BOOST_TEST(refused(folder / "none.so") == "it cannot be read: No such file or directory");
  BOOST_TEST(refused(folder.path()) == "it is not a regular file");
  BOOST_REQUIRE(mkfifo((folder / "pipe.so").c_str(), 0600) == 0);
  BOOST_TEST(refused(folder / "pipe.so") == "it is not a regular file");
}

BOOST_FIXTURE_TEST_CASE(other_elf_files_are_refused, Folder) {
  check_contains(refused("/proc/self/exe"), "not an Assay plugin (no stamp;");

  std::string bytes = plugin;
  put(bytes, offsetof(Elf64_Ehdr, e_machine), Elf64_Half{EM_S390});
  check_contains(refused_bytes(bytes), "another kind of machine (ELF class 2, machine 22; here 2");
  bytes = plugin;
  bytes[EI_CLASS] = ELFCLASS32;
  check_contains(refused_bytes(bytes), "another kind of machine (ELF class 1");
  bytes = plugin;
  put(bytes, offsetof(Elf64_Ehdr, e_type), Elf64_Half{ET_EXEC});
  BOOST_TEST(refused_bytes(bytes) == "it is an ELF file, but not a shared library");
  bytes = plugin;
  put(bytes, offsetof(Elf64_Ehdr, e_phentsize), Elf64_Half{32});
  BOOST_TEST(refused_bytes(bytes) == "its program headers are damaged");
  bytes = plugin;
  put(bytes, offsetof(Elf64_Ehdr, e_phoff), ~Elf64_Off{0});
  check_contains(refused_bytes(bytes), "it is cut short");
}

BOOST_AUTO_TEST_CASE(a_library_without_a_stamp_is_no_plugin) {
  Dl_info cosine{};
  BOOST_REQUIRE(dladdr(dlsym(RTLD_DEFAULT, "cos"), &cosine) != 0);
  BOOST_TEST_CONTEXT(cosine.dli_fname) {
    BOOST_TEST(
        refused(cosine.dli_fname) ==
        "it is a shared library, but not an Assay plugin (no stamp; does a source file end in "
        "ASSAY_PLUGIN?)");
  }
}

// The dynamic linker would map a truncated file and die of SIGBUS.
BOOST_FIXTURE_TEST_CASE(a_library_cut_anywhere_is_refused_or_loads, Folder) {
  const Stamp whole = read_stamp(good());
  int refusals = 0, loaded = 0;
  for (std::size_t size = 0; size < plugin.size(); size += size < 2048 ? 1 : 61) {
    const auto file = folder / ("cut" + std::to_string(size) + ".so");
    write_file(file, std::string_view(plugin).substr(0, size));
    try {
      const Stamp stamp = read_stamp(file);
      BOOST_TEST(stamp.plugin == whole.plugin);
      if (++loaded % 50 == 1) check_equal(stamp, open_library(file));
    } catch (const std::runtime_error& error) {
      const std::string reason = error.what();
      ++refusals;
      BOOST_TEST(loaded == 0);
      if (size >= sizeof(Elf64_Ehdr)) check_contains(reason, "it is cut short");
    }
    std::filesystem::remove(file);
  }
  BOOST_TEST_MESSAGE(refusals << " cuts refused, " << loaded << " only lack what nobody reads");
  BOOST_TEST(refusals > 2048);
}

BOOST_FIXTURE_TEST_CASE(a_damaged_byte_never_crashes, Folder) {
  const std::size_t note = plugin.find("Assay", 0, 6);
  BOOST_REQUIRE(note != std::string::npos);
  int refusals = 0;
  for (std::size_t at = 0; at < note + 400; ++at)
    for (const char value : {'\0', '\x7f', '\xff'}) {
      std::string bytes = plugin;
      bytes[at] = value;
      refusals += !refused_bytes(bytes).empty();
    }
  BOOST_TEST_MESSAGE(refusals << " damaged bytes led to a refusal");
  BOOST_TEST(refusals > 100);
}

BOOST_FIXTURE_TEST_CASE(a_damaged_note_is_refused, Folder) {
  const std::size_t name = plugin.find(std::string_view("Assay\0", 6));
  BOOST_REQUIRE(name != std::string::npos);
  std::string bytes = plugin;
  put(bytes, name - 8, Elf64_Word{1} << 19);  // n_descsz
  BOOST_TEST(refused_bytes(bytes) == "its notes are damaged");
  bytes = plugin;
  bytes.replace(bytes.find("\nplugin=", name), 8, "\npligun=");
  BOOST_TEST(refused_bytes(bytes) ==
             "it names no plugin; does one of its source files end in ASSAY_PACK?");
}

// Whatever the bytes of a note are, they cannot form a printed line of their own.
BOOST_FIXTURE_TEST_CASE(no_text_of_a_stamp_can_look_like_another, Folder) {
  const std::size_t note = plugin.find(std::string_view("Assay\0", 6));
  const std::size_t doc = plugin.find("schedule good ", note) + 14;
  const std::size_t end = plugin.find('\n', doc);
  BOOST_REQUIRE(end != std::string::npos);
  int refusals = 0;
  write_file(folder / "x.so", plugin);
  std::fstream file(folder / "x.so", std::ios::in | std::ios::out | std::ios::binary);
  for (std::size_t at = note + 8; at < end; ++at) {
    for (int value = 0; value < 256; ++value) {
      file.seekp(static_cast<std::streamoff>(at)).put(static_cast<char>(value)).flush();
      try {
        const Stamp stamp = read_stamp(folder / "x.so");
        std::vector<std::string> texts = {stamp.plugin, stamp.version,          stamp.licence,
                                          stamp.sdk,    stamp.standard_library, stamp.instructions};
        for (const StampedComponent& c : stamp.components) {
          BOOST_REQUIRE(is_name(c.name));
          texts.push_back(c.doc);
        }
        for (const std::string& text : texts)
          BOOST_REQUIRE(
              std::ranges::all_of(text, [](unsigned char c) { return c >= ' ' && c != 0x7F; }));
      } catch (const std::runtime_error&) {
        ++refusals;
      }
    }
    file.seekp(static_cast<std::streamoff>(at)).put(plugin[at]).flush();
  }
  BOOST_TEST_MESSAGE(refusals << " changed bytes of a stamp led to a refusal");
  BOOST_TEST(refusals > 1000);
}

BOOST_AUTO_TEST_SUITE_END()
