"""Predictions of a trained network for many rows."""

import atexit
import functools
import pathlib

import programs
from case import SECONDS, Case


@functools.cache
def trained(rows):
    """A folder with a run of the tutorial's network, after one step, and samples to predict. It goes away at the
    end of the process."""
    import numpy  # which --help and the other cases do without
    folder = programs.folder()
    atexit.register(folder.cleanup)
    path = pathlib.Path(folder.name)
    programs.process(programs.ASSAY, "run", programs.ROOT / "configs" / "digits.yaml", f"run_dir={path / 'run'}",
                     "train.epochs=1", "hooks={}", "loggers=[]")
    samples = numpy.random.default_rng(0).integers(0, 17, (rows, 8, 8), dtype=numpy.uint8)
    numpy.save(path / "samples.npy", samples.astype(numpy.float32))
    return path


def case(quick):
    rows = 1000 if quick else 1_000_000

    def assay(suffix):
        def run():
            folder = trained(rows)
            seconds = programs.process(programs.ASSAY, "predict", folder / "run",
                                       f"dataset={{type: npy, samples: {folder / 'samples.npy'}}}",
                                       "--output", folder / f"predictions.{suffix}")["seconds"]
            return {"figure": seconds, "bytes": (folder / f"predictions.{suffix}").stat().st_size}

        return run

    def sklearn():
        answer = programs.peer("sklearn_predict.py", trained(rows) / "samples.npy")
        return {"figure": answer["seconds"], "bytes": answer["bytes"]}

    return Case("predict", f"{rows:,} rows of 64-100-100-10", SECONDS, "scikit-learn, npy",
                {"Assay, npy": assay("npy"), "Assay, csv": assay("csv"), "Assay, jsonl": assay("jsonl"),
                 "scikit-learn, npy": sklearn})
