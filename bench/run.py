"""Times Assay and its peers side by side, alternately and several times, and prints one table.

See bench/README.md.
"""

import argparse
import collections
import dataclasses
import json
import os
import pathlib
import re
import sys

import findings
import programs
import surroundings
import table
from cases import all_cases

def say(progress):
    if sys.stderr.isatty():
        print(f"\r\033[K{progress}", end="", file=sys.stderr, flush=True)


def measure(cases, runs):
    """{case: {program: [result of each run]}}, then {(case, program): why} of the absent and the failed."""
    results = collections.defaultdict(dict)
    absent, failed = {}, {}
    for turn in range(runs + 1):
        for case in cases:
            for program, run in case.programs.items():
                if (case.name, program) in absent | failed:
                    continue
                say(f"turn {turn} of {runs}: {case.name}: {program}")
                try:
                    result = run()
                except programs.Absent as reason:
                    absent[case.name, program] = str(reason)
                    continue
                except programs.Failed as reason:
                    failed[case.name, program] = str(reason)
                    continue
                if turn > 0:
                    results[case.name].setdefault(program, []).append(result)
    say("")
    return results, absent, failed


def options():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5, help="of every case, after one that is not counted")
    parser.add_argument("--pin", action="store_true", help="everything on one core")
    parser.add_argument("--only", metavar="PATTERN", default="",
                        help="regular expression for what to run, searched in 'case: program'")
    parser.add_argument("--markdown", action="store_true", help="the table as Markdown")
    parser.add_argument("--results", metavar="FILE", type=pathlib.Path, default=programs.BUILD / "bench.json",
                        help="where all figures go (%(default)s)")
    parser.add_argument("--quick", action="store_true",
                        help="hardly any work, to see that everything runs; the figures mean nothing")
    arguments = parser.parse_args()
    if arguments.runs < 1:
        parser.error("--runs: at least 1")
    return arguments


def chosen(cases, pattern):
    """The cases with the programs that match."""
    for case in cases:
        programs_left = {program: run for program, run in case.programs.items()
                         if re.search(pattern, f"{case.name}: {program}")}
        if programs_left and (not case.on_request or case.name.split()[0] in pattern):
            yield dataclasses.replace(case, programs=programs_left)


def main():
    arguments = options()
    if arguments.pin:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    cases = list(chosen(all_cases(arguments.quick), arguments.only))
    if not cases:
        sys.exit(f"bench: no case matches '{arguments.only}'")
    results, absent, failed = measure(cases, arguments.runs)

    report = [surroundings.machine() + (" (pinned)" if arguments.pin else ""), surroundings.versions()]
    render = table.markdown if arguments.markdown else table.text
    report += [render([(case, results[case.name]) for case in cases]), ""]
    bullet = "- " if arguments.markdown else ""
    report += [bullet + finding for finding in findings.findings(results)]
    report += [f"{bullet}left out: {case}: {program}: {why}" for (case, program), why in absent.items()]
    print("\n".join(report))
    arguments.results.write_text(json.dumps({
        "machine": surroundings.machine(), "versions": surroundings.versions(), "runs": arguments.runs,
        "pinned": arguments.pin, "quick": arguments.quick,
        "units": {case.name: case.unit.name for case in cases}, "results": results}, indent=2) + "\n")
    print(f"\nwritten to {arguments.results}")
    for (case, program), why in failed.items():
        print(f"bench: {case}: {program} failed:\n{why}", file=sys.stderr)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
