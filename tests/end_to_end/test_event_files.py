"""Event files of the loggers' own making (tests/plugins/logger/write_event_files.cpp) in the real
TensorBoard: a resumed run, values that are not finite, tags beyond ASCII, text; and that a damaged file is noticed by these tests at all."""

import math
import os
import pathlib
import subprocess
import tempfile
import unittest

import numpy
import tbparse

import metrics
import program
from tensorboard_server import TensorBoard


def setUpModule():
    global FOLDER
    FOLDER = unittest.enterModuleContext(tempfile.TemporaryDirectory(prefix="assay_event_files_"))
    writer = program.BUILD / "tests" / "plugins" / "logger" / "write_event_files"
    subprocess.run([str(writer), FOLDER], check=True)


def run(name):
    return os.path.join(FOLDER, name)


class LoaderTests:
    """Run for each of TensorBoard's loaders."""

    @classmethod
    def setUpClass(cls):
        cls.board = cls.enterClassContext(TensorBoard(FOLDER, load_fast=cls.load_fast))
        for name in ("awkward", "resumed", "tutorial"):
            cls.board.wait_for_run(name, run(name))

    def assert_same_points(self, name):
        for tag, expected in metrics.scalars(run(name)).items():
            found = self.board.scalars(name, tag)
            self.assertEqual([p[:2] for p in found], [p[:2] for p in expected])
            numpy.testing.assert_array_equal(
                numpy.float32([p[2] for p in found]), numpy.float32([p[2] for p in expected]))

    def test_a_resumed_run_is_one_curve(self):
        points = metrics.scalars(run("resumed"))["Loss"]
        self.assertEqual([step for _, step, _ in points], list(range(1, 121)))
        self.assert_same_points("resumed")

    def test_values_that_are_not_finite(self):
        self.assert_same_points("awkward")
        [(tag, points)] = metrics.scalars(run("awkward")).items()
        self.assertEqual(tag, 'loss/損失 "ä"')
        self.assertTrue(math.isnan(points[1][2]))
        self.assertEqual([p[2] for p in points[2:4]], [math.inf, -math.inf])

    def test_text(self):
        [text] = self.board.json("/data/plugin/text/text", run="awkward", tag="Notes")
        self.assertEqual(text["step"], 0)
        self.assertEqual(text["text"], "<p><strong>bold</strong> äöü</p>")

    def test_no_complaints(self):
        self.assertEqual(self.board.complaints(), [])


class FastLoader(LoaderTests, unittest.TestCase):
    load_fast = True


class PythonLoader(LoaderTests, unittest.TestCase):
    load_fast = False


class Tbparse(unittest.TestCase):
    def test_a_resumed_run_is_one_curve(self):
        found = tbparse.SummaryReader(run("resumed")).scalars
        self.assertEqual(found["step"].tolist(), list(range(1, 121)))

    def test_text(self):
        found = tbparse.SummaryReader(run("awkward")).text
        self.assertEqual(found["value"].tolist(), ["**bold** äöü"])


class DamagedFile(unittest.TestCase):
    """One flipped bit is noticed: by the fast loader's complaint, by what the other one lacks."""

    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="assay_damaged_"))
        [whole] = pathlib.Path(run("tutorial")).glob("events.out.tfevents.*")
        damaged = bytearray(whole.read_bytes())
        damaged[len(damaged) // 2] ^= 1
        pathlib.Path(self.folder, whole.name).write_bytes(damaged)

    def test_fast_loader(self):
        with self.assertRaisesRegex(AssertionError, "TensorBoard complains:\n.*ChecksumError"):
            with TensorBoard(self.folder, load_fast=True) as board:
                board.wait_for("a complaint", board.complaints)

    def test_python_loader(self):
        # Through tbparse, which reads with it and waits for it.
        found = tbparse.SummaryReader(self.folder).scalars
        self.assertLess(found[found["tag"] == "Loss"]["step"].max(), 3000)


if __name__ == "__main__":
    unittest.main(verbosity=2)
