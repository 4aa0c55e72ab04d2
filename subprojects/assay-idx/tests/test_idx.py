"""The dataset idx in the program, on files that this test writes itself. Nothing but Python's library."""

import gzip
import json
import os
import pathlib
import struct
import subprocess
import tempfile
import unittest

ASSAY, EXAMPLE, PLUGINS = os.environ["ASSAY"], pathlib.Path(os.environ["EXAMPLE"]), os.environ["PLUGINS"]

TYPES = {"B": 0x08, "b": 0x09, "h": 0x0B, "i": 0x0C, "f": 0x0D, "d": 0x0E}
IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"

CONFIG = """
dataset: {{type: idx, {dataset}}}
model: {{type: mlp, hidden: [4]}}
loss: softmax_cross_entropy
optimizer: {{type: sgd, learning_rate: 0.001}}
train: {{steps: 3}}
hooks: {{a: {{type: scalar, tag: a, value: {value}, every: 1}}}}
loggers: [jsonl]
"""


def idx(dimensions, values, kind="B"):
    """The bytes of an IDX file."""
    header = struct.pack(">BBBB", 0, 0, TYPES[kind], len(dimensions))
    return header + struct.pack(f">{len(dimensions)}I", *dimensions) + struct.pack(f">{len(values)}{kind}", *values)


def images(rows, kind="B", shape=(3, 2)):
    count = rows * shape[0] * shape[1]
    return idx((rows, *shape), [7 * i % 256 for i in range(count)], kind)


def labels(rows, kind="B"):
    return idx((rows,), [i % 3 for i in range(rows)], kind)


