"""Processes that do next to nothing."""

import statistics

import programs
from case import MILLISECONDS, SECONDS, Case

HYDRA = (programs.PYTHON, programs.BENCH / "peers" / "hydra_nothing.py")
ASSAY_RUN = (programs.ASSAY, "run", programs.BENCH / "configs" / "one_step.yaml")


def cases(quick):
    def milliseconds(times, *command):
        def run():
            seconds = [programs.process(*command)["seconds"] for _ in range(1 if quick else times)]
            return {"figure": statistics.median(seconds) * 1e3}

        return run

    runs = 3 if quick else 100

    def one_by_one():
        return {"figure": sum(programs.process(*ASSAY_RUN)["seconds"] for _ in range(runs))}

    def multirun():
        return {"figure": programs.process(*HYDRA, "-m", f"+x=range(0,{runs})")["seconds"]}

    return [
        Case("start-up", "start to exit", MILLISECONDS, "Hydra, a run that does nothing",
             {
                 "Assay, a run of one step, all loggers": milliseconds(20, *ASSAY_RUN),
                 "Assay, --help": milliseconds(20, programs.ASSAY, "--help"),
                 "Hydra, a run that does nothing": milliseconds(3, *HYDRA),
             }),
        Case("runs", f"{runs} runs one after the other", SECONDS, "Hydra -m, runs that do nothing",
             {
                 "Assay, runs of one step, a process each": one_by_one,
                 "Hydra -m, runs that do nothing": multirun,
             }),
    ]
