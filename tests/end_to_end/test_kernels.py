"""Every set of kernels that this CPU has, through the whole program: they give the losses of JAX and of
each other up to rounding, and `assay --version` and run.json say which one it was.

Only the first steps are compared: later ones are chaotic (see tests/reference/README.md).
"""

import csv
import re
import unittest

import metrics
import program

STEPS = 5
SETS = ["generic", "avx2", "avx512"]


def version(*options):
    """The kernels that `assay --version` names, and the best that it says this CPU has."""
    with program.temporary_folder() as folder:
        process = program.assay(*options, "--version", folder=folder)
    match = re.fullmatch(r"assay \S+ \(SDK \S+, (\w+) kernels; this CPU has (\w+)\)\nplugins: .+\n",
                         process.stdout)
    assert match, (process.stdout, process.stderr)
    return match.groups()


def available():
    return SETS[: SETS.index(version()[1]) + 1]


def first_steps(*options):
    """The test losses of the tutorial's first steps, and run.json."""
    with program.temporary_folder() as folder:
        process = program.assay(
            *options, "run", program.CONFIGS / "digits.yaml", f"train.epochs={STEPS}", "loggers=[jsonl]",
            "run_dir=run", folder=folder)
        assert process.returncode == program.DONE, process.stdout + process.stderr
        run = program.pathlib.Path(folder) / "run"
        return [value for _, _, value in metrics.scalars(run)["Loss"]], program.record(run)


def deviation(losses, reference):
    return max(abs(loss / expected - 1) for loss, expected in zip(losses, reference, strict=True))


class Kernels(unittest.TestCase):
    def test_all_sets_give_the_same_losses(self):
        with open(program.REFERENCE / "curve.csv", encoding="utf-8") as file:
            jax = [float(row["test_loss_f32"]) for row in csv.DictReader(file)][:STEPS]
        runs = {name: first_steps("--kernels", name) for name in available()}
        generic, _ = runs["generic"]
        for name, (losses, record) in runs.items():
            print(f"{name}: losses of steps 1 to {STEPS} differ by {deviation(losses, jax):.1e} from "
                  f"JAX's, by {deviation(losses, generic):.1e} from the generic kernels'")
            self.assertLess(deviation(losses, jax), 1e-5)
            self.assertLess(deviation(losses, generic), 1e-5)
            self.assertEqual(record["kernels"], name)
        # With fused multiply-add the last bits are others: so it was not the same code each time.
        for name in runs.keys() - {"generic"}:
            self.assertNotEqual(runs[name][1]["weights_digest"], runs["generic"][1]["weights_digest"])

    def test_the_best_are_used_unless_told_otherwise(self):
        best = available()[-1]
        self.assertEqual(version(), (best, best))
        self.assertEqual(first_steps()[1]["kernels"], best)
        for name in available():
            self.assertEqual(version("--kernels", name), (name, best))

    def test_a_set_that_is_none(self):
        with program.temporary_folder() as folder:
            process = program.assay("--kernels", "sse", "--version", folder=folder)
        self.assertEqual(process.returncode, program.USAGE_ERROR)
        self.assertIn("--kernels: expected generic or avx2 or avx512, found 'sse'", process.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
