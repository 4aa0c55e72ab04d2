"""Transforms of samples, as a person uses them: standardized digits give the same weights with any number of threads,
and those of rows that NumPy standardized beforehand."""

import pathlib
import unittest

import numpy

import metrics
import program
from test_npy import digits

CONFIG = """
seed: 3
dataset: {type: npy, samples: x.npy, targets: y.npy, split: {test: 0.25, seed: 1}}
model: {type: mlp, hidden: [16], activation: tanh}
loss: softmax_cross_entropy
optimizer: {type: sgd, learning_rate: 0.05}
train: {steps: 60, batch_size: 100, lanes: 6, block_rows: 16}
hooks:
  loss: {type: scalar, tag: loss, value: test.loss, every: 20}
loggers: [jsonl]
"""


class Transforms(unittest.TestCase):
    def setUp(self):
        temporary = program.temporary_folder()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.samples, targets = digits()
        self.samples = self.samples.astype(numpy.float32)
        numpy.save(self.folder / "x.npy", self.samples)
        numpy.save(self.folder / "y.npy", targets.astype(numpy.uint8))
        (self.folder / "c.yaml").write_text(CONFIG)

    def train(self, name, *overrides):
        folder = program.run("c.yaml", *overrides, folder=self.folder)
        return folder.rename(self.folder / name)

    def standardized(self):
        """Returns what scikit-learn's StandardScaler gives, fitted to the training rows."""
        order = numpy.random.RandomState(1).permutation(len(self.samples))
        train = self.samples[order[-(-len(order) // 4):]].astype(numpy.float64)
        deviation = train.std(axis=0)
        deviation[deviation == 0] = 1
        return ((self.samples - train.mean(axis=0)) / deviation).astype(numpy.float32)

    def test_any_number_of_threads_gives_the_same_bits(self):
        runs = [self.train(f"threads{n}", "transforms=[standardize]", f"threads={n}") for n in (1, 2, 3)]
        digests = [program.record(run)["weights_digest"] for run in runs]
        self.assertEqual(digests, digests[:1] * 3)
        losses = [[value for _, _, value in metrics.scalars(run)["loss"]] for run in runs]
        self.assertEqual(losses, losses[:1] * 3)
        plain = self.train("plain")
        self.assertNotEqual(program.record(plain)["weights_digest"], digests[0])

    def test_rows_may_as_well_be_standardized_beforehand(self):
        ours = self.train("ours", "transforms=[standardize]")
        numpy.save(self.folder / "x.npy", self.standardized())
        theirs = self.train("theirs")
        (one,), (other,) = (list(run.glob("checkpoints/*.safetensors")) for run in (ours, theirs))
        weights, expected = program.weights(one), program.weights(other)
        worst = max(numpy.abs(weights[name] - expected[name]).max() for name in expected)
        print(f"the weights differ by {worst:.1e}")
        self.assertLess(worst, 1e-5)
        for (_, _, a), (_, _, b) in zip(metrics.scalars(ours)["loss"], metrics.scalars(theirs)["loss"], strict=True):
            self.assertAlmostEqual(a, b, places=5)

    def test_a_value_that_is_not_finite_is_found_by_the_fit_in_a_large_file(self):
        """The file is too large to be looked at beforehand."""
        samples = numpy.zeros((80_000, 64), numpy.float32)
        samples[77_777, 5] = numpy.nan
        numpy.save(self.folder / "x.npy", samples)
        numpy.save(self.folder / "y.npy", numpy.arange(80_000, dtype=numpy.uint8) % 10)
        whole = "dataset.split=null"
        process = program.assay("check", "c.yaml", whole, "transforms=[standardize]", "hooks={}", folder=self.folder)
        self.assertEqual(process.returncode, program.USAGE_ERROR)
        self.assertIn("c.yaml:3:31: error: dataset.samples: ", process.stderr)
        self.assertIn("x.npy: the sample of row 77777 of the dataset, counted from 0, is NaN in column 5; fix this row "
                      "or leave it out, or set `train.on_nan: ignore` to train anyway\n", process.stderr)
        process = program.assay("check", "c.yaml", whole, "transforms=[standardize]", "hooks={}",
                                "train.on_nan=ignore", folder=self.folder)
        self.assertEqual(process.returncode, program.DONE, process.stderr)

    def test_the_plan_and_the_overview_tell_them(self):
        process = program.assay("check", "c.yaml", "transforms=[standardize]", folder=self.folder)
        self.assertRegex(process.stdout, r"(?m)^  data    npy: 1,347 train, 450 test rows of 8x8, 10 classes; "
                                         r"standardize -> 8x8$")
        run = self.train("run1", "transforms=[standardize]")
        self.assertIn("transforms:\n  standardize:\n    type: standardize\n    with_mean: true\n    with_std: true\n",
                      (run / "plan.yaml").read_text())
        process = program.assay("describe", "run1", folder=self.folder)
        self.assertEqual(process.returncode, program.DONE, process.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
