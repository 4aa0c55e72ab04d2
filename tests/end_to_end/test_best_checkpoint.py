"""The checkpoint with the best value is kept, whichever it is, and however often the run is interrupted."""

import json
import pathlib
import shutil
import signal
import subprocess
import time
import unittest

import numpy
from safetensors.numpy import load_file

import program

CONFIG = """
name: small
seed: 3
run_dir: run
dataset: {type: synthetic, rows: 300, shape: [6], classes: 3, split: {test: 0.3}}
model: {type: mlp, hidden: [9]}
loss: softmax_cross_entropy
optimizer: {type: adam, learning_rate: 0.05}
train: {steps: 200, batch_size: 16}
threads: 1
checkpoints: {every: 30, every_seconds: never, keep: 2, best: {value: test.accuracy, mode: max}}
hooks:
  accuracy: {type: scalar, tag: accuracy, value: test.accuracy, every: 3}
  loss: {type: scalar, tag: loss, value: eval.loss, every: 4}
  rate: {type: scalar, tag: rate, value: optimizer.learning_rate, every: 10}
loggers: [jsonl]
"""


def values(run, tag):
    """Pairs of step and value of a tag."""
    lines = map(json.loads, (run / "metrics.jsonl").read_text().splitlines())
    return [(line["step"], line["value"]) for line in lines if line.get("tag") == tag]


def checkpoints(run):
    return sorted(int(path.stem.removeprefix("step_")) for path in (run / "checkpoints").glob("step_*.safetensors"))


def first_best(pairs, choose):
    best = choose(value for step, value in pairs)
    return min(step for step, value in pairs if value == best), best


