"""Many runs from one command."""

import programs
from case import SECONDS, Case

HYDRA = (programs.PYTHON, programs.BENCH / "peers" / "hydra_nothing.py")
ONE_STEP = programs.BENCH / "configs" / "one_step.yaml"
TRAINING = programs.BENCH / "configs" / "training.yaml"


def seconds(*command):
    return lambda: {"figure": programs.process(*command)["seconds"]}


def batch(config, runs, jobs, *settings):
    return seconds(programs.ASSAY, "batch", config, f"seed=range(0,{runs})", "-j", str(jobs), "--dir", "batch",
                   *settings)


def short_runs(quick):
    """The cost of a batch beyond its runs."""
    runs = 3 if quick else 100
    cores = programs.cores()

    def one_by_one():
        return {"figure": sum(programs.process(programs.ASSAY, "run", ONE_STEP)["seconds"] for _ in range(runs))}

    sweep = ("-m", f"+x=range(0,{runs})")
    joblib = ("hydra/launcher=joblib", f"hydra.launcher.n_jobs={cores}")
    return Case("batch of short runs", f"{runs} runs from one command", SECONDS, "Hydra -m, runs that do nothing",
                {
                    f"Assay, batch -j {cores}, runs of one step": batch(ONE_STEP, runs, cores),
                    "Assay, batch -j 1, runs of one step": batch(ONE_STEP, runs, 1),
                    "Assay, runs of one step, a command each": one_by_one,
                    "Hydra -m, runs that do nothing": seconds(*HYDRA, *sweep),
                    f"Hydra -m, joblib on {cores}, runs that do nothing": seconds(*HYDRA, *sweep, *joblib),
                })


def seeds(quick):
    """The tutorial's steps with other initial weights."""
    runs, steps = (2, 3) if quick else (20, 300)
    cores = programs.cores()

    def jax():
        answer = programs.peer("jax_seeds.py", str(runs), "training", str(steps))
        return {"figure": answer["seconds"], "loss": answer["loss"]}

    length = f"train.steps={steps}"
    return Case("batch of seeds", f"{runs} seeds of {steps} steps of the tutorial", SECONDS, "JAX, vmap over the seeds",
                {
                    f"Assay, batch -j {cores}": batch(TRAINING, runs, cores, length),
                    "Assay, batch -j 1": batch(TRAINING, runs, 1, length),
                    "JAX, vmap over the seeds": jax,
                })


def cases(quick):
    return [short_runs(quick), seeds(quick)]
