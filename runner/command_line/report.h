// Problems, on standard error: for people, or for editors (--format json).
#pragma once

#include <string>
#include <string_view>

#include "runner/command_line/common.h"
#include "runner/config/diagnostics.h"

namespace assay::command_line {

/// All problems of a config, warnings among them. With --format json one object per line, in the
/// order of the text:
///   {"severity": "error", "file": "/home/me/a.yaml", "source": "a.yaml", "line": 3, "column": 9,
///    "end_column": 12, "key": "optimizer.type", "message": "no optimizer 'sdg'",
///    "hint": "did you mean 'sgd'?", "config": "b.yaml"}
/// Lines and columns count from 1, columns in characters; end_column is behind the last one. A
/// problem of the whole file is at 1:1. `file` is null where there is none: `source` is then what
/// the text would say, "argument 3", or null, too. `config` is what the command was asked for,
/// which may extend `file`, or null.
void report(const Common& common, const config::Diagnostics& diagnostics,
            std::string_view config = {});

using config::Severity;

/// What has no place in a config, as one line: "assay: error: MESSAGE", or an object as above.
std::string problem(const Common& common, Severity severity, std::string_view message);

/// The same, written.
void report(const Common& common, std::string_view message, Severity severity = Severity::error);

}  // namespace assay::command_line
