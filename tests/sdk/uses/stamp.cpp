#include "assay/stamp.h"

#include <span>

namespace {

struct Component {
  assay::Kind kind;
  const char* name;
  const char* doc;
};

}  // namespace

int main() {
  static constexpr Component component = {assay::Kind::schedule, "sound", "Works."};
  static constexpr const Component* components[] = {&component};
  constexpr std::size_t size =
      assay::stamp::write(nullptr, "sound", "1.0.0", "MIT", std::span(components));
  assay::stamp::Note<size> note;
  const std::string_view abi = ASSAY_ABI;
  return assay::stamp::write(note.text, "sound", "1.0.0", "MIT", std::span(components)) == size &&
                 assay::stamp::owner == note.name && abi.starts_with("sdk=")
             ? 0
             : 1;
}
