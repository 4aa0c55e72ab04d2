#include "runner/contact_sheet/write_sheet.h"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>

#include "assay/error.h"
#include "runner/base/atomic_file.h"
#include "runner/picture/load_painter.h"

namespace assay::contact_sheet {
namespace {

constexpr double pixels_per_unit = 1.5;  // of PNGs, which are looked at on screens

std::optional<PictureFormat> format_of(const std::filesystem::path& file) {
  const std::string ending = file.extension().string();
  if (ending == ".png") return PictureFormat::png;
  if (ending == ".svg") return PictureFormat::svg;
  if (ending == ".pdf") return PictureFormat::pdf;
  return std::nullopt;
}

}  // namespace

void check_ending(const std::filesystem::path& file) {
  if (format_of(file)) return;
  throw Error(fmt::format(
      "{}: a contact sheet is a PNG, SVG or PDF; expected a name that ends in .png, .svg or .pdf",
      file.string()));
}

void write_sheet(const Sheet& sheet, const std::filesystem::path& file,
                 std::span<const std::filesystem::path> folders) {
  check_ending(file);
  const auto painter = picture::load_painter(folders);
  std::unique_ptr<Renderer> renderer;
  reinterpret_cast<MakeSheet>(picture::load_function(folders, make_sheet_symbol))(sheet, renderer);
  const PictureFormat format = *format_of(file);
  const auto bytes = painter->paint(*renderer, Snapshot{}, format,
                                    format == PictureFormat::png ? pixels_per_unit : 1);
  base::write_atomically(file, bytes, base::Sync::later);
}

}  // namespace assay::contact_sheet
