"""How time and memory grow with the work: rows, width, hooks, tags. One table each.

    python3 bench/scale.py [--quick] [rows|width|hooks|tags ...]

Every table has a cost that stays the same where growth is linear: the time of a step whatever the
number of rows, of a multiplication, of a hook at a step, of a scalar. A line whose cost is more than
half as large again as the line's before it is marked: there the curve bends. Peak memory is the whole
process's, and never less than this script's own, which the system counts in. Standard library only.
"""

import argparse
import array
import json
import math
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
ASSAY = ROOT / "build" / "runner" / "assay"
BENCH_LOG = ROOT / "build" / "bench" / "bench_log"
BEND = 1.5

CONFIG = """
run_dir: run
dataset: {dataset}
model: {{type: mlp, hidden: [{hidden}]}}
loss: softmax_cross_entropy
optimizer: {{type: sgd, learning_rate: 0.01}}
train: {{steps: {steps}, batch_size: {batch}}}
hooks:{hooks}
loggers: [{loggers}]
"""


def command(arguments, folder, **options):
    """Runs it; returns its output, seconds and peak memory in MiB."""
    begin = time.perf_counter()
    process = subprocess.Popen(arguments, cwd=folder, stdout=subprocess.PIPE, **options)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    if process.returncode != 0:
        sys.exit(f"{' '.join(map(str, arguments))}: exit code {process.returncode}")
    return output, seconds, usage.ru_maxrss / 1024


