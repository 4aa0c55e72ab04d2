"""Contact sheets of batches: `assay runs DIR --sheet FILE`."""

import io
import os
import pathlib
import re
import shutil
import subprocess
import unittest

from PIL import Image

import program

SHORT = ["train.epochs=20", "~hooks.training_data"]
GRID = ["optimizer.learning_rate=0.02,0.05", "seed=1,2"]
DOCUMENTED = re.compile(r"```shell\n(assay batch .*)\n(assay runs (\S+) --sheet (\S+))\n```")


def setUpModule():
    global FOLDER, BATCH
    temporary = program.temporary_folder()
    unittest.addModuleCleanup(temporary.cleanup)
    FOLDER = pathlib.Path(temporary.name)
    BATCH = batch("b", *GRID)


def batch(name, *arguments, config="digits.yaml", expect=program.DONE):
    process = program.assay("batch", program.CONFIGS / config, *SHORT, *arguments, "--name", "sheet", "--dir",
                            f"{name}/b", folder=FOLDER)
    assert process.returncode == expect, process.stdout + process.stderr
    return FOLDER / name / "b"


class ContactSheet(unittest.TestCase):
    def sheet(self, *arguments, of=None, ending="svg", expect=program.DONE, **options):
        """Returns the bytes of a sheet, or what is said where there is none."""
        file = FOLDER / f"sheet.{ending}"
        file.unlink(missing_ok=True)
        process = program.assay("runs", of or BATCH, "--sheet", file.name, *arguments, folder=FOLDER, **options)
        self.assertEqual(process.returncode, expect, process.stdout + process.stderr)
        if expect != program.DONE:
            self.assertFalse(file.exists())
            return process.stderr
        self.assertEqual(process.stdout, f"contact sheet {file.name}\n")
        return file.read_bytes()

    def test_the_ending_says_the_form(self):
        picture = Image.open(io.BytesIO(self.sheet(ending="png")))
        picture.load()
        self.assertEqual((picture.format, picture.width), ("PNG", 1650))
        self.assertGreater(picture.height, 1500)
        self.assertGreater(len(picture.getcolors(1 << 24)), 100)
        self.assertTrue(self.sheet(ending="pdf").startswith(b"%PDF-"))
        self.assertIn(b'width="1100px"', self.sheet(ending="svg").replace(b'width="1100"', b'width="1100px"'))
        error = self.sheet(ending="jpg", expect=program.USAGE_ERROR)
        self.assertIn("sheet.jpg: a contact sheet is a PNG, SVG or PDF; expected a name that ends in .png, .svg or "
                      ".pdf", error)

    def test_it_depends_on_nothing_but_the_results(self):
        whole = self.sheet()
        elsewhere = dict(os.environ, TZ="Asia/Kathmandu", LANG="tr_TR.UTF-8", LC_ALL="C")
        self.assertEqual(self.sheet(env=elsewhere), whole)
        for ending in ("png", "pdf"):
            self.assertEqual(self.sheet(ending=ending), self.sheet(ending=ending, env=elsewhere))
        other = batch("other", "optimizer.learning_rate=0.05,0.02", "seed=2,1", "-j", "2")
        self.assertEqual(self.sheet("--by", "optimizer.learning_rate", of=other), whole)

    def test_choices(self):
        by_rate = self.sheet()
        self.assertNotEqual(self.sheet("--by", "seed"), by_rate)
        self.assertNotEqual(self.sheet("--value", "Loss"), by_rate)
        self.assertEqual(self.sheet("--value", "Accuracy,Loss"), by_rate)
        self.assertEqual(self.sheet("--picture", "Step ${step} Accuracy Testsheet"), by_rate)

    def test_choices_that_the_batch_does_not_have(self):
        self.assertIn("no run has logged 'Los'; there are Accuracy, Loss",
                      self.sheet("--value", "Los", expect=program.RUN_FAILED))
        self.assertIn("no run has pictures 'Digits'; there are Step ${step} Accuracy Testsheet",
                      self.sheet("--picture", "Digits", expect=program.RUN_FAILED))
        self.assertIn("'model.hidden' does not vary in this batch; the keys that do are optimizer.learning_rate, "
                      "seed", self.sheet("--by", "model.hidden", expect=program.RUN_FAILED))
        self.assertIn("--sheet draws a picture of all runs, and takes no options of the table",
                      self.sheet("--sort", "Loss", expect=program.USAGE_ERROR))
        process = program.assay("runs", BATCH, "--value", "Loss", folder=FOLDER)
        self.assertEqual(process.returncode, program.USAGE_ERROR)
        self.assertIn("--sheet", process.stderr)

    def test_event_files_say_the_same_as_lines(self):
        copy = FOLDER / "copy" / "b"
        shutil.copytree(BATCH, copy)
        with_lines = self.sheet("--value", "Loss", of=copy)
        for lines in copy.glob("runs/*/metrics.jsonl"):
            lines.unlink()
        without = self.sheet("--value", "Loss", of=copy)
        # A float32 moves no line by as much as a hundredth of a pixel.
        numbers = re.compile(rb"-?\d+\.\d+")
        before, after = ([float(text) for text in numbers.findall(sheet)] for sheet in (with_lines, without))
        self.assertEqual(len(before), len(after))
        self.assertLess(max(abs(a - b) for a, b in zip(before, after)), 0.01)
        self.assertNotEqual(before, [])

    def test_runs_that_failed_and_runs_that_wait(self):
        failing = batch("failing", "optimizer.learning_rate=0.02,1e30", "seed=1,2", expect=program.RUN_FAILED)
        self.sheet(of=failing)
        shutil.rmtree(failing / "runs")
        self.sheet(of=failing)

    def test_one_run(self):
        self.sheet(of=batch("one"))

    def test_the_sheets_of_the_documentation(self):
        text = (program.SOURCE / "docs" / "batches.md").read_text()
        commands = DOCUMENTED.findall(text)
        self.assertEqual(len(commands), 2)
        for make, draw, folder, file in commands:
            # Shorter than documented.
            make = re.sub(r"--trials \d+", "--trials 4", re.sub(r"train\.epochs=\d+", "train.epochs=1", make))
            make = make.replace("configs/", f"{program.CONFIGS}/")
            for command in (make, draw):
                process = subprocess.run(command.replace("assay", str(program.ASSAY), 1), shell=True, cwd=FOLDER,
                                         capture_output=True, text=True, timeout=600)
                self.assertEqual(process.returncode, program.DONE, process.stdout + process.stderr)
            self.assertTrue((FOLDER / file).exists())


if __name__ == "__main__":
    unittest.main()
