"""Dataset `synthetic`: it can be learned, it is the same every time, and a data set larger than the
limit for copies is trained on without ever being in memory as a whole."""

import os
import pathlib
import subprocess
import unittest

import metrics
import program

CONFIG = """
dataset: {type: synthetic, rows: 4000, split: {test: 0.25}}
model: {type: mlp, hidden: [32]}
loss: softmax_cross_entropy
optimizer: {type: adam, learning_rate: 0.01}
train: {steps: 100, batch_size: 64}
hooks:
  accuracy: {type: scalar, tag: accuracy, value: test.accuracy, at: [0, 100]}
loggers: [jsonl]
"""


class Synthetic(unittest.TestCase):
    def setUp(self):
        temporary = program.temporary_folder()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        (self.folder / "c.yaml").write_text(CONFIG)

    def run_assay(self, *overrides):
        number = len(list(self.folder.glob("run*")))
        program.run("c.yaml", *overrides, folder=self.folder).rename(self.folder / f"run{number}")
        return self.folder / f"run{number}"

    def test_it_is_learned(self):
        (_, _, before), (_, _, after) = metrics.scalars(self.run_assay())["accuracy"]
        print(f"accuracy {before} before, {after} after 100 steps")
        self.assertLess(before, 0.4)
        self.assertGreater(after, 0.9)

    def test_noise_makes_it_harder(self):
        noisy = metrics.scalars(self.run_assay("dataset.noise=6"))["accuracy"][-1][2]
        print(f"accuracy {noisy} with a noise of 6")
        self.assertGreater(noisy, 0.2)
        self.assertLess(noisy, 0.9)

    def test_a_seed_repeats_it(self):
        def digest(*overrides):
            return program.record(self.run_assay("train.steps=5", *overrides))["weights_digest"]

        first = digest()
        self.assertEqual(digest("threads=3"), first)
        self.assertNotEqual(digest("dataset.seed=1"), first)

    def test_memory_stays_bounded(self):
        """1.5 million training rows of 1 KiB are 1.4 GiB; only their numbers and classes are kept."""
        process = subprocess.Popen(
            [program.ASSAY, "run", "c.yaml", "dataset.rows=2000000", "dataset.shape=[256]",
             "train.steps=20", "hooks={}", "run_dir=large"],
            cwd=self.folder, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        print(f"{usage.ru_maxrss / 1024:.0f} MiB at the most")
        self.assertEqual(process.returncode, program.DONE)
        self.assertLess(usage.ru_maxrss / 1024, 200)


if __name__ == "__main__":
    unittest.main(verbosity=2)
