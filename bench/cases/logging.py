"""Scalars to TensorBoard's event files, from the first to the closed file."""

import programs
from case import Case, per_second


def case(quick):
    def show(answer):
        return {"figure": answer["rate"]}

    return Case(
        "logging", "scalars to event files", per_second("scalars"), "tensorboardX",
        {
            "Assay": lambda: {"figure": programs.built("bench_log")["scalars_per_second"]},
            "tensorboardX": lambda: show(
                programs.peer("tensorboardx_scalars.py", 100 if quick else 30_000)),
            "tf.summary": lambda: show(programs.peer("tf_scalars.py", 100 if quick else 6_000)),
        })
