"""System calls of a run with checkpoints fail, once and from some call on. The same command again, on a sound system,
gives the run that would have been, or says why not."""

import errno
import itertools
import json
import os
import pathlib
import shutil
import unittest

import program
from taken_up import checkpoints, lines, state

FAIL_CALL = program.BUILD / "tests" / "end_to_end" / "fail_call.so"
CONFIG = """
name: small
seed: 3
run_dir: run
resume: true
dataset: {type: synthetic, rows: 60, shape: [4], classes: 3, split: {test: 0.2}}
model: {type: mlp, hidden: [5]}
loss: softmax_cross_entropy
optimizer: {type: adam, learning_rate: {type: cosine, init_value: 0.01}}
train: {steps: 6, batch_size: 16}
threads: 1
checkpoints: {every: 2, every_seconds: never, keep: 2}
hooks:
  batch: {type: scalar, tag: batch, value: batch.loss, every: 1}
  test: {type: scalar, tag: test, value: test.loss, every: 4, at_end: true}
loggers: [jsonl, tensorboard]
"""
STEPS = 6
SHORT_WRITE = 0
FAULTS = (  # the call, its errors, and whether all later ones fail with them, too
    ("write", (errno.ENOSPC, errno.EIO, errno.EINTR, SHORT_WRITE), False),
    ("write", (errno.ENOSPC, errno.EIO, SHORT_WRITE), True),
    ("fsync", (errno.EIO, errno.ENOSPC, errno.EINTR), False),
    ("fsync", (errno.EIO,), True),
    ("rename", (errno.ENOSPC, errno.EIO), False),
    ("rename", (errno.ENOSPC,), True),
    ("open", (errno.ENOSPC, errno.EIO, errno.EINTR), False),
    ("open", (errno.EIO,), True),
)


@unittest.skipIf(program.EMULATOR, "nothing can be preloaded into an emulated program")
class CheckpointFaults(unittest.TestCase):
    EVERY = 9  # each so many-th call of a kind fails in a run of its own; torture.py takes all

    def setUp(self):
        folder = program.temporary_folder()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "small.yaml").write_text(CONFIG)
        self.run_folder = self.folder / "run"
        self.again()
        self.whole = self.run_folder.rename(self.folder / "whole")

    def again(self):
        """The command without faults."""
        process = program.assay("run", "small.yaml", folder=self.folder)
        self.assertEqual((process.returncode, process.stderr), (program.DONE, ""))
        return process

    def faulty(self, call, error, for_ever, at):
        """The command with faults: the process, and whether any call was made to fail."""
        told = self.folder / "told"
        told.unlink(missing_ok=True)
        process = program.assay(
            "run", "small.yaml", folder=self.folder, start_new_session=True,
            env={**os.environ, "LD_PRELOAD": str(FAIL_CALL), "FAIL_FOLDER": str(self.run_folder), "FAIL_CALL": call,
                 "FAIL_AT": str(at), "FAIL_ERROR": str(error), "FAIL_TOLD": str(told),
                 **({"FAIL_EVER": "1"} if for_ever else {})})
        return process, told.exists()

    def judge(self, process, error):
        self.assertIn(process.returncode, (program.DONE, program.RUN_FAILED, program.PARTLY_FAILED), process.stderr)
        if process.returncode == program.DONE:
            self.assertEqual(process.stderr, "")
        else:
            self.assertRegex(process.stderr, r"assay: error: .*run\b")
        again = program.assay("run", "small.yaml", folder=self.folder)
        if again.returncode != program.DONE:
            # Only where the run has told before that something is lost.
            self.assertNotEqual(process.returncode, program.DONE)
            self.assertIn(again.returncode, (program.RUN_FAILED, program.PARTLY_FAILED), again.stderr)
            self.assertRegex(again.stderr, "assay: error: .*run/")
            return
        record, expected = program.record(self.run_folder), program.record(self.whole)
        self.assertEqual(record["weights_digest"], expected["weights_digest"])
        self.assertEqual(record["steps"], STEPS)
        if STEPS in checkpoints(self.run_folder) and not record["failures"]:
            self.assertEqual(state(self.run_folder, STEPS), state(self.whole, STEPS))
            self.assertEqual(lines(self.run_folder), lines(self.whole))
        if not record["failures"]:
            verified = program.assay("verify", "run", folder=self.folder)
            self.assertEqual(verified.returncode, program.DONE, verified.stdout + verified.stderr)

    def each_fault(self, begin):
        """Lets calls fail in turn. `begin` makes the folder as it is before."""
        for call, errors, for_ever in FAULTS:
            for error in errors:
                for at in itertools.count(1, self.EVERY):
                    begin()
                    process, failed = self.faulty(call, error, for_ever, at)
                    if not failed:
                        break
                    with self.subTest(call=call, at=at, error=os.strerror(error) if error else "short",
                                      for_ever=for_ever):
                        self.judge(process, error)
                        self.count += 1

    count = 0

    def test_a_new_run(self):
        self.each_fault(lambda: shutil.rmtree(self.run_folder, ignore_errors=True))
        print(self.count, "runs with faults")
        self.assertGreater(self.count, 50)

    def test_a_run_that_is_taken_up(self):
        """As it was when it had been killed after step 4."""
        killed = self.folder / "killed"
        shutil.copytree(self.whole, killed)
        record = json.loads((killed / "run.json").read_text())
        record.update(state="running", steps=5)
        program.write_record(killed, record)
        (killed / "checkpoints" / f"step_{STEPS}.safetensors").unlink()

        def begin():
            shutil.rmtree(self.run_folder, ignore_errors=True)
            shutil.copytree(killed, self.run_folder)
        self.each_fault(begin)
        print(self.count, "runs with faults")
        self.assertGreater(self.count, 30)


if __name__ == "__main__":
    unittest.main(verbosity=2)
