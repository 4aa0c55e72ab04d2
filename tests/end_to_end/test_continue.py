"""A run that is made longer becomes the run that was asked for that length from the start, or says why it cannot."""

import json
import pathlib
import random
import re
import shutil
import subprocess
import time
import unittest

import program
from taken_up import FIXTURES, assert_same, pictures

CONFIG = """
name: small
seed: 3
run_dir: run
dataset: {type: synthetic, rows: 500, shape: [6], classes: 3, split: {test: 0.2, validation: 0.1}}
transforms: [standardize]
model: {type: mlp, hidden: [9]}
loss: softmax_cross_entropy
gradient_transforms: [{type: clip_by_global_norm, max_norm: 0.5}]
optimizer: {type: adam, learning_rate: 0.01}
train: {steps: 600, batch_size: 16}
threads: 1
hooks:
  first: {type: scalar, tag: first, value: validation.loss, at_end: true}     # at the end alone, before the others
  batch: {type: scalar, tag: batch, value: batch.loss, every: 5, at_end: true}
  epoch: {type: scalar, tag: epoch/loss, value: epoch.loss, every_epoch: 1}
  test: {type: scalar, tag: test, value: test.loss, every: 37, at_end: true}
  asking: {type: asking, every: 211, at_end: true}  # remembers how often it fired
  freezing: {type: freezing, at_end: true}          # multiplies the rates by 0
loggers: [jsonl, tensorboard]
"""
FORCED = "; `assay resume --force` continues anyway, and records this"


