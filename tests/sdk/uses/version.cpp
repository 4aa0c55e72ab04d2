#include "assay/version.h"

int main() { return ASSAY_SDK_MAJOR + ASSAY_SDK_MINOR > 0 ? 0 : 1; }
