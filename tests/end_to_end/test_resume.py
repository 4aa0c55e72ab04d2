"""A run that is killed, stopped or damaged goes on as the run that it would have been."""

import json
import pathlib
import random
import re
import shutil
import signal
import subprocess
import time
import unittest

import program
from taken_up import FIXTURES, assert_same, checkpoints
from tensorboard_server import TensorBoard

CONFIG = """
name: small
seed: 3
run_dir: run
dataset: {type: synthetic, rows: 500, shape: [6], classes: 3, split: {test: 0.2, validation: 0.1}}
model: {type: mlp, hidden: [9]}
loss: softmax_cross_entropy
optimizer: {type: adam, learning_rate: {type: cosine, init_value: 0.01}}
train: {steps: 6000, batch_size: 16}
threads: 1
checkpoints: {every: 130, every_seconds: 1, keep: 3}
hooks:
  batch: {type: scalar, tag: batch, value: batch.loss, every: 5}
  epoch: {type: scalar, tag: epoch/loss, value: epoch.loss, every_epoch: 1}
  test: {type: scalar, tag: test, value: test.loss, every: 37, at_end: true}
  rate: {type: scalar, tag: rate, value: optimizer.learning_rate, times: 20}
  asking: {type: asking, every: 211}  # remembers how often it fired, and asks for a checkpoint
loggers: [jsonl, tensorboard]
"""


