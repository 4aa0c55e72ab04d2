"""Times Assay and its peers side by side, alternately and several times, and prints one table.

    ./dev bench [--runs N] [--pin]

See bench/README.md.
"""

import argparse
import importlib.metadata
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
ASSAY = ROOT / "build" / "runner" / "assay"


def tutorial(change=lambda config: None):
    """configs/digits.yaml with a change, as a function that runs it and returns its figures."""
    config = yaml.safe_load((ROOT / "configs" / "digits.yaml").read_text())
    config["run_dir"] = "run"
    change(config)

    def run():
        with tempfile.TemporaryDirectory(prefix="assay-bench-") as folder:
            path = pathlib.Path(folder, "bench.yaml")
            path.write_text(yaml.safe_dump(config, sort_keys=False))
            begin = time.perf_counter()
            subprocess.run([ASSAY, "run", path], cwd=folder, check=True, stdout=subprocess.DEVNULL)
            whole = time.perf_counter() - begin
            record = json.loads(pathlib.Path(folder, "run", "run.json").read_text())
        return {"whole command": whole, "training": record["training_seconds"]}

    return run


def jax(kind):
    def run():
        process = subprocess.run([sys.executable, ROOT / "bench" / "jax_tutorial.py", kind], check=True,
                                 capture_output=True, text=True)
        return {"training": float(process.stdout.split()[0])}

    return run


def without_pictures(config):
    config["hooks"] = {name: hook for name, hook in config["hooks"].items() if hook["type"] != "image"}


def evaluated_but_not_logged(config):
    without_pictures(config)
    config["loggers"] = []


CASES = {
    "assay, all of the tutorial": tutorial(),
    "assay, no pictures": tutorial(without_pictures),
    "assay, nothing logged": tutorial(evaluated_but_not_logged),
    "JAX, jitted loop": jax("loop"),
    "JAX, lax.scan": jax("scan"),
}


def versions():
    assay = subprocess.run([ASSAY, "--version"], check=True, capture_output=True, text=True).stdout
    peers = [f"{name} {importlib.metadata.version(name)}" for name in ("jax", "flax", "optax")]
    return ", ".join([assay.strip(), *peers, f"Python {platform.python_version()}"])


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        models = [line.split(":")[1].strip() for line in file if line.startswith("model name")]
    cores = len(os.sched_getaffinity(0))
    return f"{cores} core{'s' if cores > 1 else ''}, {models[0] if models else platform.machine()}"


def main():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5, help="of every case, after one that is not counted")
    parser.add_argument("--pin", action="store_true", help="everything on one core")
    arguments = parser.parse_args()
    if arguments.pin:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

    figures = {}
    for turn in range(arguments.runs + 1):
        for name, run in CASES.items():
            print(f"\rturn {turn} of {arguments.runs}: {name:<40}", end="", file=sys.stderr)
            for figure, seconds in run().items():
                if turn > 0:
                    figures.setdefault(f"{name}: {figure}", []).append(seconds)
    print(file=sys.stderr)

    base = statistics.median(figures["JAX, jitted loop: training"])
    print(f"{machine()}\n{versions()}\n")
    print(f"{'3000 steps':<44} {'median':>8} {'min':>8} {'max':>8} {'JAX loop /':>11}")
    for name, seconds in figures.items():
        median = statistics.median(seconds)
        print(f"{name:<44} {median:>7.2f}s {min(seconds):>7.2f}s {max(seconds):>7.2f}s {base / median:>11.2f}")
    results = ROOT / "build" / "bench.json"
    results.write_text(json.dumps({"machine": machine(), "versions": versions(), "seconds": figures},
                                  indent=2) + "\n")
    print(f"\nwritten to {results.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