class Continue(unittest.TestCase):
    def setUp(self):
        folder = program.temporary_folder()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "small.yaml").write_text(CONFIG)
        self.run = self.folder / "run"

    def assay(self, *arguments, expect=program.DONE):
        process = program.assay(*FIXTURES, *arguments, folder=self.folder)
        self.assertEqual(process.returncode, expect, process.stdout + process.stderr)
        return process

    def train(self, *settings, config="small.yaml"):
        self.assay("run", config, *settings)
        return self.run

    def whole(self, *settings, config="small.yaml"):
        return self.train(*settings, config=config).rename(self.folder / "whole")

    def refused(self, *settings, expect=program.RUN_FAILED):
        """Returns what is said; the folder stays as it is."""
        before = {path: path.read_bytes() for path in self.run.rglob("*") if path.is_file()}
        said = self.assay("resume", "run", *settings, expect=expect).stderr
        self.assertEqual({path: path.read_bytes() for path in self.run.rglob("*") if path.is_file()}, before)
        return said

    def test_equals_the_run_of_that_length(self):
        """Shuffled batches, Adam, transforms, hooks with state, and hooks that acted at the end."""
        whole = self.whole("train.steps=900")
        for checkpoint in ("checkpoints={every_seconds: never}", "checkpoints={every: 100, keep: 9}",
                           "checkpoints={every: 300, at_end: false}"):
            with self.subTest(checkpoint=checkpoint):
                self.train(checkpoint)
                digest = program.record(self.run)["plan_digest"]
                said = self.assay("resume", "run", "train.steps=900", "checkpoints={every: 900}").stdout
                self.assertIn("goes on after step 600, with train.steps=900", said)
                assert_same(self, self.run, whole)
                (change,) = program.record(self.run)["changes"]
                self.assertEqual({key: change[key] for key in change if key != "time"},
                                 {"after_step": 600, "settings": ["train.steps=900", "checkpoints={every: 900}"],
                                  "accepted": [], "former_plan_digest": digest, "former_total_steps": 600})
                self.assertIn("steps: 900", (self.run / "plan.yaml").read_text())
                shutil.rmtree(self.run)

    def test_without_a_checkpoint_of_the_end(self):
        whole = self.whole("train.steps=900", "~hooks.asking")  # which asks for one at the end
        self.train("checkpoints={every: 250, at_end: false}", "~hooks.asking")
        said = self.assay("resume", "run", "train.steps=900", "checkpoints.at_end=true").stdout
        self.assertIn("goes on after step 500, with train.steps=900", said)
        assert_same(self, self.run, whole)

    def test_twice_and_by_epochs(self):
        epochs = ["~train.steps", "+train.epochs=20"]
        whole = self.whole("~train.steps", "+train.epochs=60")
        self.train(*epochs)
        self.assay("resume", "run", "train.epochs=40")
        self.assay("resume", "run", "train.epochs=60")
        assert_same(self, self.run, whole)
        self.assertEqual(len(program.record(self.run)["changes"]), 2)

    def test_killed_on_the_way(self):
        """plan.yaml and run.json are the old ones or the new ones, and the same command or `assay resume` goes on."""
        whole = self.whole("train.steps=9000")
        self.train("train.steps=6000", "checkpoints={every: 500, every_seconds: never}")
        kept = self.run.rename(self.folder / "kept")
        seconds = program.record(whole)["training_seconds"]
        generator = random.Random(11)
        for _ in range(4):
            shutil.rmtree(self.run, ignore_errors=True)
            shutil.copytree(kept, self.run)
            command = ["resume", "run", "train.steps=9000"]
            for _ in range(8):
                process = subprocess.Popen([str(program.ASSAY), *map(str, FIXTURES), *command], cwd=self.folder,
                                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                time.sleep(generator.uniform(0, seconds / 3))
                process.kill()
                process.wait()
                plan = (self.run / "plan.yaml").read_text()
                self.assertRegex(plan, "steps: (6000|9000)\n")
                self.assertIn(program.record(self.run)["total_steps"], (6000, 9000))
                if program.record(self.run)["total_steps"] == 9000:
                    command = ["resume", "run"]
                if process.returncode == program.DONE:
                    break
            self.assay(*command)
            assert_same(self, self.run, whole)

    def test_a_plan_that_was_replaced_before_the_record(self):
        whole = self.whole("train.steps=900")
        self.train()
        plan = self.run / "plan.yaml"
        plan.write_text(plan.read_text().replace("steps: 600", "steps: 900"))
        self.assertIn("this run began with another plan: train.steps was 600 and is 900; `assay resume RUN_DIR` with this "
                      "key as a setting changes the length", self.refused())
        self.assay("resume", "run", "train.steps=900")
        assert_same(self, self.run, whole)

    def test_pictures(self):
        (self.folder / "digits.yaml").write_text("""
name: digits
run_dir: run
dataset: {type: digits, split: {test: 0.25}}
model: {type: mlp, hidden: [5]}
loss: softmax_cross_entropy
optimizer: {type: sgd, learning_rate: 0.05}
train: {epochs: 20}
hooks:
  some: {type: image, tag: Some, renderer: {type: test_sheet, split: test}, every: 8, save: [png]}
  last: {type: image, tag: Last, renderer: {type: test_sheet, split: test}, at_end: true, save: [png]}
loggers: [jsonl, tensorboard]
""")
        whole = self.whole("train.epochs=30", config="digits.yaml")
        self.train(config="digits.yaml")
        self.assertIn("20_Last.png", {path.name for path in (self.run / "images").iterdir()})
        self.assay("resume", "run", "train.epochs=30")
        assert_same(self, self.run, whole)
        self.assertEqual(set(pictures(whole)), {"8_Some.png", "16_Some.png", "24_Some.png", "30_Last.png"})

    def test_what_depends_on_the_length(self):
        other = "this would not equal a run that had this length from the start; "
        cosine = "optimizer.learning_rate={type: cosine, init_value: 0.01}"
        self.train(cosine, "+hooks.rate={type: scalar, tag: twenty, value: batch.loss, times: 20}")
        said = self.refused("train.steps=900")
        words = [f"{other}optimizer.learning_rate: the schedule cosine depends on the length of the run: with 900 steps "
                 "it would have had another value at step 2",
                 f"{other}hooks.rate: it fires 20 times, spread evenly over the run: with 900 steps it would have fired at "
                 "other steps"]
        for each in words:
            self.assertIn(each, said)
        self.assertTrue(said.rstrip().endswith(FORCED), said)
        self.assay("resume", "run", "train.steps=900", "--force")
        record = program.record(self.run)
        self.assertEqual((record["state"], record["steps"]), ("finished", 900))
        self.assertEqual(record["changes"][0]["accepted"], words)

    def test_a_schedule_of_its_own_length(self):
        cosine = "optimizer.learning_rate={type: cosine, init_value: 0.01, decay_steps: 1000}"
        whole = self.whole(cosine, "train.steps=900")
        self.train(cosine)
        self.assay("resume", "run", "train.steps=900")
        assert_same(self, self.run, whole)

    def test_what_is_refused(self):
        self.train()
        self.assertIn("this run is trained for 600 steps already; expected at least this length, found 500",
                      self.refused("train.steps=500"))
        self.assertIn("this run is finished after 600 steps, so nothing is left to do; ", self.refused("threads=2"))
        self.assertIn("this run began with another plan: seed was 3 and is 4; ", self.refused("train.steps=900", "seed=4"))
        self.assertIn("run_dir: a resumed run stays in its folder",
                      self.refused("train.steps=900", "run_dir=other", expect=program.USAGE_ERROR))
        self.assertIn("sepps", self.refused("train.sepps=900", expect=program.USAGE_ERROR))
        stop = ["+hooks.stopping={type: stopping, at: [13]}"]
        shutil.rmtree(self.run)
        self.train(*stop)
        self.assertIn("this run ended after 13 steps (hooks.stopping: it is enough), and a longer one would end there",
                      self.refused("train.steps=900"))

    def test_keys_are_completed_by_the_plan_of_the_run(self):
        self.train()
        said = self.assay("complete", "--", "resume", "run", "train.st").stdout
        self.assertEqual([line.split("\t")[0] for line in said.splitlines()], ["train.steps="])

    def test_settings_that_change_no_result(self):
        whole = self.whole("train.steps=300", "checkpoints={every: 100}")
        self.train("train.steps=100", "checkpoints={every: 100}")
        record = self.run / "run.json"
        self.assay("resume", "run", "train.steps=300", "name=other", "loggers=[jsonl, tensorboard, console]")
        self.assertEqual(json.loads(record.read_text())["name"], "other")
        self.assertIn("name: other\n", (self.run / "plan.yaml").read_text())
        assert_same(self, self.run, whole)


if __name__ == "__main__":
    unittest.main()
