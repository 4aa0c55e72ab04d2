#include "assay/text.h"

int main() {
  return assay::is_name("top_k") && assay::is_line("Größe") && assay::is_word("1.0.0") ? 0 : 1;
}
