"""Results as text or as Markdown."""

import dataclasses
import statistics


@dataclasses.dataclass(frozen=True)
class Row:
    work: str  # the case's title and unit
    program: str
    median: float
    least: float
    most: float
    ratio: float  # how many times as good as the case's reference, nan without one


def rows(case, results):
    """A row for each program of {program: [result of each run]}."""
    medians = {program: statistics.median(result["figure"] for result in runs)
               for program, runs in results.items()}
    reference = medians.get(case.reference, float("nan"))
    for program, median in medians.items():
        figures = [result["figure"] for result in results[program]]
        ratio = median / reference if case.unit.more_is_better else reference / median
        yield Row(f"{case.title}, {case.unit.name}", program, median, min(figures), max(figures), ratio)


def number(value):
    """With three digits that mean something, or all before the point."""
    if value != value:
        return "-"
    decimals = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
    return f"{value:,.{decimals}f}"


HEADER = ("median", "min", "max", "times as good")


def cells(row, case):
    ratio = "1" if row.program == case.reference else number(row.ratio)
    return number(row.median), number(row.least), number(row.most), ratio


def text(cases):
    """cases: [(case, results)]"""
    lines = []
    for case, results in cases:
        for place, row in enumerate(rows(case, results)):
            if place == 0:
                lines += ["", row.work, f"  {'':<42}" + "".join(f"{name:>14}" for name in HEADER)]
            lines.append(f"  {row.program:<42}" + "".join(f"{cell:>14}" for cell in cells(row, case)))
    return "\n".join(lines)


def markdown(cases):
    lines = ["", "| work | program | median | min to max | times as good |", "|---|---|--:|--:|--:|"]
    for case, results in cases:
        for place, row in enumerate(rows(case, results)):
            median, least, most, ratio = cells(row, case)
            work = row.work if place == 0 else ""
            lines.append(f"| {work} | {row.program} | {median} | {least} to {most} | {ratio} |")
    return "\n".join(lines)