class Idx(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="assay-idx-")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.runs = 0

    def write(self, **files):
        """Removes what is there and writes files with bytes; None is left out."""
        for file in self.folder.glob("*-idx*"):
            file.unlink()
        names = {"images": IMAGES, "labels": LABELS, "images_gz": IMAGES + ".gz", "labels_gz": LABELS + ".gz",
                 "test_images": "t10k-images-idx3-ubyte", "test_labels": "t10k-labels-idx1-ubyte"}
        for key, data in files.items():
            (self.folder / names[key]).write_bytes(gzip.compress(data) if key.endswith("gz") else data)

    def assay(self, dataset, value):
        (self.folder / "c.yaml").write_text(CONFIG.format(dataset=dataset, value=value))
        self.runs += 1
        return subprocess.run([ASSAY, "run", "c.yaml", f"run_dir=run{self.runs}", "--plugin-path", PLUGINS],
                              cwd=self.folder, capture_output=True, text=True, timeout=100)

    def digest(self, dataset=f"images: {IMAGES}", value="train.loss"):
        """Returns the digest of the final weights."""
        process = self.assay(dataset, value)
        self.assertEqual(process.returncode, 0, process.stderr)
        return json.loads((self.folder / f"run{self.runs}" / "run.json").read_text())["weights_digest"]

    def refused(self, expected, option="images", dataset=f"images: {IMAGES}"):
        process = self.assay(dataset, "train.loss")
        print(process.stderr)
        self.assertEqual(process.returncode, 2, process.stderr)
        self.assertIn(expected, process.stderr)
        self.assertIn(f"dataset.{option}", process.stderr)

    def test_plain_gzipped_and_of_other_types_alike(self):
        self.write(images=images(30), labels=labels(30))
        plain = self.digest()
        self.assertEqual(self.digest(f"images: {IMAGES}.gz"), plain)
        self.write(images_gz=images(30), labels_gz=labels(30))
        self.assertEqual(self.digest(), plain)
        self.write(images=images(30, "f"), labels=labels(30, "i"))
        self.assertEqual(self.digest(), plain)
        os.rename(self.folder / LABELS, self.folder / "answers-idx")
        self.assertEqual(self.digest(f"images: {IMAGES}, labels: answers-idx"), plain)
        self.write(images=images(31), labels=labels(31))
        self.assertNotEqual(self.digest(), plain)

    def test_two_pairs_are_two_splits(self):
        self.write(images=images(30), labels=labels(30))
        alone = self.digest()
        self.write(images=images(30), labels=labels(30), test_images=images(12), test_labels=labels(12))
        both = f"images: {IMAGES}, test_images: t10k-images-idx3-ubyte"
        self.assertEqual(self.digest(both, "test.accuracy"), alone)
        self.assertNotEqual(self.digest(both + ", split: {test: 0.5}", "test.accuracy"), alone)
        self.write(images=images(30), labels=labels(30), test_images=images(12, shape=(3, 3)), test_labels=labels(12))
        self.refused("another shape", "test_images", both)
        self.refused("no test_images", "test_labels", f"images: {IMAGES}, test_labels: {LABELS}")

    def test_names_of_classes(self):
        self.write(images=images(30), labels=labels(30))
        self.digest(f"images: {IMAGES}, classes: [zero, one, two, three]")
        self.refused("it names 2 classes, but the labels go up to 2", "classes",
                     f"images: {IMAGES}, classes: [zero, one]")

    def test_what_is_wrong_with_images(self):
        good = images(30)
        for data, expected in (
                (b"", "the file is empty"),
                (b"\x89PNG\r\n\x1a\n", "does not begin as a file in MNIST's format"),
                (b"\0\0\x08", "does not begin as a file in MNIST's format"),
                (b"\0\0\x0a\x03" + good[4:], "does not begin as a file in MNIST's format"),
                (good[:9], "the file ends within its header"),
                (good[:-1], "its header announces 180 bytes of data, 179 are there"),
                (good + b"\0", "something follows the 180 bytes of data"),
                (idx((0, 3, 2), []), "one of its dimensions is 0"),
                (images(30, "h"), "its elements are int16; expected images, uint8 or float32"),
                (labels(30), "it has 1 dimension; images have 2 or more. Is it a file of labels?"),
                (idx((30, 3, 2), [0.0] * 100 + [float("nan")] + [0.0] * 79, "f"), "the image of row 16 holds NaN"),
                (idx((30, 3, 2), [0.0] * 179 + [float("-inf")], "f"), "the image of row 29 holds NaN"),
                (idx((2**32 - 1,) * 3, []), "bytes of data that `memory` allows"),
                (idx((2**18, 64, 64), []), "its header announces 1073741824 bytes of data, 0 are there")):
            with self.subTest(expected):
                self.write(images=data, labels=labels(30))
                self.refused(expected)
        self.write(images=good, labels=labels(30))
        self.refused("more than the 107 bytes of data that `memory` allows",
                     dataset=f"images: {IMAGES}, memory: 1.0e-7")

    def test_what_a_header_announces_is_not_believed(self):
        """6 GiB of zeros are 6 MB when they are compressed; and a header alone may announce anything."""
        self.write(labels=labels(30))
        file = self.folder / (IMAGES + ".gz")
        for dimensions, expected in (
                ((6 << 10, 1 << 10, 1 << 10), "announces more than the 2147483648 bytes of data that `memory` allows"),
                ((1 << 10, 1 << 10, 1 << 10), "cut off: its header announces 1073741824 bytes of data, at most")):
            file.write_bytes(gzip.compress(idx(dimensions, [])))
            self.refused(expected)

    def test_damaged_compression(self):
        packed = bytearray(gzip.compress(images(30)))
        self.write(labels=labels(30))
        file = self.folder / (IMAGES + ".gz")
        for size in (len(packed) // 2, len(packed) - 4):
            file.write_bytes(packed[:size])
            self.refused("the file is cut off within its compressed data")
        packed[-6] ^= 1  # of the check sum
        file.write_bytes(packed)
        self.refused("its compressed data is damaged")
        packed[-6] ^= 1
        for behind in b"\0", b"behind", bytes(packed[:1]), bytes(packed[:10]) + b"\xff":
            file.write_bytes(packed + behind)
            self.refused("compressed data")
        file.write_bytes(packed + gzip.compress(b"\0"))
        self.refused("something follows the 180 bytes of data")

    def test_members(self):
        """A file that was compressed in pieces, as by `cat a.gz b.gz`, is read whole."""
        data = images(30)
        self.write(images_gz=data, labels=labels(30))
        whole = self.digest()
        (self.folder / (IMAGES + ".gz")).write_bytes(b"".join(map(gzip.compress, (data[:7], data[7:100], data[100:]))))
        self.assertEqual(self.digest(), whole)

    def test_what_is_wrong_with_labels(self):
        for data, expected in (
                (labels(29), "it has 29 labels, but"),
                (images(30), "it has 3 dimensions; labels have 1. Is it a file of images?"),
                (labels(30, "f"), "its elements are float32; expected labels, uint8 or int32"),
                (idx((30,), [-1] * 30, "i"), "the label of row 0 is -1; expected 0 to 65535"),
                (labels(30)[:-1], "the file is cut off")):
            with self.subTest(expected):
                self.write(images=images(30), labels=data)
                self.refused(expected, "labels")
        self.write(images=images(30))
        self.refused("there is no such file, nor", "labels")
        self.write()
        self.refused("there is no such file, nor")
        (self.folder / "pixels").write_bytes(images(30))
        self.refused("has no 'images' in it; say it", "labels", "images: pixels")

    def test_the_example(self):
        folder = self.folder / "mnist"
        folder.mkdir()
        for name, rows in (("train", 300), ("t10k", 40)):
            (folder / f"{name}-images-idx3-ubyte.gz").write_bytes(gzip.compress(images(rows, shape=(28, 28))))
            (folder / f"{name}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(labels(rows)))
        (self.folder / "example.yaml").write_text(EXAMPLE.read_text())
        process = subprocess.run([ASSAY, "run", "example.yaml", "run_dir=run", "--plugin-path", PLUGINS],
                                 cwd=self.folder, capture_output=True, text=True, timeout=100)
        self.assertEqual(process.returncode, 0, process.stdout + process.stderr)
        print(process.stdout)
        self.assertIn("300 train, 40 test rows", process.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
