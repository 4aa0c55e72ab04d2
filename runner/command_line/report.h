// Reports problems on standard error: for people, or for editors (--format json).
#pragma once

#include <exception>
#include <string>
#include <string_view>

#include "runner/command_line/common.h"
#include "runner/config/diagnostics.h"

namespace assay::command_line {

/// Prints all problems and warnings of a config. With --format json it prints one object per line,
/// in the order of the text:
///   {"severity": "error", "file": "/home/me/a.yaml", "source": "a.yaml", "line": 3, "column": 9,
///    "end_column": 12, "key": "optimizer.type", "message": "no optimizer 'sdg'",
///    "hint": "did you mean 'sgd'?", "config": "b.yaml"}
/// Lines and columns count from 1, columns in characters; end_column is after the last one. A
/// problem of the whole file is at 1:1. `file` is null if there is none. `source` is then the name
/// that the text format would show, "argument 3", or null too. `config` is the config that the
/// command was given, which may extend `file`, or null.
void report(const Common& common, const config::Diagnostics& diagnostics,
            std::string_view config = {});

using config::Severity;

/// Returns a problem without a place in a config: "assay: error: MESSAGE", or an object as above.
std::string problem(const Common& common, Severity severity, std::string_view message);

/// Prints the same.
void report(const Common& common, std::string_view message, Severity severity = Severity::error);

/// Reports an exception. If the working folder was removed, says so in place of the C++ library's
/// own message, which hardly says what is wrong.
void report(const Common& common, const std::exception& error);

}  // namespace assay::command_line
