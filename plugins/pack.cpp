// The manifest of a pack. meson.build compiles this file once for each, with the pack's name.
#include "assay/plugin.h"

ASSAY_PACK(PACK, "1.0.0", "MIT")
