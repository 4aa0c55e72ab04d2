"""The finished run of configs/digits.yaml, read by the real TensorBoard with both of its
loaders and by tbparse."""

import io
import os
import unittest

import numpy
import tbparse
from PIL import Image

import metrics
import program
from tensorboard_server import TensorBoard

RUN = program.tutorial_run()
LOSS_STEPS = list(range(1, 3001))
ACCURACY_STEPS = [1] + list(range(10, 3001, 10))
IMAGE_STEPS = {"Training Data": 0} | {
    f"Step {step} Accuracy Testsheet": step for step in [1, *range(500, 3001, 500)]
}
FIGURE_SIZE = (600, 600)


def assert_same_points(test, found, expected):
    """[wall_time, step, value] each; the values are equal as float32."""
    expected = [[time, step, float(numpy.float32(value))] for time, step, value in expected]
    different = [pair for pair in zip(found, expected) if pair[0] != pair[1]]
    test.assertEqual(
        (len(found), different[:3]), (len(expected), []), f"{len(different)} points differ")


def assert_is_figure(test, png):
    image = Image.open(io.BytesIO(png))
    test.assertEqual((image.format, image.size), ("PNG", FIGURE_SIZE))
    image.verify()  # the checksums; what follows decodes, which verify() does not
    Image.open(io.BytesIO(png)).load()


class MetricsFile(unittest.TestCase):
    """The log that the others are compared with."""

    def test_holds_every_point(self):
        scalars = metrics.scalars(RUN)
        self.assertEqual(
            {tag: [step for _, step, _ in points] for tag, points in scalars.items()},
            {"Loss": LOSS_STEPS, "Accuracy": ACCURACY_STEPS})
        self.assertEqual(
            metrics.images(RUN), {tag: [(step, FIGURE_SIZE)] for tag, step in IMAGE_STEPS.items()})


class LoaderTests:
    """Run for each of TensorBoard's loaders."""

    @classmethod
    def setUpClass(cls):
        cls.board = cls.enterClassContext(TensorBoard(RUN, load_fast=cls.load_fast))
        cls.board.wait_for_run(".", RUN)

    def test_the_run_and_its_tags(self):
        self.assertEqual(self.board.json("/data/runs"), ["."])
        scalars = self.board.json("/data/plugin/scalars/tags")
        self.assertEqual(set(scalars["."]), {"Loss", "Accuracy"})
        images = self.board.json("/data/plugin/images/tags")
        self.assertEqual(
            {tag: about["samples"] for tag, about in images["."].items()},
            {tag: 1 for tag in IMAGE_STEPS})

    def test_every_scalar(self):
        for tag, expected in metrics.scalars(RUN).items():
            with self.subTest(tag=tag):
                assert_same_points(self, self.board.scalars(".", tag), expected)

    def test_every_image(self):
        for tag, step in IMAGE_STEPS.items():
            with self.subTest(tag=tag):
                [(found_step, png)] = self.board.images(".", tag)
                self.assertEqual(found_step, step)
                assert_is_figure(self, png)

    def test_no_complaints(self):
        self.assertEqual(self.board.complaints(), [])


class FastLoader(LoaderTests, unittest.TestCase):
    load_fast = True


class PythonLoader(LoaderTests, unittest.TestCase):
    load_fast = False


class Tbparse(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.reader = tbparse.SummaryReader(RUN, extra_columns={"wall_time"})

    def test_every_scalar(self):
        found = self.reader.scalars
        for tag, expected in metrics.scalars(RUN).items():
            with self.subTest(tag=tag):
                points = found[found["tag"] == tag][["wall_time", "step", "value"]]
                assert_same_points(self, points.values.tolist(), expected)

    def test_every_image(self):
        # tbparse gives pictures as tensors: width, height, file.
        found = self.reader.tensors
        self.assertEqual(
            sorted(zip(found["tag"], found["step"])), sorted(IMAGE_STEPS.items()))
        for width, height, png in found["value"]:
            self.assertEqual((int(width), int(height)), FIGURE_SIZE)
            assert_is_figure(self, png)


if __name__ == "__main__":
    unittest.main(verbosity=2)