def assay(folder, dataset, hidden="32", steps=1000, batch=64, hooks=" {}", loggers=""):
    """A run of this config: seconds of training, seconds of all else, peak memory in MiB."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        (pathlib.Path(place) / "scale.yaml").write_text(CONFIG.format(
            dataset=dataset, hidden=hidden, steps=steps, batch=batch, hooks=hooks, loggers=loggers))
        _, seconds, memory = command([ASSAY, "run", "scale.yaml"], place)
        record = json.loads((pathlib.Path(place) / "run" / "run.json").read_text())
    return record["training_seconds"], seconds - record["training_seconds"], memory


def save_npy(path, kind, shape, chunks):
    """A .npy file, version 1.0, of array.array chunks."""
    text = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}"
    text = text.ljust((len(text) + 10) // 64 * 64 + 53) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode())
        for chunk in chunks:
            chunk.tofile(file)


def rows(folder, quick):
    """The time of a step in batches of 64 of 64 numbers each, over more than an epoch of the most rows,
    for a network as the tutorial's and for a tiny one; `npy` is read from a mapped file."""
    steps = 300 if quick else 30_000
    values = random.Random(0)
    chunk = array.array("f", (values.uniform(-1, 1) for _ in range(64 * 1000)))
    for count in (1000, 10_000) if quick else (1000, 10_000, 100_000, 300_000, 1_000_000):
        save_npy(folder / "x.npy", "<f4", f"({count}, 64)", (chunk for _ in range(count // 1000)))
        save_npy(folder / "y.npy", "|u1", f"({count},)",
                 (array.array("B", (i % 10 for i in range(1000))) for _ in range(count // 1000)))
        split = "split: {test: 0.1}"
        for hidden in "100, 100", "32":
            for name, dataset in (
                    ("synthetic", f"{{type: synthetic, rows: {count}, {split}}}"),
                    ("npy", f"{{type: npy, samples: {folder}/x.npy, targets: {folder}/y.npy, {split}}}")):
                training, rest, memory = assay(folder, dataset, hidden=hidden, steps=steps)
                yield f"{name}, {hidden}", count, {
                    "us per step": training / steps * 1e6, "steps/s": steps / training,
                    "start and end s": rest, "peak MiB": memory}


def width(folder, quick):
    """Two hidden layers of this width, batches of 256, the time of a multiplication."""
    for size in (16, 64) if quick else (16, 32, 64, 128, 256, 512, 1024, 2048):
        weights = 64 * size + size * size + size * 10
        steps = max(3, min(3000, int(2e11 / (6 * weights * 256)) // (20 if quick else 1)))
        training, rest, memory = assay(
            folder, "{type: synthetic, rows: 10000}", hidden=f"{size}, {size}", steps=steps, batch=256)
        # Forward, gradient of the weights, gradient of what the layer took.
        multiplications = (3 * weights - 64 * size) * 256 * steps
        yield "mlp", size, {"ps per multiplication": training / multiplications * 1e12,
                            "GFLOP/s": 2 * multiplications / training / 1e9, "steps/s": steps / training,
                            "start and end s": rest, "peak MiB": memory}


def hooks(folder, quick):
    """Scalars of a small test split at every step, to TensorBoard: what the hooks after the first cost."""
    steps = 100 if quick else 1000
    data = "{type: synthetic, rows: 200, split: {test: 0.5}}"
    first = None
    for count in (1, 100) if quick else (1, 10, 30, 100, 300, 1000):
        lines = "".join(f"\n  h{i}: {{type: scalar, tag: tag {i}, value: test.{value}, every: 1}}"
                        for i, value in zip(range(count), ["loss", "accuracy"] * count))
        training, rest, memory = assay(folder, data, hidden="8", steps=steps, batch=32, hooks=lines,
                                       loggers="tensorboard")
        first = first or training
        cost = (training - first) / steps / (count - 1) if count > 1 else math.nan
        yield "scalar", count, {"ns per hook and step": cost * 1e9, "us per step": training / steps * 1e6,
                                "start and end s": rest, "peak MiB": memory}


def tags(folder, quick):
    """Scalars to TensorBoard's file, turn by turn to all tags."""
    scalars = 200_000 if quick else 5_000_000
    for count in (1, 100) if quick else (1, 10, 100, 1000, 10_000):
        output, _, memory = command([BENCH_LOG, "--tags", str(count), "--scalars", str(scalars)], folder)
        figures = json.loads(output)
        yield "tensorboard", count, {
            "ns per scalar to disk": 1e9 / figures["scalars_per_second"],
            "scalars/s": figures["scalars_per_second"],
            "ns of training": figures["nanoseconds_per_scalar"]["median"], "peak MiB": memory}


def show(value):
    if math.isnan(value):
        return "-"
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def table(name, lines):
    """Prints the lines as they come; returns them. The first figure is the cost."""
    series, found = {}, []
    for kind, size, figures in lines:
        if not found:
            print(f"{'':<12} {name:>10}" + "".join(f" {title:>22}" for title in figures))
        cost = next(iter(figures.values()))
        before = series.get(kind)
        bend = f"  bends: {cost / before:.1f} times the cost" if before and cost > BEND * before > 0 else ""
        series[kind] = cost
        print(f"{kind:<12} {size:>10,}" + "".join(f" {show(v):>22}" for v in figures.values()) + bend, flush=True)
        found.append({"kind": kind, name: size, **figures})
    return found


def repeated(measure, folder, quick, runs):
    """The medians of several runs of one measurement, line by line."""
    turns = [list(measure(folder, quick)) for _ in range(runs)]
    for lines in zip(*turns):
        kind, size, first = lines[0]
        yield kind, size, {title: statistics.median(figures[title] for _, _, figures in lines) for title in first}


def main():
    measures = {"rows": rows, "width": width, "hooks": hooks, "tags": tags}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="rows|width|hooks|tags", help="which tables; all by default")
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that it works")
    parser.add_argument("--runs", type=int, default=3, help="medians of so many (default 3)")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(measures):
        parser.error(f"no table {', '.join(sorted(unknown))}")
    subprocess.run(["ninja", "-C", ROOT / "build", "program", "bench/bench_log"], check=True,
                   stdout=subprocess.DEVNULL)
    results = {}
    for name in arguments.names or measures:
        print(f"\n{measures[name].__doc__}")
        with tempfile.TemporaryDirectory(prefix="assay-scale-") as folder:
            runs = 1 if arguments.quick else arguments.runs
            results[name] = table(name, repeated(measures[name], pathlib.Path(folder), arguments.quick, runs))
    path = ROOT / "build" / "scale.json"
    path.write_text(json.dumps(results, indent=2) + "\n")
    print(f"\nwritten to {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
