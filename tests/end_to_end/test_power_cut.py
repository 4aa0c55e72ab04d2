"""The power is cut at each call of fsync of a run in turn: the same command again gives the run that would have been,
from the last checkpoint that was there."""

import itertools
import os
import pathlib
import shutil
import unittest

import program
from taken_up import assert_same, checkpoints

CUT_POWER = program.BUILD / "tests" / "end_to_end" / "cut_power.so"
CUT = 137
STEPS = 6
CONFIG = """
extends: base.yaml
name: small
run_dir: run
resume: true
train: {steps: 6, batch_size: 16}
checkpoints: {every: 2, every_seconds: never, keep: 2}
hooks:
  batch: {type: scalar, tag: batch, value: batch.loss, every: 1}
  test: {type: scalar, tag: test, value: test.loss, every: 4, at_end: true}
  sheet: {type: image, tag: sheet, renderer: test_sheet, every: 3, save: [png]}
loggers: [jsonl, tensorboard]
"""
BASE = """
seed: 3
dataset: {type: digits, split: {test: 0.25, seed: 0}}
model: {type: mlp, hidden: [5]}
loss: softmax_cross_entropy
optimizer: {type: adam, learning_rate: {type: cosine, init_value: 0.01}}
threads: 1
"""


@unittest.skipIf(program.EMULATOR, "nothing can be preloaded into an emulated program")
class PowerCut(unittest.TestCase):
    def test_each_moment(self):
        with program.temporary_folder() as name:
            folder = pathlib.Path(name)
            (folder / "small.yaml").write_text(CONFIG)
            (folder / "base.yaml").write_text(BASE)
            run = folder / "run"
            process = program.assay("run", "small.yaml", folder=folder)
            self.assertEqual((process.returncode, process.stderr), (program.DONE, ""))
            whole = run.rename(folder / "whole")
            after_a_checkpoint = 0
            for at in itertools.count(1):
                process = program.assay("run", "small.yaml", folder=folder, env={
                    **os.environ, "LD_PRELOAD": str(CUT_POWER), "CUT_FOLDER": str(run), "CUT_AT": str(at)})
                if process.returncode != CUT:
                    break
                found = checkpoints(run)
                with self.subTest(fsync=at, checkpoints=found):
                    again = program.assay("run", "small.yaml", folder=folder)
                    self.assertEqual(again.returncode, program.DONE, again.stderr)
                    assert_same(self, run, whole)
                    if len(found) > 1:
                        after_a_checkpoint += 1
                        self.assertRegex(again.stdout, "goes on after step [246]|is finished after 6 steps")
                shutil.rmtree(run)
            self.assertEqual((process.returncode, process.stderr), (program.DONE, ""))
            self.assertGreater(after_a_checkpoint, 5)


if __name__ == "__main__":
    unittest.main(verbosity=2)
