"""Dataset `npy` on files written by NumPy itself: the digits from such files give the same run, to the
last bit, as from their CSV file; a large file gives the same run however its rows reach the workers."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import time
import unittest

import numpy
from safetensors.numpy import load_file

import metrics
import program

CONFIG = """
seed: 3
dataset: {{{dataset}, split: {{test: 0.25, seed: 1}}}}
model: {{type: mlp, hidden: [16], activation: tanh}}
loss: softmax_cross_entropy
optimizer: {{type: sgd, learning_rate: 0.0005}}
train: {{steps: 30, batch_size: {batch_size}}}
hooks:
  loss: {{type: scalar, tag: loss, value: test.loss, every: 10}}
loggers: [jsonl]
"""
FROM_FILES = "type: npy, samples: x.npy, targets: y.npy"


def digits():
    table = numpy.loadtxt(program.SOURCE / "data" / "digits.csv", delimiter=",", skiprows=1)
    return table[:, :64].reshape(-1, 8, 8), table[:, 64]


class Npy(unittest.TestCase):
    def setUp(self):
        temporary = program.temporary_folder()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def save(self, samples, targets):
        numpy.save(self.folder / "x.npy", samples)
        numpy.save(self.folder / "y.npy", targets)

    def result(self, *overrides, dataset=FROM_FILES, batch_size=100):
        """The digest of the final weights, and the losses."""
        (self.folder / "c.yaml").write_text(CONFIG.format(dataset=dataset, batch_size=batch_size))
        number = len(list(self.folder.glob("run*")))
        folder = program.run("c.yaml", *overrides, folder=self.folder)
        folder.rename(self.folder / f"run{number}")
        run = self.folder / f"run{number}"
        losses = [value for _, _, value in metrics.scalars(run)["loss"]]
        return program.record(run)["weights_digest"], losses

    def trains_on_mapped_rows(self):
        """A run that has begun and does not end; its rows are too many to be copied into memory."""
        generator = numpy.random.default_rng(0)
        self.save(generator.random((100_000, 64), dtype="float32"), generator.integers(0, 10, 100_000))
        (self.folder / "c.yaml").write_text(CONFIG.format(dataset=FROM_FILES, batch_size=100))
        process = subprocess.Popen(
            [str(program.ASSAY), "run", "c.yaml", "run_dir=run", "train.steps=100000000", "hooks.loss.every=1",
             "hooks.loss.value=batch.loss"], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True)
        self.addCleanup(process.kill)
        log = self.folder / "run" / "metrics.jsonl"
        deadline = time.monotonic() + 60
        while not log.exists() or log.stat().st_size < 1000:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)
        return process

    @unittest.skipIf(program.EMULATOR, "signals are the emulator's")
    def test_a_file_that_is_written_to_while_it_is_trained_on(self):
        """The run ends as it would, and tells it. A file that is only touched has the same rows as before."""
        for row, failures in ((b"", 0), (b"\1", 1)):
            with self.subTest(row):
                process = self.trains_on_mapped_rows()
                with open(self.folder / "x.npy", "r+b") as file:
                    file.seek(-1, os.SEEK_END)
                    file.write(row)
                os.utime(self.folder / "x.npy", (1, 1))
                process.send_signal(signal.SIGTERM)
                _, errors = process.communicate(timeout=60)
                self.assertEqual(process.returncode, 143, errors)
                self.assertEqual(errors.count("x.npy: the file was changed while the run read it"), failures, errors)
                self.assertEqual(len(program.record(self.folder / "run")["failures"]), failures)
                shutil.rmtree(self.folder / "run")

    @unittest.skipIf(program.EMULATOR, "signals are the emulator's")
    def test_a_file_that_is_cut_short_while_it_is_trained_on(self):
        process = self.trains_on_mapped_rows()
        os.truncate(self.folder / "x.npy", 1_000_000)
        _, errors = process.communicate(timeout=60)
        print(errors)
        self.assertEqual(process.returncode, program.RUN_FAILED)
        self.assertIn(f"{(self.folder / 'x.npy').resolve()}: data were missing when they were read: the file was cut",
                      errors)
        self.assertNotIn("learning rate", errors)
        run = self.folder / "run"
        record = program.record(run)
        self.assertEqual(record["state"], "failed")
        self.assertIn("x.npy", record["reason"])
        losses = metrics.scalars(run)["loss"]
        self.assertEqual([step for _, step, _ in losses], list(range(1, record["steps"] + 1)))
        weights = load_file(run / "checkpoints" / f"step_{record['steps']}.safetensors")
        self.assertTrue(all(numpy.isfinite(tensor).all() for tensor in weights.values()))

    def refusal(self):
        (self.folder / "c.yaml").write_text(CONFIG.format(dataset=FROM_FILES, batch_size=100))
        process = program.assay("run", "c.yaml", folder=self.folder)
        self.assertEqual(process.returncode, program.USAGE_ERROR, process.stderr)
        print(process.stderr)
        return process.stderr

    def test_digits_as_from_their_csv_file(self):
        samples, labels = digits()
        expected = self.result(dataset="type: digits")
        self.assertLess(expected[1][-1], expected[1][0])
        for sample_type in ("float32", "uint8"):
            for label_type in ("int32", "int64", "uint8"):
                self.save(samples.astype(sample_type), labels.astype(label_type))
                self.assertEqual(self.result(), expected, (sample_type, label_type))

    def test_a_large_file_however_it_is_read(self):
        """20 MB of float32 stay in the file; as uint8 they are read into memory."""
        random = numpy.random.RandomState(0)
        labels = random.randint(0, 5, 5000)
        samples = random.randint(0, 20, (5000, 1024)) + labels[:, None]
        for batch_size in (64, "all"):
            self.save(samples.astype("float32"), labels)
            mapped = self.result(batch_size=batch_size)
            self.assertEqual(self.result("threads=2", batch_size=batch_size), mapped)
            self.save(samples.astype("uint8"), labels)
            self.assertEqual(self.result(batch_size=batch_size), mapped)

    def test_names_of_classes_reach_the_pictures(self):
        samples, labels = digits()
        self.save(samples.astype("float32"), labels.astype("int64"))
        names = "zero, one, two, three, four, five, six, seven, eight, nine"
        config = CONFIG.format(dataset=f"{FROM_FILES}, classes: [{names}]", batch_size="all")
        config = config.replace(
            "loggers", "  sheet: {type: image, tag: s, renderer: test_sheet, at: 1, save: [svg]}\nloggers")
        (self.folder / "c.yaml").write_text(config)
        run = program.run("c.yaml", folder=self.folder)
        self.assertEqual([image.suffix for image in (run / "images").iterdir()], [".svg"])

    def test_labels_of_every_type(self):
        """Whole numbers and truth values are read; what is said of the others makes them so."""
        samples, labels = digits()
        small = labels % 2
        self.save(samples.astype("float32"), small.astype("int32"))
        expected = self.result()
        for name in ("bool", "int8", "uint8", "int16", "uint16", "uint32", "int64", "uint64"):
            self.save(samples.astype("float32"), small.astype(name))
            self.assertEqual(self.result(), expected, name)
        texts = numpy.where(small == 1, "yes", "no")
        for array, advice in ((small, "array.astype('int32')"), (small.astype("float16"), "array.astype('int32')"),
                              (small.astype(">i2"), "array.astype('int32')"), (texts, "numpy.unique(array"),
                              (texts.astype("S"), "numpy.unique(array"), (texts.astype(object), "numpy.unique(array")):
            with self.subTest(array.dtype):
                self.save(samples.astype("float32"), array)
                said = self.refusal()
                self.assertIn(advice, said)
                advised = re.search(r"((?:names, labels = .*; )?numpy\.save\(file, .*?'\)\))", said)[1]
                file = self.folder / "y.npy"  # the names that the advice uses
                exec(advised, {"numpy": numpy, "file": file, "array": array})  # pylint: disable=exec-used
                self.assertEqual(self.result(), expected, advised)

    def test_labels_that_were_saved_as_values(self):
        samples, labels = digits()
        self.save(samples.astype("float32"), labels.astype("float32"))
        self.assertIn("loss: softmax_cross_entropy: the targets of this dataset are values; expected classes",
                      self.refusal())

    def test_labels_from_one(self):
        samples, labels = digits()
        self.save(samples.astype("float32"), (labels + 1).astype("int32"))
        (self.folder / "c.yaml").write_text(CONFIG.format(dataset=FROM_FILES, batch_size=100))
        for command in ("check", "run"):
            process = program.assay(command, "c.yaml", folder=self.folder)
            self.assertEqual(process.returncode, program.DONE, process.stderr)
            self.assertRegex(process.stderr, r"^c\.yaml:3:\d+: warning: dataset\.targets: ")
            self.assertIn(f"dataset.targets: {self.folder / 'y.npy'}: class 0 has no rows to train on\n", process.stderr)
            self.assertIn("subtract 1 from labels that begin with 1", process.stderr)
            self.assertEqual(process.stderr.count("class 0"), 1)

    def test_a_value_that_is_not_finite(self):
        """Found by `check` where rows are copied, at the option that names the file, and else by the step
        that meets it; in no case is the learning rate to blame."""
        samples, labels = digits()
        samples = samples.reshape(-1, 64).astype("float32")
        samples[77, 5] = numpy.nan
        said = "the sample of row 77 of the dataset, counted from 0, is NaN in column 5"
        self.save(samples, labels.astype("int32"))
        said = f"dataset.samples: {self.folder / 'x.npy'}: {said}"
        self.assertRegex(self.refusal(), r"^c\.yaml:3:\d+: error: dataset\.samples: ")
        self.assertIn(f"error: {said}; fix these rows or leave them out", self.refusal())
        result = program.assay("run", "c.yaml", "train.on_nan=ignore", folder=self.folder)
        self.assertEqual(result.returncode, program.DONE, result.stderr)
        self.assertIn(f"warning: {said}", result.stderr)
        result = program.assay("check", "c.yaml", "dataset.samples=x.npy", folder=self.folder)
        self.assertEqual(result.returncode, program.USAGE_ERROR)
        self.assertTrue(result.stderr.startswith(f"argument 1: error: {said}"), result.stderr)
        more = samples.copy()
        more[[78, 79]] = numpy.inf
        self.save(more, labels.astype("int32"))
        self.assertRegex(self.refusal(), r"NaN in column 5 \(.*rows? of the split '.*have such values\); fix")

        wide = numpy.tile(samples, (4, 16))  # 29 MB: they stay in the file
        self.save(wide, numpy.tile(labels, 4).astype("int32"))
        self.assertEqual(program.assay("check", "c.yaml", folder=self.folder).stderr, "")
        result = program.assay("run", "c.yaml", "train.batch_size=16", "train.steps=500", folder=self.folder)
        print(result.stderr)
        self.assertEqual(result.returncode, program.RUN_FAILED)
        self.assertRegex(result.stderr,
                         r"the loss of step \d+ is NaN: the sample of row \d+ of the dataset, counted from "
                         r"0, is NaN in column \d+\. Fix this row or leave it out")
        row, column = map(int, re.search(r"row (\d+) of .* column (\d+)", result.stderr).groups())
        self.assertTrue(numpy.isnan(wide[row, column]))
        self.assertNotIn("learning rate", result.stderr)

    def test_what_numpy_writes_otherwise_is_refused(self):
        samples, labels = digits()
        self.save(samples, labels.astype("int32"))
        self.assertIn("its elements are '<f8'; expected float32", self.refusal())
        self.save(numpy.asfortranarray(samples.astype("float32")), labels.astype("int32"))
        self.assertIn("Fortran order", self.refusal())
        self.save(samples.astype(">f4"), labels.astype("int32"))
        self.assertIn("its elements are '>f4'", self.refusal())
        self.save(samples.astype("float32"), labels[:-1].astype("int32"))
        self.assertIn("it has 1,796 rows", self.refusal())
        self.save(samples.astype("float32"), numpy.array(["a"] * len(labels)))
        self.assertIn("its elements are '<U1'", self.refusal())
        self.save(numpy.array([{}, None]), labels.astype("int32"))
        self.assertIn("its elements are '|O'", self.refusal())
        self.save(numpy.zeros(3, dtype=[("a", "<f4")]), labels.astype("int32"))
        self.assertIn("records of several fields", self.refusal())
        self.save(samples.astype("float32"), labels.astype("int32"))
        file = self.folder / "x.npy"
        file.write_bytes(file.read_bytes()[:-1])
        self.assertIn("the file is cut off", self.refusal())


if __name__ == "__main__":
    unittest.main(verbosity=2)
