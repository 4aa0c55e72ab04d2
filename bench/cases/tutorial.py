"""The whole tutorial, from the start of the process to its exit."""

import programs
from case import SECONDS, Case


def case(quick):
    steps = 20 if quick else 3000
    config = programs.ROOT / "configs" / "digits.yaml"

    def show(result):
        return {"figure": result["seconds"], "megabytes": result["megabytes"]}

    return Case(
        "tutorial", "the whole tutorial, start to exit, with scalars and 8 pictures", SECONDS,
        "JAX, Flax, tf.summary, matplotlib",
        {
            "Assay": lambda: show(
                programs.process(programs.ASSAY, "run", config, "run_dir=run", f"train.epochs={steps}")),
            "JAX, Flax, tf.summary, matplotlib": lambda: show(
                programs.process(programs.PYTHON, programs.BENCH / "peers" / "tutorial.py",
                                 "events", steps)),
        })
