#include "runner/picture/load_painter.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <atomic>
#include <cstddef>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "assay/error.h"
#include "runner/base/address_space.h"

namespace assay::picture {
namespace {

/// Checks that memory is left before the first drawing, which reads the fonts: fontconfig crashes
/// if it is refused memory, and nobody could tell why.
class CautiousPainter final : public Painter {
 public:
  explicit CautiousPainter(std::unique_ptr<Painter> painter) : painter_(std::move(painter)) {}

  std::vector<std::byte> paint(const Renderer& renderer, const Snapshot& snapshot,
                               PictureFormat format, double scale) const override {
    look_for_room();
    auto bytes = painter_->paint(renderer, snapshot, format, scale);
    has_drawn_ = true;
    return bytes;
  }
  Drawing draw(const Renderer& renderer, const Snapshot& snapshot, const Size& surface,
               const Box& box) const override {
    look_for_room();
    Drawing drawing = painter_->draw(renderer, snapshot, surface, box);
    has_drawn_ = true;
    return drawing;
  }

 private:
  void look_for_room() const {
    constexpr std::size_t room_for_fonts = std::size_t{32} << 20;
    if (has_drawn_ || base::can_map(room_for_fonts)) return;
    throw Error(
        fmt::format("cannot draw the picture: memory ran out: {}, and less than {:.0f} MB "
                    "are left for fonts",
                    base::limit_on_mapping(), static_cast<double>(room_for_fonts) / 1e6));
  }

  std::unique_ptr<Painter> painter_;
  mutable std::atomic<bool> has_drawn_ = false;
};

}  // namespace

void* load_function(std::span<const std::filesystem::path> folders, const char* name) {
  std::string searched;
  for (const std::filesystem::path& folder : folders) {
    // Use an absolute path: dlopen searches for a bare name elsewhere.
    const std::filesystem::path file = std::filesystem::absolute(folder / library_name);
    searched += "\n  " + folder.string();
    if (std::error_code ignored; !std::filesystem::exists(file, ignored)) continue;
    void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (library == nullptr)
      throw Error(std::string("cannot open the picture library: ") + dlerror());
    void* symbol = dlsym(library, name);
    if (symbol == nullptr)
      throw Error(file.string() + " is not Assay's picture library: it has no " + name);
    return symbol;
  }
  throw Error("pictures need " + std::string(library_name) +
              ", which is part of Assay but is in none of these folders:" + searched);
}

std::unique_ptr<Painter> load_painter(std::span<const std::filesystem::path> folders) {
  std::unique_ptr<Painter> painter;
  reinterpret_cast<MakePainter>(load_function(folders, make_painter_symbol))(painter);
  return std::make_unique<CautiousPainter>(std::move(painter));
}

}  // namespace assay::picture
