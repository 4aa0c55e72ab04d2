"""A trained model is used: `assay eval` and `assay predict`. Probabilities are compared with what NumPy computes
from the weights in float64, classes with JAX's, metrics with their formulas over the predictions, and what is printed
with what the run itself logged. `tests/inference/` compares with JAX's probabilities."""

import csv
import io
import json
import pathlib
import shutil
import signal
import subprocess
import time
import unittest

import numpy

import metrics
import program
from test_npy import digits
from test_standard_output import BROKEN, FULL, nobody_reads

CONFIG = """
name: used
seed: 3
dataset: {type: npy, samples: x.npy, targets: y.npy, split: {test: 0.25, validation: 0.1, seed: 1}}
transforms: [standardize]
model: {type: mlp, hidden: [16], activation: tanh}
loss: softmax_cross_entropy
optimizer: {type: sgd, learning_rate: 0.05}
train: {steps: 60, batch_size: 100}
hooks:
  test_loss: {type: scalar, tag: test.loss, value: test.loss, at_end: true}
  test_accuracy: {type: scalar, tag: test.accuracy, value: test.accuracy, at_end: true}
  train_loss: {type: scalar, tag: train.loss, value: train.loss, at_end: true}
  validation_loss: {type: scalar, tag: validation.loss, value: validation.loss, at_end: true}
checkpoints: {every: 20, keep: 10}
loggers: [jsonl]
"""
NAMES = ["zero, or none", 'the "one"', "zwei ä", "3", "4", "5", "6", "7", "8", "nine\u2009☾"]


def softmax(logits):
    powers = numpy.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def selu(x):
    return 1.0507009873554805 * numpy.where(x > 0, x, 1.6732632423543772 * numpy.expm1(x))


def tree(folder):
    """Returns what a folder holds, with contents and times."""
    return {path: (path.lstat().st_mtime_ns, path.read_bytes() if path.is_file() else None)
            for path in sorted(pathlib.Path(folder).rglob("*"))}


class Use(unittest.TestCase):
    def setUp(self):
        temporary = program.temporary_folder()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.samples, self.targets = digits()
        self.samples = self.samples.astype(numpy.float32)
        numpy.save(self.folder / "x.npy", self.samples)
        numpy.save(self.folder / "y.npy", self.targets.astype(numpy.uint8))
        (self.folder / "c.yaml").write_text(CONFIG)

    def assay(self, *arguments, expect=program.DONE, **options):
        process = program.assay(*arguments, folder=self.folder, **options)
        self.assertEqual(process.returncode, expect, process.stdout + process.stderr)
        return process

    def train(self, *overrides):
        return program.run("c.yaml", *overrides, folder=self.folder)

    def eval(self, *arguments):
        """The values that are printed as JSON, and as text, which must be the same."""
        lines = [json.loads(line) for line in self.assay("--format", "json", "eval", *arguments).stdout.splitlines()]
        values = {name: value for line in lines for name, value in line["values"].items()}
        text = self.assay("eval", *arguments).stdout
        printed = dict(line.split() for line in text.splitlines() if line.startswith("  ") and "." in line.split()[0])
        self.assertEqual({name: float(value) for name, value in printed.items()}, values)
        return values

    def predict(self, *arguments, output="p.npy"):
        self.assay("predict", *arguments, "--output", output)
        return numpy.load(self.folder / output)


