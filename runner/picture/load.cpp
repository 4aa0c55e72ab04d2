#include "runner/picture/load.h"

#include <dlfcn.h>

#include <string>
#include <system_error>

#include "assay/error.h"

namespace assay::picture {

std::unique_ptr<Painter> load(std::span<const std::filesystem::path> folders) {
  std::string searched;
  for (const std::filesystem::path& folder : folders) {
    // Use an absolute path: dlopen searches for a bare name elsewhere.
    const std::filesystem::path file = std::filesystem::absolute(folder / library_name);
    searched += "\n  " + folder.string();
    if (std::error_code ignored; !std::filesystem::exists(file, ignored)) continue;
    void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (library == nullptr)
      throw Error(std::string("cannot open the picture library: ") + dlerror());
    void* symbol = dlsym(library, make_painter_symbol);
    if (symbol == nullptr)
      throw Error(file.string() + " is not Assay's picture library: it has no " +
                  make_painter_symbol);
    std::unique_ptr<Painter> painter;
    reinterpret_cast<MakePainter>(symbol)(painter);
    return painter;
  }
  throw Error("pictures need " + std::string(library_name) +
              ", which is part of Assay and is in none of these folders:" + searched);
}

}  // namespace assay::picture
