"""Ends runs at random moments, and lets their system calls fail, for as long as asked: `./dev torture`.

    torture.py [--rounds N | --seconds N]

A round kills runs 200 times, stops them by signals 100 times, and lets every system call of a run with checkpoints fail in
turn. Each time the run is taken up and compared with one that nothing happened to. It also kills batches, their runs and
their workers, 50 times each, and a batch of 500 runs 10 times, and turns over bits of files. Without arguments there is
one round. With --seconds there are rounds of 20 kills and 10 signals and nothing else, until the time is over.
"""

import argparse
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import time
import unittest

import program
import test_batch
import test_checkpoint_faults
import test_resume


class Ended(test_resume.Runs):
    seed = 0
    kills = 200
    signals = 100

    def test_kills(self):
        self.kill(self.kills, self.seed)

    def test_signals(self):
        self.signal(self.signals, self.seed)


class EveryFault(test_checkpoint_faults.CheckpointFaults):
    EVERY = 1


class Damage(unittest.TestCase):
    """Turns over 10,000 bits of each file of a run that has its checksum in another file."""

    def test_bits(self):
        test = program.BUILD / "tests" / "verify" / "test_verify"
        subprocess.run([str(test), "--run_test=run_files/a_bit_turned_over_anywhere_is_found"], check=True,
                       env={**os.environ, "ASSAY_TEST_FLIPS": "10000"})


class Batches(test_batch.Batch):
    """Kills batches, their runs or their workers at random moments, and takes them up until all runs are done. Then each
    run was done once, its folder is whole, and the table is that of a batch that nothing happened to."""

    kills = 50
    large_kills = 10
    FEW = ["train.epochs=150", "~hooks.training_data", "~hooks.test_sheet", "loggers=[jsonl]", "checkpoints.every=20",
           "seed=range(0,6)"]
    MANY = [*test_batch.SHORT, "seed=range(0,500)"]

    def undisturbed(self, settings):
        """Returns the table of such a batch, and how long it took."""
        start = time.monotonic()
        self.batch(*settings, "--dir", "undisturbed", short=False)
        seconds = time.monotonic() - start
        table = (self.folder / "undisturbed" / "table.csv").read_bytes()
        # Finished runs of a batch beside another would be taken over.
        shutil.rmtree(self.folder / "undisturbed")
        return table, seconds

    def check(self, name, table):
        folder = self.folder / name
        self.assertEqual((folder / "table.csv").read_bytes(), table)
        plans = sorted(plan.stem for plan in (folder / "plans").iterdir())
        self.assertEqual(sorted(run.name for run in (folder / "runs").iterdir()), plans)
        for plan in plans:
            # One that is killed once its record is written prints nothing, and is not run again.
            self.assertLessEqual((folder / "logs" / f"{plan}.txt").read_text().count("\nfinished after "), 1, plan)
            self.assertEqual(program.record(folder / "runs" / plan)["state"], "finished", plan)
        for plan in plans:
            verified = program.assay("verify", folder / "runs" / plan, folder=self.folder)
            self.assertEqual(verified.returncode, program.DONE, verified.stdout)

    def end(self, kills, settings, begin, victims):
        """Begins batches by begin(name, again) and kills what victims(process) lists, so many times in all."""
        drawn = random.Random(f"{Ended.seed} {self.id()}")
        table, seconds = self.undisturbed(settings)
        number = 0
        while kills > 0:
            name = f"{number}/b"  # a folder for each, so that none finds the runs of another
            number += 1
            again = False
            while True:
                process = begin(name, again)
                again = True
                patience = time.monotonic() + drawn.uniform(0, seconds)
                while time.monotonic() < patience and process.poll() is None:
                    time.sleep(0.005)
                alive = victims(process) if kills > 0 and process.poll() is None else []
                if alive:
                    try:
                        os.kill(drawn.choice(alive), signal.SIGKILL)
                        kills -= 1
                    except ProcessLookupError:
                        pass
                output, errors = process.communicate(timeout=600)
                test_batch.wait_until(lambda: test_batch.processes_of(f"{self.folder}/{number - 1}/") == [])
                if not alive:
                    self.assertEqual(process.returncode, program.DONE, output + errors)
                    break
            self.check(name, table)

    def start_batch(self, settings):
        def begin(name, again):
            if again and (self.folder / name / "batch.json").exists():
                return self.start("--resume", name, "--rerun-failed")
            return self.start(program.CONFIGS / "digits.yaml", *settings, "--dir", name, "-j", 2)
        return begin

    def test_batches(self):
        self.end(self.kills, self.FEW, self.start_batch(self.FEW), lambda process: [process.pid])

    def test_runs(self):
        self.end(self.kills, self.FEW, self.start_batch(self.FEW),
                 lambda process: test_batch.processes_of(f"run\0{self.folder}"))

    def test_workers(self):
        """Two workers that somebody started; the batch is begun without them."""
        def begin(name, again):
            if not again:
                began = self.start(program.CONFIGS / "digits.yaml", *self.FEW, "--dir", name, "-j", 2)
                test_batch.wait_until(lambda: (self.folder / name / "batch.json").exists())
                began.send_signal(signal.SIGINT)
                began.communicate()
            command = f"{program.ASSAY} work {name} & {program.ASSAY} work {name} & wait; exec {program.ASSAY} batch --resume {name} --rerun-failed"
            return subprocess.Popen(["sh", "-c", command], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                    text=True)
        self.end(self.kills, self.FEW, begin, lambda process: test_batch.processes_of("work\0"))

    def test_many_runs(self):
        self.end(self.large_kills, self.MANY, self.start_batch(self.MANY), lambda process: [process.pid])


def play(*cases):
    """A round; returns the number of tests that failed."""
    suite = unittest.TestSuite(map(unittest.defaultTestLoader.loadTestsFromTestCase, cases))
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    return len(result.failures) + len(result.errors)


def main():
    parser = argparse.ArgumentParser(prog="./dev torture", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    how_long = parser.add_mutually_exclusive_group()
    how_long.add_argument("--rounds", type=int, default=1)
    how_long.add_argument("--seconds", type=float)
    arguments = parser.parse_args()
    end = time.monotonic() + arguments.seconds if arguments.seconds else None
    failed = 0
    while failed == 0 and (time.monotonic() < end if end else Ended.seed < arguments.rounds):
        Ended.seed += 1
        if end:
            Ended.kills, Ended.signals = 20, 10
            failed = play(Ended)
        else:
            failed = play(Ended, EveryFault, Damage, Batches)
    print(f"{Ended.seed} rounds: {Ended.seed * Ended.kills} kills and {Ended.seed * Ended.signals} signals")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
