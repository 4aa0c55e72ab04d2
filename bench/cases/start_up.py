"""Processes that do next to nothing."""

import statistics

import programs
from case import MILLISECONDS, Case

HYDRA = (programs.PYTHON, programs.BENCH / "peers" / "hydra_nothing.py")
ASSAY_RUN = (programs.ASSAY, "run", programs.BENCH / "configs" / "one_step.yaml")


def case(quick):
    def milliseconds(times, *command):
        def run():
            seconds = [programs.process(*command)["seconds"] for _ in range(1 if quick else times)]
            return {"figure": statistics.median(seconds) * 1e3}

        return run

    return Case("start-up", "start to exit", MILLISECONDS, "Hydra, a run that does nothing",
                {
                    "Assay, a run of one step, all loggers": milliseconds(20, *ASSAY_RUN),
                    "Assay, --help": milliseconds(20, programs.ASSAY, "--help"),
                    "Hydra, a run that does nothing": milliseconds(3, *HYDRA),
                })
