// A description of how a library was built, as text in an allocated ELF note (section .note.assay,
// owner "Assay"). With it a host can find a component, or refuse a library, before it runs any of
// the library's code.
//
// The note holds lines "key=value" (is_line in text.h), in this order:
//   sdk=1.1                     version.h
//   standard_library=libstdc++ cxx11
//   debug_mode=off              _GLIBCXX_DEBUG
//   sanitizers=none             address, thread
//   instructions=generic        the minimum InstructionSet that the code needs, followed by the
//                               further features that -march allows: "avx512 gfni vaes"
//   plugin=NAME VERSION LICENCE
//   component=KIND NAME DOC     one line each
// A pack (plugin.h) has one such note without components, and one more for each of its source files
// that has the components, and no line for the plugin.
// Look at it with: readelf -p .note.assay libNAME.so
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "assay/kind.h"
#include "assay/version.h"

#define ASSAY_TEXT_OF(x) #x
#define ASSAY_TEXT(x) ASSAY_TEXT_OF(x)

#if defined(__SANITIZE_ADDRESS__)
#define ASSAY_BUILT_WITH_ASAN 1
#elif defined(__SANITIZE_THREAD__)
#define ASSAY_BUILT_WITH_TSAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ASSAY_BUILT_WITH_ASAN 1
#elif __has_feature(thread_sanitizer)
#define ASSAY_BUILT_WITH_TSAN 1
#endif
#endif

#if defined(_LIBCPP_VERSION)
#define ASSAY_STANDARD_LIBRARY "libc++"
#elif defined(_GLIBCXX_USE_CXX11_ABI) && _GLIBCXX_USE_CXX11_ABI
#define ASSAY_STANDARD_LIBRARY "libstdc++ cxx11"
#elif defined(__GLIBCXX__)
#define ASSAY_STANDARD_LIBRARY "libstdc++ old"
#else
#define ASSAY_STANDARD_LIBRARY "unknown"
#endif

#if defined(_GLIBCXX_DEBUG)
#define ASSAY_DEBUG_MODE "on"
#else
#define ASSAY_DEBUG_MODE "off"
#endif

#if defined(ASSAY_BUILT_WITH_ASAN)
#define ASSAY_SANITIZERS "address"
#elif defined(ASSAY_BUILT_WITH_TSAN)
#define ASSAY_SANITIZERS "thread"
#else
#define ASSAY_SANITIZERS "none"
#endif

#define ASSAY_SDK ASSAY_TEXT(ASSAY_SDK_MAJOR) "." ASSAY_TEXT(ASSAY_SDK_MINOR)

/// The properties that a plugin and its host must share, in the form that `assay --version` and
/// assay.pc print.
#define ASSAY_ABI                                                                                \
  "sdk=" ASSAY_SDK ", standard_library=" ASSAY_STANDARD_LIBRARY ", debug_mode=" ASSAY_DEBUG_MODE \
  ", sanitizers=" ASSAY_SANITIZERS

