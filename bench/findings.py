"""Findings: the figures of several cases together, a sentence each."""

import statistics


def _medians(results, case, key):
    """{program: median of a key} of those that have it."""
    return {program: statistics.median(run[key] for run in runs)
            for program, runs in results.get(case, {}).items()
            if all(run.get(key) is not None for run in runs)}


def _share(results, case, of, what):
    training = _medians(results, case, "gflops")
    limits = _medians(results, of, "figure")
    if "Assay" not in training or not limits:
        return
    best = max(limits, key=limits.get)
    yield (f"{case}: Assay does {training['Assay']:.1f} GFLOP/s, {training['Assay'] / limits[best]:.0%} of "
           f"{what} ({best}: {limits[best]:.1f})")


def findings(results):
    """results: {case's name: {program: [result of each run]}}"""
    yield from _share(results, "training", "peak", "the machine's peak")
    yield from _share(results, "wide", "peak", "the machine's peak")
    yield from _share(results, "wide", "gemm", "the best matrix product")
    for case in results:
        losses = _medians(results, case, "loss")
        if losses:
            yield (f"{case}: last test loss " +
                   ", ".join(f"{loss:.4f} ({program})" for program, loss in losses.items()))
    memory = _medians(results, "tutorial", "megabytes")
    if memory:
        yield ("tutorial: most memory " +
               ", ".join(f"{size:.0f} MB ({program})" for program, size in memory.items()))