class BestCheckpoint(unittest.TestCase):
    def setUp(self):
        folder = program.temporary_folder()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "small.yaml").write_text(CONFIG)

    def train(self, *arguments, name="run"):
        process = program.assay("run", "small.yaml", *arguments, folder=self.folder)
        self.assertEqual(process.returncode, program.DONE, process.stdout + process.stderr)
        self.said = process.stdout
        return (self.folder / "run").rename(self.folder / name)

    def test_the_first_of_the_largest_or_smallest_stays(self):
        for value, mode, tag, choose in (("test.accuracy", "max", "accuracy", max), ("test.loss", "min", "loss", min),
                                         ("eval.loss", "max", "loss", max),
                                         ("optimizer.learning_rate", "min", "rate", min)):
            with self.subTest(value, mode=mode):
                run = self.train(f"checkpoints.best={{value: {value}, mode: {mode}}}", name=f"{value}_{mode}")
                step, best = first_best(values(run, tag), choose)
                self.assertEqual(checkpoints(run), sorted({180, 200, step}))
                recorded = program.record(run)["best"]
                self.assertEqual(recorded, {"value": value, "number": best, "step": step,
                                            "checkpoint": f"checkpoints/step_{step}.safetensors"})
                state = load_file(run / recorded["checkpoint"])
                self.assertEqual((int(state["best/step"]), float(state["best/value"])), (step, best))
                told = f"best {value}"
                self.assertRegex(self.said, rf"{told} +{best:.6g} at step {step}: checkpoints/step_{step}\.safe")
                described = program.assay("describe", run, folder=self.folder).stdout
                self.assertIn(f"{told}: {best:.6g} at step {step}", described)
        # The same plan without it, so that only what is kept differs.
        plain = self.train("checkpoints.best=null", name="plain")
        self.assertEqual(program.record(plain)["plan_digest"], program.record(run)["plan_digest"])
        self.assertEqual(program.record(plain)["weights_digest"], program.record(run)["weights_digest"])
        self.assertNotIn("best", program.record(plain))

    def test_nan_is_never_the_best(self):
        """A rate that grows without bounds makes the loss NaN in the end."""
        run = self.train("train.on_nan=ignore", "train.steps=60", "hooks.loss.every=1", "checkpoints.every=null",
                         "optimizer={type: sgd, learning_rate: {type: warmup_cosine, init_value: 0.01, "
                         "peak_value: 1.0e+30, warmup_steps: 50}}",
                         "checkpoints.best={value: test.loss, mode: max}", name="nan")
        numbers = [(step, float(value)) for step, value in values(run, "loss")]
        self.assertTrue(numpy.isnan(numbers[-1][1]), numbers)
        finite = [(step, value) for step, value in numbers if not numpy.isnan(value)]
        self.assertGreater(len(finite), 0)
        self.assertEqual(program.record(run)["best"]["step"], first_best(finite, max)[0])

    def test_a_run_that_ends_at_its_best_keeps_it(self):
        for at_end in ("true", "false"):
            with self.subTest(at_end=at_end):
                run = self.train("checkpoints={every: null, at_end: %s, best: {value: batch.loss, mode: min}}" % at_end,
                                 "+hooks.batch={type: scalar, tag: batch, value: batch.loss, every: 1}",
                                 "train.steps=1", name=f"end_{at_end}")
                self.assertEqual(checkpoints(run), [1])
                self.assertIn("best/step", load_file(run / "checkpoints" / "step_1.safetensors"))

    def test_interrupted_anywhere_it_ends_with_the_same_best(self):
        whole = self.train(name="whole")
        run = self.folder / "run"
        times = 0
        while times < 4:
            process = subprocess.Popen([str(program.ASSAY), "run", "small.yaml", "resume=true"], cwd=self.folder,
                                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            before = checkpoints(run) if run.exists() else []
            while process.poll() is None and (checkpoints(run) if run.exists() else []) == before:
                time.sleep(0.0005)
            process.send_signal(signal.SIGKILL)
            process.communicate()
            times += 1
            if process.returncode == 0:
                break
        process = program.assay("run", "small.yaml", "resume=true", folder=self.folder)
        self.assertEqual(process.returncode, program.DONE, process.stdout + process.stderr)
        self.assertEqual(program.record(run)["best"], program.record(whole)["best"])
        self.assertEqual(checkpoints(run), checkpoints(whole))
        best = program.record(whole)["best"]["checkpoint"]
        for name, tensor in load_file(whole / best).items():
            if not name.startswith("logs/"):
                self.assertEqual(tensor.tobytes(), load_file(run / best)[name].tobytes(), name)

    def test_another_value_begins_anew(self):
        run = self.train("train.steps=200", name="run")
        shutil.copytree(run, self.folder / "former")
        best = program.record(run)["best"]["step"]
        for path in (run / "checkpoints").glob("*"):
            if path.stem != f"step_{best}":
                path.unlink()
        (run / "run.json").write_text((run / "run.json").read_text().replace('"finished"', '"stopped"', 1))
        process = program.assay("run", "small.yaml", "resume=true", "checkpoints.best={value: test.loss, mode: min}",
                                folder=self.folder)
        self.assertEqual(process.returncode, program.DONE, process.stdout + process.stderr)
        later = [(step, value) for step, value in values(run, "loss") if step > best]
        self.assertEqual(program.record(run)["best"]["step"], first_best(later, min)[0])

    def test_a_hook_that_fires_before_training_alone_is_not_enough(self):
        process = program.assay("check", "small.yaml", "hooks.accuracy={every: null, at: 0}", folder=self.folder)
        self.assertEqual(process.returncode, program.USAGE_ERROR)
        self.assertIn("no hook reads the number 'test.accuracy' after a step", process.stderr)

    def test_a_value_that_no_hook_reads_is_an_error(self):
        for command in ("check", "run"):
            process = program.assay(command, "small.yaml", "checkpoints.best.value=test.acuracy", folder=self.folder)
            self.assertEqual(process.returncode, program.USAGE_ERROR)
            self.assertIn("no hook reads the number 'test.acuracy'", process.stderr)
            self.assertIn("did you mean 'test.accuracy'?", process.stderr)


if __name__ == "__main__":
    unittest.main()
