// A pack with two source files that have one component's name.
#include "assay/plugin.h"

ASSAY_PACK("pack_of_one_name", "1.0.0", "MIT")
