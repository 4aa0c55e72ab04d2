#!/usr/bin/env python3
"""embed.py OUTPUT TEMPLATE... : a C++ source that holds the templates (templates.h)."""

import pathlib
import sys

output, *templates = map(pathlib.Path, sys.argv[1:])
entries = "".join(
    f'    {{"{path.name}", R"template({path.read_text(encoding="utf-8")})template"}},\n'
    for path in sorted(templates, key=lambda path: path.name))
output.write_text(f"""#include "runner/scaffold/templates.h"

namespace assay::scaffold {{

std::span<const Template> templates() {{
  static constexpr Template all[] = {{
{entries}  }};
  return all;
}}

}}  // namespace assay::scaffold
""", encoding="utf-8")
