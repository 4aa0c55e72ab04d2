"""Three sizes of work beside other programs that use all they can get of the machine, with all cores and on
one. Run with `--only neighbours`: it takes an hour."""

import contextlib
import os
import subprocess
import sys

import programs
from case import SECONDS, Case
from cases import trained, training, wide

TINY_FLOPS = trained.flops([64, 8, 10], rows=100)
SIZES = {  # the work, its steps, and what it is
    "tiny": (20000, TINY_FLOPS, "steps of 64-8-10, batches of 100"),
    "training": (3000, training.FLOPS, "steps of the tutorial, the test loss after each"),
    "wide": (128, wide.FLOPS, "steps of 784-1024-1024-10, batches of 256"),
}


@contextlib.contextmanager
def beside(neighbours, pinned):
    """So many programs that never rest, and one core for all where `pinned`."""
    cores = os.sched_getaffinity(0)
    spinning = []
    try:
        if pinned:
            os.sched_setaffinity(0, {min(cores)})
        for _ in range(neighbours):
            spinning.append(subprocess.Popen([sys.executable, "-I", "-S", "-c", "while True: pass"]))
        yield
    finally:
        for process in spinning:
            process.kill()
            process.wait()
        os.sched_setaffinity(0, cores)


def case(quick, size, neighbours, pinned):
    steps, flops, what = SIZES[size]
    steps = 4 if quick else steps

    def placed(run):
        def placed_run():
            with beside(neighbours, pinned):
                return run()

        return placed_run

    def assay(*arguments):
        def run():
            record = programs.assay(f"{size}.yaml", f"train.steps={steps}", *arguments)
            return {"figure": record["training_seconds"], "threads": record.get("mean_threads")}

        return run

    found = {"Assay": assay()}
    found |= {f"Assay, threads={n}": assay(f"threads={n}") for n in (1, 2, 4)}
    peers = trained.all_programs(size, steps, flops, lambda seconds: seconds)
    found |= {name: peers[name] for name in ("JAX, lax.scan", "JAX, jitted loop", "PyTorch")}
    place = "on one core" if pinned else "on all cores"
    return Case(f"neighbours {size} {neighbours}{' pinned' if pinned else ''}",
                f"{steps} {what}, beside {neighbours} spinning, {place}", SECONDS, "JAX, lax.scan",
                {name: placed(run) for name, run in found.items()}, on_request=True)


def cases(quick):
    return [case(quick, size, neighbours, pinned)
            for pinned in (False, True) for size in SIZES for neighbours in (0, 1, 2)]