class Runs(unittest.TestCase):
    """Runs of CONFIG that end early, and what they are compared with."""

    def setUp(self):
        folder = program.temporary_folder()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "small.yaml").write_text(CONFIG)

    def start(self, *arguments):
        process = subprocess.Popen([str(program.ASSAY), *map(str, [*FIXTURES, *arguments])], cwd=self.folder,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        return process

    def resume(self, *arguments, expect=program.DONE):
        process = program.assay(*FIXTURES, "resume", *arguments, folder=self.folder)
        self.assertEqual(process.returncode, expect, process.stdout + process.stderr)
        return process

    def whole(self, *arguments):
        process = program.assay(*FIXTURES, "run", "small.yaml", *arguments, folder=self.folder)
        self.assertEqual(process.returncode, program.DONE, process.stdout + process.stderr)
        return (self.folder / "run").rename(self.folder / "whole")

    def stopped(self, *arguments, after=3, number=signal.SIGTERM):
        """A run that a signal stopped when it had a few checkpoints; its folder is `run`."""
        run = self.folder / "run"
        for _ in range(50):
            process = self.start("run", "small.yaml", *arguments)
            while len(checkpoints(run)) < after and process.poll() is None:
                time.sleep(0.001)
            process.send_signal(number)
            process.communicate(timeout=60)
            if process.returncode != program.DONE:
                return run, process.returncode
            shutil.rmtree(run)  # it was done before the signal came
        self.fail("no run was stopped")

    def assert_same(self, run, whole):
        assert_same(self, run, whole)

    def end_at_any_moment(self, times, end, seed=7):
        """Ends runs at random moments, so many times in all, takes each up until it comes to its end, and compares it."""
        whole = self.whole()
        seconds = program.record(whole)["training_seconds"]
        generator = random.Random(seed)
        run = self.folder / "run"
        ended = 0
        while ended < times:
            process = self.start("run", "small.yaml")
            while not checkpoints(run):
                time.sleep(0.001)
            while ended < times:
                time.sleep(generator.uniform(0, seconds / 6))
                end(process, generator)
                process.communicate()
                if process.returncode == program.DONE:
                    break
                ended += 1
                plan = run / "plan.yaml"
                plan.write_text(re.sub("threads: .", f"threads: {generator.choice([1, 2])}", plan.read_text()))
                process = self.start("resume", "run")
            process.communicate()
            self.assertEqual(process.returncode, program.DONE)
            self.assert_same(run, whole)
            shutil.rmtree(run)

    def kill(self, times, seed=7):
        self.end_at_any_moment(times, lambda process, _: process.kill(), seed)

    def signal(self, times, seed=7):
        """With signals that stop a run, and others before them that ask for checkpoints."""
        def end(process, generator):
            for _ in range(generator.choice([0, 0, 1, 3])):
                process.send_signal(generator.choice([signal.SIGUSR1, signal.SIGUSR2, signal.SIGXCPU]))
                time.sleep(generator.uniform(0, 0.01))
            process.send_signal(generator.choice([signal.SIGINT, signal.SIGTERM, signal.SIGHUP]))

        self.end_at_any_moment(times, end, seed)


class Resume(Runs):
    def test_killed_at_any_moment(self):
        self.kill(12)

    def test_stopped_at_any_moment(self):
        self.signal(6)

    def test_killed_before_the_first_checkpoint(self):
        """There is nothing to go on from then; a config that says `resume` begins anew in its folder."""
        whole = self.whole("resume=true")
        settings = ["small.yaml", "resume=true", "checkpoints.every=null", "checkpoints.every_seconds=never", "train.steps=6000"]
        process = self.start("run", *settings)
        run = self.folder / "run"
        deadline = time.monotonic() + 60
        while not (run / "metrics.jsonl").exists():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.001)
        process.kill()
        process.communicate()
        refused = self.resume("run", expect=program.RUN_FAILED)
        self.assertIn("it has no whole checkpoint to resume from; to run it again: ", refused.stderr)
        again = program.assay(*FIXTURES, "run", *settings, folder=self.folder)
        self.assertEqual(again.returncode, program.DONE, again.stderr)
        self.assertIn("has no checkpoint yet, so it begins anew", again.stdout)
        self.assert_same(run, whole)

    def test_stopped_by_signals(self):
        whole = self.whole()
        for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)):
            with self.subTest(signal=number):
                shutil.rmtree(self.folder / "run", ignore_errors=True)
                run, returned = self.stopped(after=1, number=number)
                self.assertEqual(returned, code)
                step = program.record(run)["steps"]
                self.assertEqual(checkpoints(run)[-1], step)
                self.assertIn(f"goes on after step {step:,}", self.resume("run").stdout)
                self.assert_same(run, whole)

    def test_signals_that_ask_for_a_checkpoint(self):
        process = self.start("run", "small.yaml", "checkpoints.every=null", "checkpoints.every_seconds=never", "train.steps=100000000", "~hooks.asking")
        run = self.folder / "run"
        deadline = time.monotonic() + 60
        while not (run / "metrics.jsonl").exists() or (run / "metrics.jsonl").stat().st_size < 1000:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.002)
        seen = set()
        for number in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGXCPU):
            process.send_signal(number)
            while not set(checkpoints(run)) - seen:
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.01)
            seen |= set(checkpoints(run))
            self.assertIsNone(process.poll())
        process.kill()
        process.communicate()
        self.assertEqual(len(seen), 3)

    def test_a_config_that_says_resume(self):
        whole = self.whole("resume=true")
        run, _ = self.stopped("resume=true")
        step = program.record(run)["steps"]
        again = program.assay(*FIXTURES, "run", "small.yaml", "resume=true", "threads=2", folder=self.folder)
        self.assertEqual(again.returncode, program.DONE, again.stdout + again.stderr)
        self.assertIn(f"goes on after step {step:,}", again.stdout)
        self.assert_same(run, whole)
        finished = program.assay(*FIXTURES, "run", "small.yaml", "resume=true", folder=self.folder)
        self.assertEqual((finished.returncode, finished.stderr), (program.DONE, ""))
        self.assertIn("this run is finished after 6,000 steps, so nothing is left to do", finished.stdout)

    def test_another_plan_is_refused_by_its_keys(self):
        run, _ = self.stopped("resume=true")
        before = (run / "run.json").read_bytes()
        for setting, words in (("seed=4", "seed was 3 and is 4"), ("train.steps=7000", "train.steps was 6000 and is 7000"),
                               ("optimizer={type: sgd, learning_rate: 0.1}", "optimizer.type was adam and is sgd")):
            other = program.assay(*FIXTURES, "run", "small.yaml", "resume=true", setting, folder=self.folder)
            self.assertEqual(other.returncode, program.RUN_FAILED, other.stdout + other.stderr)
            self.assertIn("this run began with another plan: ", other.stderr)
            self.assertIn(words, other.stderr)
        self.assertEqual((run / "run.json").read_bytes(), before)

    def test_another_plugin_is_refused_by_name(self):
        run, _ = self.stopped()
        record = json.loads((run / "run.json").read_text())
        (plugin,) = [p for p in record["plugins"] if p["name"] == "optimizers"]
        plugin["digest"] = "0" * 32
        program.write_record(run, record)
        self.assertIn("another library of the plugin 'optimizers'", self.resume("run", expect=program.RUN_FAILED).stderr)

    def test_damaged_checkpoints_are_named_and_the_one_before_is_used(self):
        whole = self.whole()
        run, _ = self.stopped()
        kept = self.folder / "kept"
        run.rename(kept)
        steps = checkpoints(kept)
        self.assertEqual(len(steps), 3)

        def cut(data):
            return data[:len(data) * 2 // 3]

        def flip(data):
            return data[:-5] + bytes([data[-5] ^ 4]) + data[-4:]

        def in_header(data):
            return data[:40] + bytes([data[40] ^ 1]) + data[41:]

        for damages in ([cut], [flip], [in_header], [lambda data: b""], [flip, cut]):
            with self.subTest(damages=len(damages)):
                shutil.rmtree(run, ignore_errors=True)
                shutil.copytree(kept, run)
                for damage, step in zip(damages, reversed(steps)):
                    path = run / "checkpoints" / f"step_{step}.safetensors"
                    path.write_bytes(damage(path.read_bytes()))
                resumed = self.resume("run")
                used = steps[-1 - len(damages)]
                for step in steps[-len(damages):]:
                    self.assertIn(f"run/checkpoints/step_{step}.safetensors: not a whole safetensors file",
                                  resumed.stderr)
                self.assertIn(f"; the one of step {used:,} is used", resumed.stderr)
                self.assertIn(f"goes on after step {used:,}", resumed.stdout)
                self.assert_same(run, whole)
        shutil.rmtree(run)
        shutil.copytree(kept, run)
        before = (run / "run.json").read_bytes()
        for step in steps:
            path = run / "checkpoints" / f"step_{step}.safetensors"
            path.write_bytes(cut(path.read_bytes()))
        refused = self.resume("run", expect=program.RUN_FAILED).stderr
        for step in steps:
            self.assertIn(f"step_{step}.safetensors: not a whole", refused)
        self.assertIn("it has no whole checkpoint to resume from", refused)
        self.assertEqual((run / "run.json").read_bytes(), before)

    def test_a_checkpoint_is_not_taken_for_that_of_another_step(self):
        whole = self.whole()
        run, _ = self.stopped()
        oldest, middle, newest = checkpoints(run)
        shutil.copy(run / "checkpoints" / f"step_{oldest}.safetensors", run / "checkpoints" / f"step_{newest}.safetensors")
        problem = f"step_{newest}.safetensors: it is the state of step {oldest}, not of step {newest} as its name says"
        verified = program.assay(*FIXTURES, "verify", "run", folder=self.folder)
        self.assertIn(f"damaged: it is the state of step {oldest}, not of step {newest} as its name says", verified.stdout)
        evaluated = program.assay(*FIXTURES, "eval", "run", folder=self.folder)
        self.assertIn(problem, evaluated.stderr)
        self.assertIn(f"step_{middle}.safetensors", evaluated.stdout)
        chosen = program.assay(*FIXTURES, "eval", "run", "--checkpoint", str(newest), folder=self.folder)
        self.assertNotEqual(chosen.returncode, program.DONE)
        self.assertIn(problem, chosen.stderr)
        resumed = self.resume("run")
        self.assertIn(problem, resumed.stderr)
        self.assertIn(f"goes on after step {middle:,}", resumed.stdout)
        self.assert_same(run, whole)

    def test_a_config_that_says_resume_throws_nothing_away(self):
        run, _ = self.stopped("resume=true")
        steps = checkpoints(run)
        for step in steps:
            path = run / "checkpoints" / f"step_{step}.safetensors"
            path.write_bytes(path.read_bytes()[:100])
        lines = (run / "metrics.jsonl").read_bytes()
        refused = program.assay(*FIXTURES, "run", "small.yaml", "resume=true", folder=self.folder)
        self.assertEqual(refused.returncode, program.RUN_FAILED, refused.stderr)
        self.assertIn("it has no whole checkpoint to resume from", refused.stderr)
        self.assertEqual((checkpoints(run), (run / "metrics.jsonl").read_bytes()), (steps, lines))

    def test_a_finished_run_of_another_config_or_other_kernels(self):
        self.whole("resume=true").rename(self.folder / "run")
        other = program.assay(*FIXTURES, "run", "small.yaml", "resume=true", "seed=4", folder=self.folder)
        self.assertNotEqual(other.returncode, program.DONE)
        self.assertIn("seed was 3 and is 4", other.stderr)
        began = program.record(self.folder / "run")["kernels"]
        for kernels in {"generic", "avx2"} - {began}:
            refused = self.resume("run", "--kernels", kernels, expect=program.USAGE_ERROR).stderr
            self.assertIn(f"this run continues with the kernels that it began with, {began}", refused)

    def test_what_is_no_run_to_go_on_with(self):
        self.whole()
        self.assertIn("this run is finished after 6,000 steps", self.resume("whole").stdout)
        for what, words in (("small.yaml", "expected a run folder"), ("nowhere", "expected a run folder"),
                            (".", "it has no run.json")):
            self.assertIn(words, self.resume(what, expect=program.USAGE_ERROR).stderr)
        process = self.start("run", "small.yaml", "train.steps=100000000")
        run = self.folder / "run"
        deadline = time.monotonic() + 60
        while not checkpoints(run):
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.002)
        self.assertIn("this run is still running", self.resume("run", expect=program.RUN_FAILED).stderr)
        process.kill()
        process.communicate()

    def test_pictures_that_a_signal_left_out_are_drawn(self):
        """The run goes on from the newest checkpoint before them, if there is one."""
        sheet = ("hooks.sheet={type: image, tag: Sheet, renderer: {type: test_sheet, split: test}, every: 1, from: 301, "
                 "until: 340, save: [png]}")
        digits = [program.CONFIGS / "digits.yaml", f"+{sheet}", "~hooks.test_sheet", "~hooks.training_data",
                  "train.epochs=1000", "model.hidden=[5]", "loggers=[jsonl, tensorboard]", "run_dir=run",
                  "checkpoints={every: 100, every_seconds: never, keep: 1}"]
        process = program.assay("run", *digits, folder=self.folder)
        self.assertEqual(process.returncode, program.DONE, process.stderr)
        run = self.folder / "run"
        whole = run.rename(self.folder / "whole")
        process = self.start("run", *digits)
        deadline = time.monotonic() + 60
        while 300 not in checkpoints(run):  # the picture after that one waits by then
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.001)
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=60)[1]
        self.assertEqual(process.returncode, 128 + signal.SIGTERM)
        self.assertRegex(said, r"\d+ pictures? (was|were) not drawn: the run was asked to stop")
        last = program.record(run)["steps"]
        self.assertEqual((checkpoints(run)[0], checkpoints(run)[-1]), (300, last))
        shutil.copytree(run, self.folder / "late")
        self.assertIn(f"goes on after step 300, as pictures of later steps were not drawn (that of step {last} lacks them)",
                      self.resume("run").stdout)
        self.assert_same(run, whole)
        self.assertEqual(len(list((run / "images").iterdir())), 40)
        self.assertEqual(checkpoints(run), [1000])
        late = self.folder / "late"
        (late / "checkpoints" / "step_300.safetensors").unlink()
        self.assertIn(f"goes on after step {last}\n", self.resume("late").stdout)
        (failure,) = program.record(late)["failures"]
        self.assertRegex(failure, r"^\d+ pictures? of earlier steps: not drawn, since the run was asked to stop$")

    def killed_often(self, whole, *arguments, kills=3):
        """A run that was killed and taken up a few times, and then came to its end."""
        run = self.folder / "run"
        process = self.start("run", *arguments)
        for _ in range(kills):
            known = set(checkpoints(run))
            deadline = time.monotonic() + 60
            while not set(checkpoints(run)) - known and process.poll() is None:
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.001)
            process.kill()
            process.communicate()
            if process.returncode == program.DONE:
                break
            process = self.start("resume", "run")
        process.communicate()
        self.assertEqual(process.returncode, program.DONE)
        return run

    def test_tensorboard_shows_the_same(self):
        """Both of its loaders show no point twice and none of a life that was cut off."""
        sheet = ("hooks.sheet={type: image, tag: Sheet, renderer: {type: test_sheet, split: test}, every: 10, "
                 "save: [png]}")
        digits = [program.CONFIGS / "digits.yaml", f"+{sheet}", "train.epochs=60", "checkpoints={every: 7, keep: 2}",
                  "model.hidden=[5]", "loggers=[jsonl, tensorboard]", "run_dir=run"]
        process = program.assay("run", *digits, folder=self.folder)
        self.assertEqual(process.returncode, program.DONE, process.stderr)
        whole = (self.folder / "run").rename(self.folder / "whole")
        run = self.killed_often(whole, *digits)
        self.assert_same(run, whole)
        self.assertEqual(len(list((run / "images").iterdir())), 6)
        self.assertGreater(len(list(run.glob("events.out.*"))), 1)
        for fast in (True, False):
            with self.subTest(fast=fast), TensorBoard(self.folder, load_fast=fast) as board:
                for name in ("whole", "run"):
                    board.wait_for_run(name, self.folder / name)
                for kind in ("scalars", "images"):
                    tags = board.json(f"/data/plugin/{kind}/tags")
                    self.assertEqual(set(tags["run"]), set(tags["whole"]))
                    self.assertTrue(tags["run"])
                for tag in board.json("/data/plugin/scalars/tags")["whole"]:
                    self.assertEqual([point[1:] for point in board.scalars("run", tag)],
                                     [point[1:] for point in board.scalars("whole", tag)])
                for tag in board.json("/data/plugin/images/tags")["whole"]:
                    self.assertEqual(board.images("run", tag), board.images("whole", tag))


if __name__ == "__main__":
    unittest.main()
