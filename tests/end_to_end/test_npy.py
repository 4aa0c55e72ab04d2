"""Dataset `npy` on files written by NumPy itself: the digits from such files give the same run, to the
last bit, as from their CSV file; a large file gives the same run however its rows reach the workers."""

import pathlib
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

    def test_what_numpy_writes_otherwise_is_refused(self):
        samples, labels = digits()
        self.save(samples, labels.astype("int32"))
        self.assertIn("its elements are '<f8'; expected float32", self.refusal())
        self.save(numpy.asfortranarray(samples.astype("float32")), labels.astype("int32"))
        self.assertIn("Fortran order", self.refusal())
        self.save(samples.astype(">f4"), labels.astype("int32"))
        self.assertIn("its elements are '>f4'", self.refusal())
        self.save(samples.astype("float32"), labels[:-1].astype("int32"))
        self.assertIn("it has 1796 rows", self.refusal())
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