class Evaluating(Use):
    def test_what_the_run_logged_at_its_end_to_the_bit(self):
        run = self.train()
        logged = program.record(run)["final"]
        before = tree(run)
        for threads in (1, 2, 3):
            values = self.eval("run", f"threads={threads}")
            self.assertEqual({name: values[name] for name in logged}, logged)
            self.assertEqual(set(values), {f"{split}.{metric}" for split in ("test", "train", "validation")
                                           for metric in ("accuracy", "loss")})
        self.assertEqual(tree(run), before)
        self.assertEqual(self.eval("run", "test")["test.loss"], logged["test.loss"])
        self.assertEqual(self.eval("run", "eval")["test.loss"], logged["test.loss"])
        moved = run.rename(self.folder / "moved elsewhere")
        self.assertEqual(self.eval(moved, "validation")["validation.loss"], logged["validation.loss"])

    def test_a_checkpoint_of_a_step_is_what_the_run_logged_then(self):
        run = self.train("+hooks.then={type: scalar, tag: then, value: test.loss, every: 20}")
        then = {step: value for _, step, value in metrics.scalars(run)["then"]}
        self.assertEqual(sorted(then), [20, 40, 60])
        for step, value in then.items():
            self.assertEqual(self.eval("run", "test", "--checkpoint", step)["test.loss"], value)
        shutil.copy(run / "checkpoints" / "step_20.safetensors", run / "checkpoints" / "best.safetensors")
        self.assertEqual(self.eval("run", "test", "--checkpoint", "best")["test.loss"], then[20])
        self.assertIn("run: there is no checkpoint 'bests'; did you mean 'best'?  (it has best, step_20, step_40, "
                      "step_60)", self.assay("eval", "run", "--checkpoint", "bests", expect=program.RUN_FAILED).stderr)
        self.assertIn("there is no checkpoint 'step_30'",
                      self.assay("eval", "run", "--checkpoint", "30", expect=program.RUN_FAILED).stderr)

    def test_other_data_and_data_that_were_moved(self):
        run = self.train()
        logged = program.record(run)["final"]
        rows = slice(100, 200)
        numpy.save(self.folder / "new.npy", self.samples[rows])
        numpy.save(self.folder / "labels.npy", self.targets[rows].astype(numpy.int64))
        new = ("dataset.samples=new.npy", "dataset.targets=labels.npy")
        values = self.eval("run", *new)
        self.assertEqual(set(values), {"all.loss", "all.accuracy"})
        predicted = self.predict("run", *new)
        self.assertEqual(values["all.accuracy"], (predicted["class"].astype(int) == self.targets[rows]).mean())
        (self.folder / "elsewhere").mkdir()
        for name in ("x.npy", "y.npy"):
            (self.folder / name).rename(self.folder / "elsewhere" / name)
        refused = self.assay("eval", "run", expect=program.USAGE_ERROR).stderr
        self.assertIn("x.npy: No such file or directory", refused)
        self.assertEqual(self.eval("run", "test", "dataset.samples=elsewhere/x.npy",
                                   "dataset.targets=elsewhere/y.npy")["test.loss"], logged["test.loss"])

    def test_a_run_that_is_running_and_one_that_was_killed(self):
        process = subprocess.Popen([program.ASSAY, "run", "c.yaml", "run_dir=run", "train.steps=100000000",
                                    "checkpoints={every: 5, keep: 1}", "hooks={}"], cwd=self.folder,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        checkpoints = self.folder / "run" / "checkpoints"
        while not list(checkpoints.glob("step_*.safetensors")):
            self.assertIsNone(process.poll())
            time.sleep(0.01)
        for _ in range(5):
            self.assertLess(self.eval_once(), 2.4)
        self.assertIsNone(process.poll())
        process.kill()
        process.wait()
        before = tree(self.folder / "run")
        self.assertLess(self.eval_once(), 2.4)
        self.assertEqual(tree(self.folder / "run"), before)

    def eval_once(self):
        (line,) = self.assay("--format", "json", "eval", "run", "test").stdout.splitlines()
        return json.loads(line)["values"]["test.loss"]

    def test_a_damaged_checkpoint_is_named_and_the_one_before_is_used(self):
        run = self.train("+hooks.then={type: scalar, tag: then, value: test.loss, every: 20}")
        then = {step: value for _, step, value in metrics.scalars(run)["then"]}
        newest = run / "checkpoints" / "step_60.safetensors"
        data = newest.read_bytes()
        newest.write_bytes(data[:-5] + bytes([data[-5] ^ 4]) + data[-4:])
        process = self.assay("--format", "json", "eval", "run", "test")
        (warning,) = process.stderr.splitlines()
        self.assertRegex(json.loads(warning)["message"], r"step_60\.safetensors: not a whole .*; .*step_40.* is used$")
        self.assertEqual(json.loads(process.stdout)["values"]["test.loss"], then[40])
        refused = self.assay("eval", "run", "--checkpoint", "60", expect=program.RUN_FAILED).stderr
        self.assertIn("step_60.safetensors: not a whole", refused)
        shutil.rmtree(run / "checkpoints")
        refused = self.assay("eval", "run", expect=program.RUN_FAILED).stderr
        self.assertIn("run: it has no whole checkpoint", refused)

    def test_what_is_no_run_and_what_may_not_change(self):
        self.train()
        for arguments, message in (
                (["c.yaml"], "c.yaml: this is a file; expected a run folder, which `assay run` makes"),
                (["."], ".: it has no run.json; expected a run folder"),
                (["gone"], "gone: there is no such folder; expected a run folder"),
                (["run", "model.hidden=[3]"], "error: model.hidden: a trained model cannot be changed; "
                                              "expected a key of `dataset`, or `threads`"),
                (["run", "tset"], "there is no split 'tset'; did you mean 'test'?  "
                                  "(expected one of test, train, validation, all)"),
                (["run", "test", "train"], "'test' and 'train': expected one split at most")):
            with self.subTest(arguments=arguments):
                self.assertIn(message, self.assay("eval", *arguments, expect=program.USAGE_ERROR).stderr)
        plan = self.folder / "run" / "plan.yaml"
        plan.write_text(plan.read_text().replace("hidden: [16]", "hidden: [17]"))
        self.assertIn("run/plan.yaml: this is not the plan that the run was trained with",
                      self.assay("eval", "run", expect=program.RUN_FAILED).stderr)

    def test_data_that_do_not_fit(self):
        self.train()
        def refused(**arrays):
            for name, array in arrays.items():
                numpy.save(self.folder / f"{name}.npy", array)
            return self.assay("eval", "run", "dataset.samples=a.npy", "dataset.targets=b.npy",
                              expect=program.USAGE_ERROR).stderr
        self.assertIn("error: dataset: its samples have the shape 28x28, but the model was trained on samples of shape "
                      "8x8\n    9 |   type: npy\n      |         ^~~ samples is set by argument 1",
                      refused(a=numpy.zeros((4, 28, 28), "float32"), b=numpy.zeros(4, "int32")))
        self.assertIn("its targets are 12 classes, but the model was trained on 10 classes",
                      refused(a=numpy.zeros((4, 8, 8), "float32"), b=numpy.array([0, 1, 2, 11])))
        self.assertIn("its targets are values of shape scalar, but the model was trained on 10 classes",
                      refused(b=numpy.zeros(4, "float32")))
        samples = numpy.zeros((4, 8, 8), "float32")
        samples[2, 1, 3] = numpy.inf
        numpy.save(self.folder / "a.npy", samples)
        numpy.save(self.folder / "b.npy", numpy.zeros(4, "int32"))
        for command in (["eval", "run"], ["predict", "run", "--output", "p.csv"]):
            self.assertIn("the sample of row 2 of the dataset, counted from 0, is infinite at [1, 3]; fix this row or "
                          "leave it out",
                          self.assay(*command, "dataset.samples=a.npy", "dataset.targets=b.npy",
                                     expect=program.RUN_FAILED).stderr)
        self.assertFalse((self.folder / "p.csv").exists())
        self.assertIn("'dogs', but the model was trained with '0' as class 0",
                      self.assay("eval", "run", f"dataset.classes=[{','.join(['dogs'] * 10)}]",
                                 expect=program.USAGE_ERROR).stderr)

    def test_another_library_of_a_plugin_is_told(self):
        """A copy with some bytes appended is another library to whoever compares digests."""
        self.train()
        copy = self.folder / "plugins"
        copy.mkdir()
        for library in program.PLUGINS.glob("*.so"):
            shutil.copy(library, copy)
        (model,) = copy.glob("*mlp*.so")
        with open(model, "ab") as file:
            file.write(b"\0" * 8)
        process = self.assay("--plugin-path", copy, "eval", "run", "test")
        self.assertIn("warning: this run was trained with another library of the plugin 'mlp'", process.stderr)
        self.assertEqual(process.stderr.count("warning"), 1)


class Predicting(Use):
    def test_the_digits_net(self):
        run = program.tutorial_run()
        weights = program.weights(max((run / "checkpoints").glob("step_*")))
        x = self.samples.reshape(-1, 64).astype(float)
        for layer in ("layer1", "layer2"):
            x = selu(x @ weights[f"{layer}.kernel"] + weights[f"{layer}.bias"])
        expected = softmax(x @ weights["layer3.kernel"] + weights["layer3.bias"])
        predicted = self.predict(run)
        numpy.testing.assert_array_equal(predicted["row"], numpy.arange(len(x)))
        error = numpy.abs(predicted["probability"] - expected).max()
        print(f"probabilities differ by {error:.1e} from those in float64")
        self.assertLess(error, 1e-5)
        numpy.testing.assert_array_equal(predicted["class"].astype(int), expected.argmax(axis=1))

        test = self.predict(run, "test")
        classes = json.loads((program.REFERENCE / "test_predictions.json").read_text())["3000"]
        self.assertEqual(test["class"].astype(int).tolist(), classes)

    def test_metrics_follow_from_the_predictions(self):
        run = program.tutorial_run()
        values = self.eval(run)
        logged = {f"test.{tag.lower()}": value for tag, value in program.record(run)["final"].items()}
        self.assertEqual({name: values[name] for name in logged}, logged)
        for split in ("test", "train"):
            rows = self.predict(run, split)
            targets = self.targets[rows["row"]].astype(int)
            self.assertEqual(values[f"{split}.accuracy"], (rows["class"].astype(int) == targets).mean())
            likelihood = rows["probability"].astype(float)[numpy.arange(len(rows)), targets]
            self.assertAlmostEqual(values[f"{split}.loss"], -numpy.log(likelihood).mean(), places=6)

    def test_the_three_formats_hold_the_same_with_any_number_of_threads(self):
        self.train(f"dataset.classes={json.dumps(NAMES, ensure_ascii=False)}")
        first = {}
        for threads in (1, 2, 3):
            for suffix in ("csv", "npy", "jsonl"):
                self.assay("predict", "run", f"threads={threads}", "--output", f"p.{suffix}")
                data = (self.folder / f"p.{suffix}").read_bytes()
                self.assertEqual(first.setdefault(suffix, data), data)
        array = numpy.load(self.folder / "p.npy")
        self.assertEqual(array.dtype.names, ("row", "class", "probability"))
        self.assertEqual(len(array), len(self.samples))
        self.assertLess(numpy.abs(array["probability"].sum(axis=1) - 1).max(), 1e-6)
        with open(self.folder / "p.csv", newline="", encoding="utf-8") as file:
            header, *rows = csv.reader(file)
        self.assertEqual(header, ["row", "class", *(f"probability_{name}" for name in NAMES)])
        with open(self.folder / "p.jsonl", encoding="utf-8") as file:
            objects = [json.loads(line) for line in file]
        for expected, row, found in zip(array, rows, objects, strict=True):
            numbers = expected["probability"].tolist()
            self.assertEqual((int(row[0]), row[1]), (expected["row"], expected["class"]))
            self.assertEqual([float(numpy.float32(number)) for number in row[2:]], numbers)
            self.assertEqual((found["row"], found["class"]), (expected["row"], expected["class"]))
            self.assertEqual([float(numpy.float32(found["probability"][name])) for name in NAMES], numbers)
            self.assertEqual(expected["class"], NAMES[int(numpy.argmax(numbers))])

    def test_rows_without_targets_pass_the_transforms_as_they_were_fitted(self):
        run = self.train()
        weights = program.weights(run / "checkpoints" / "step_60.safetensors")
        order = numpy.random.RandomState(1).permutation(len(self.samples))
        test, validation = -(-len(order) // 4), int(numpy.ceil(0.1 * len(order)))
        train = self.samples[order[test + validation:]].astype(numpy.float64)
        deviation = train.std(axis=0)
        deviation[deviation == 0] = 1
        new = 5 + 3 * self.samples[:50]  # whose own mean and deviation are others
        numpy.save(self.folder / "new.npy", new)
        for name in ("x.npy", "y.npy"):
            (self.folder / name).unlink()
        predicted = self.predict("run", "dataset.samples=new.npy", "~dataset.targets")
        x = ((new - train.mean(axis=0)) / deviation).astype(numpy.float32).reshape(-1, 64)
        x = numpy.tanh(x @ weights["layer1.kernel"] + weights["layer1.bias"])
        expected = softmax(x @ weights["layer2.kernel"] + weights["layer2.bias"])
        self.assertLess(numpy.abs(predicted["probability"] - expected).max(), 1e-4)
        for command in ("eval", "run"):
            what = ["run"] if command == "eval" else ["c.yaml"]
            refused = self.assay(command, *what, "dataset.samples=new.npy", "~dataset.targets",
                                 expect=program.USAGE_ERROR).stderr
            self.assertIn("error: dataset.targets: it is not set, so these rows have no targets: a trained model can "
                          "predict them, but they cannot be trained on or evaluated", refused)
            self.assertEqual(refused.count("error"), 1, refused)

    def test_where_predictions_go(self):
        self.train()
        table = self.assay("predict", "run", "test", "--output", "-").stdout
        rows = list(csv.DictReader(io.StringIO(table)))
        self.assertEqual(len(rows), 450)
        order = numpy.random.RandomState(1).permutation(len(self.samples))
        self.assertEqual([int(row["row"]) for row in rows], order[:450].tolist())
        lines = self.assay("predict", "run", "test", "--output", "-", "--output-format", "jsonl").stdout
        self.assertEqual([json.loads(line)["class"] for line in lines.splitlines()], [row["class"] for row in rows])
        said = self.assay("predict", "run", "test", "--output", "p.txt", "--output-format", "csv").stdout
        self.assertEqual(said, "p.txt: 450 rows predicted\n")
        self.assertEqual((self.folder / "p.txt").read_text(), table)
        (self.folder / "link.csv").symlink_to("p.txt")
        (self.folder / "p.txt").write_text("old")
        self.assay("predict", "run", "test", "--output", "link.csv")
        self.assertEqual((self.folder / "p.txt").read_text(), table)
        self.assertTrue((self.folder / "link.csv").is_symlink())
        self.assay("predict", "run", "test", "--output", "/dev/null", "--output-format", "csv")
        self.assertTrue(pathlib.Path("/dev/null").is_char_device())
        for output, code, message in (
                ("p.xyz", program.USAGE_ERROR, "--output p.xyz: expected a file that ends in .csv, .npy or .jsonl"),
                ("p", program.USAGE_ERROR, "--output p: expected a file"),
                ("gone/p.csv", program.RUN_FAILED, "gone"),
                ("x.npy", program.RUN_FAILED, "x.npy: the data are read from this file")):
            with self.subTest(output=output):
                self.assertIn(message, self.assay("predict", "run", "--output", output, expect=code).stderr)
        numpy.testing.assert_array_equal(numpy.load(self.folder / "x.npy"), self.samples)

    def test_standard_output_that_is_full_or_that_nobody_reads(self):
        self.train()
        for command in (["eval", "run"], ["predict", "run", "--output", "-"],
                        ["predict", "run", "--output", "-", "--output-format", "npy"]):
            def start(**options):
                return subprocess.run([program.ASSAY, *command], cwd=self.folder, stderr=subprocess.PIPE, text=True,
                                      timeout=60, **options)

            with self.subTest(command=command), open("/dev/full", "wb") as full:
                process = start(stdout=full)
                self.assertEqual((process.returncode, process.stderr), (program.RUN_FAILED, FULL))
                with nobody_reads() as pipe:
                    process = start(stdout=pipe)
                self.assertEqual((process.returncode, process.stderr), (-signal.SIGPIPE, ""))
                with nobody_reads() as pipe:
                    process = start(stdout=pipe, preexec_fn=lambda: signal.signal(signal.SIGPIPE, signal.SIG_IGN))
                self.assertEqual((process.returncode, process.stderr), (program.RUN_FAILED, BROKEN))

    def test_a_full_disk_leaves_the_old_file(self):
        self.train()
        (self.folder / "p.csv").write_text("old")
        before = set(self.folder.iterdir())
        process = subprocess.run(["sh", "-c", f"ulimit -f 8; exec {program.ASSAY} predict run --output p.csv"],
                                 cwd=self.folder, capture_output=True, text=True, timeout=60)
        self.assertEqual(process.returncode, program.RUN_FAILED)
        self.assertRegex(process.stderr, r"^assay: error: .*p\.csv: cannot be written: File too large\n$")
        self.assertEqual((self.folder / "p.csv").read_text(), "old")
        self.assertEqual(set(self.folder.iterdir()), before)
        process = self.assay("predict", "run", "--output", "/dev/full", "--output-format", "csv",
                             expect=program.RUN_FAILED)
        self.assertEqual(process.stderr, "assay: error: /dev/full: cannot be written: No space left on device\n")

    def test_a_signal_leaves_the_old_file(self):
        self.train()
        big = numpy.lib.format.open_memmap(self.folder / "big.npy", "w+", "float32", (2_000_000, 8, 8))
        del big  # a sparse file of zeros
        (self.folder / "p.csv").write_text("old")
        before = set(self.folder.iterdir())
        process = subprocess.Popen([program.ASSAY, "predict", "run", "dataset.samples=big.npy", "~dataset.targets",
                                    "--output", "p.csv"], cwd=self.folder, stderr=subprocess.PIPE, text=True)
        while set(self.folder.iterdir()) == before and process.poll() is None:
            time.sleep(0.001)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 128 + signal.SIGTERM, said)
        self.assertEqual((self.folder / "p.csv").read_text(), "old")
        self.assertEqual(set(self.folder.iterdir()), before)


if __name__ == "__main__":
    unittest.main()