namespace assay::stamp {

inline constexpr std::string_view owner = "Assay";
inline constexpr std::uint32_t note_type = 1;

inline constexpr std::string_view sdk = ASSAY_SDK;
inline constexpr std::string_view standard_library = ASSAY_STANDARD_LIBRARY;
inline constexpr std::string_view debug_mode = ASSAY_DEBUG_MODE;
inline constexpr std::string_view sanitizers = ASSAY_SANITIZERS;
// Includes all instructions that -march allows: nothing tells which of them the compiler used.
inline constexpr std::string_view instructions =
#if defined(__AVX512F__)
    "avx512"
#elif defined(__AVX2__) || defined(__AVX__) || defined(__FMA__) || defined(__F16C__) || \
    defined(__BMI__) || defined(__BMI2__) || defined(__LZCNT__) || defined(__MOVBE__)
    "avx2"
#else
    "generic"
#endif
#if defined(__SHA__)
    " sha"
#endif
#if defined(__AES__)
    " aes"
#endif
#if defined(__PCLMUL__)
    " pclmul"
#endif
#if defined(__GFNI__)
    " gfni"
#endif
#if defined(__VAES__)
    " vaes"
#endif
#if defined(__VPCLMULQDQ__)
    " vpclmulqdq"
#endif
#if defined(__ADX__)
    " adx"
#endif
#if defined(__SSE4A__)
    " sse4a"
#endif
#if defined(__FMA4__)
    " fma4"
#endif
#if defined(__XOP__)
    " xop"
#endif
#if defined(__TBM__)
    " tbm"
#endif
#if defined(__AVXVNNI__)
    " avxvnni"
#endif
#if defined(__AVXIFMA__)
    " avxifma"
#endif
#if defined(__AVXVNNIINT8__)
    " avxvnniint8"
#endif
#if defined(__AVX512IFMA__)
    " avx512ifma"
#endif
#if defined(__AVX512VBMI__)
    " avx512vbmi"
#endif
#if defined(__AVX512VBMI2__)
    " avx512vbmi2"
#endif
#if defined(__AVX512VNNI__)
    " avx512vnni"
#endif
#if defined(__AVX512BITALG__)
    " avx512bitalg"
#endif
#if defined(__AVX512VPOPCNTDQ__)
    " avx512vpopcntdq"
#endif
#if defined(__AVX512VP2INTERSECT__)
    " avx512vp2intersect"
#endif
#if defined(__AVX512BF16__)
    " avx512bf16"
#endif
#if defined(__AVX512FP16__)
    " avx512fp16"
#endif
#if defined(__AMX_TILE__)
    " amx_tile"
#endif
#if defined(__AMX_INT8__)
    " amx_int8"
#endif
#if defined(__AMX_BF16__)
    " amx_bf16"
#endif
    "";

/// Appends text at compile time; without a buffer it only counts the characters.
class Writer {
 public:
  constexpr Writer() = default;
  constexpr explicit Writer(char* out) : out_(out) {}
  constexpr Writer& operator<<(std::string_view text) {
    for (char c : text) {
      if (out_ != nullptr) out_[size_] = c;
      ++size_;
    }
    return *this;
  }
  constexpr std::size_t size() const { return size_; }

 private:
  char* out_ = nullptr;
  std::size_t size_ = 0;
};

/// Writes the note's text. `components` is a range of pointers to objects with kind, name and doc.
/// Without a plugin's name there is no line for it. Returns the number of characters.
template <class Components>
constexpr std::size_t write(char* out, std::string_view plugin, std::string_view version,
                            std::string_view licence, const Components& components) {
  Writer w = out != nullptr ? Writer(out) : Writer();
  w << "sdk=" << sdk << "\nstandard_library=" << standard_library << "\ndebug_mode=" << debug_mode
    << "\nsanitizers=" << sanitizers << "\ninstructions=" << instructions << "\n";
  if (!plugin.empty()) w << "plugin=" << plugin << " " << version << " " << licence << "\n";
  for (const auto* c : components)
    w << "component=" << name_of(c->kind) << " " << c->name << " " << c->doc << "\n";
  return w.size();
}

/// The bytes of an ELF note (Elf64_Nhdr, name, description), padded to 4.
template <std::size_t Size>
struct Note {
  std::uint32_t name_size = owner.size() + 1;
  std::uint32_t text_size = 0;
  std::uint32_t type = note_type;
  char name[8] = {'A', 's', 's', 'a', 'y', 0, 0, 0};
  char text[(Size + 3) / 4 * 4] = {};
};

/// Returns the note with the text that write(out) writes; write(nullptr) counts its characters.
template <class Write>
constexpr auto note(Write /*write*/) {
  constexpr std::size_t size = Write{}(nullptr);
  Note<size> made;
  made.text_size = sizeof(made.text);
  Write{}(made.text);
  return made;
}

}  // namespace assay::stamp
