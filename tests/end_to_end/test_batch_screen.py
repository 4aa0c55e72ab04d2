"""What a person at a terminal sees of a batch: a line for each run that goes, one for all, and failures at once."""

import pathlib
import re
import shutil
import termios
import unittest

import program
from screen import Screen, Session

LONG = ["train.epochs=1000", "~hooks.training_data", "~hooks.test_sheet", "loggers=[jsonl]"]
TOTAL = re.compile(r"^\d+/3 runs")


class Emulated(unittest.TestCase):
    def test_the_screen_of_these_tests_is_one(self):
        screen = Screen(5)
        screen.write("abcdefg\r\n12\r\x1b[1AX\x1b[K\n\n34")
        self.assertEqual(screen.lines(), ["abcde", "X", "12", " 34"])
        screen.write("\r\x1b[3A\x1b[J")
        self.assertEqual(screen.lines(), [""])


class Live(unittest.TestCase):
    def setUp(self):
        temporary = program.temporary_folder()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def session(self, *arguments, **options):
        session = Session("batch", *arguments, "--dir", "b", folder=self.folder, **options)
        self.addCleanup(session.close)
        return session

    def test_every_width(self):
        for columns in (80, 20):
            with self.subTest(columns=columns):
                shutil.rmtree(self.folder / "b", ignore_errors=True)
                session = self.session(program.CONFIGS / "digits.yaml", *LONG, "seed=0,1,2", "-j", 2, columns=columns)
                session.read()
                self.assertEqual(session.process.returncode, program.DONE, session.output)
                seen = [lines for lines in session.states if any(map(TOTAL.match, lines))]
                views = [[line for line in lines if TOTAL.match(line) or re.match(r"seed=\d  ", line)] for lines in seen]
                self.assertTrue(any(len(view) == 3 for view in views), views)
                for view in views:
                    self.assertEqual(sum(bool(TOTAL.match(line)) for line in view), 1, view)
                    self.assertTrue(TOTAL.match(view[-1]), view)
                    self.assertTrue(all(len(line) < columns for line in view), view)
                steps = [re.search(r"seed=0 .* (\d+)%", line) for view in views for line in view]
                percents = [int(found[1]) for found in steps if found]
                self.assertTrue(percents and percents == sorted(percents), percents)
                whole = "\n".join(line for view in views for line in view)
                if columns == 80:
                    self.assertRegex(whole, r"seed=\d +[\d,]+/1,000 +\d+%  loss [\d.e-]+ +\d+:\d\d left")
                    self.assertRegex(whole, r"/3 runs  \d+:\d\d left  2 running")
                # Nothing of it remains, and the table is there.
                end = "\n".join(session.screen.lines())
                self.assertIn("3 finished", end)
                self.assertNotIn("runs  ", end)
                self.assertNotRegex(end, r"seed=\d")

    def test_failures_are_told_above_it_when_they_happen(self):
        shutil.copy(program.BUILD / "tests" / "zoo" / "ends_runs.so", self.folder)
        session = self.session("--plugin-path", self.folder, program.CONFIGS / "digits.yaml", *LONG,
                               "+hooks.it={type: ending, how: nothing, at: 1}", "hooks.it.how='exits quickly',nothing",
                               "seed=0,1", "-j", 2)
        self.assertTrue(session.read(lambda s: "assay: error: how=" in s.output))
        self.assertIsNone(session.process.poll())
        session.read(lambda s: re.search(r"\d/4 runs  [12] failed", "\n".join(s.screen.lines())))
        lines = session.screen.lines()
        (told,) = [i for i, line in enumerate(lines) if line.startswith("assay: error: how=")][:1]
        (total,) = [i for i, line in enumerate(lines) if "/4 runs" in line]
        self.assertLess(told, total)
        session.read()
        self.assertEqual(session.process.returncode, program.RUN_FAILED)
        self.assertEqual("\n".join(session.screen.lines()).count("assay: error: how="), 2, session.screen.lines())

    def test_ctrl_c_leaves_the_terminal_whole(self):
        for columns in (80, 40):
            with self.subTest(columns=columns):
                shutil.rmtree(self.folder / "b", ignore_errors=True)
                session = self.session(program.CONFIGS / "digits.yaml", *LONG, "train.epochs=400000", "seed=0,1,2", "-j", 2,
                                       columns=columns)
                self.assertTrue(session.read(lambda s: s.output.count("% ") > 10))
                session.press_ctrl_c()
                session.read()
                self.assertEqual(session.process.returncode, 130, session.output)
                text = "\n".join(session.screen.lines())
                print(text)
                joined = "".join(session.screen.lines())
                self.assertEqual(joined.count("the runs save their state and stop; Ctrl-C again quits at once"), 1, text)
                self.assertIn("to go on: assay batch --resume b", text)
                self.assertNotRegex(text, r"running|/3 runs|seed=\d")
                self.assertNotIn("^C", text)
                self.assertEqual(termios.tcgetattr(session.follower), session.modes)

    def test_plain_lines_where_nothing_can_be_drawn(self):
        arguments = (program.CONFIGS / "digits.yaml", *LONG, "train.epochs=20", "seed=0,1")
        session = self.session(*arguments, term="dumb")
        session.read()
        self.assertNotIn("\x1b", session.output)
        self.assertEqual(len(re.findall(r"^seed=\d  finished  Accuracy", session.output, re.MULTILINE)), 2, session.output)
        shutil.rmtree(self.folder / "b")
        process = program.assay("batch", *arguments, "--dir", "b", folder=self.folder)
        self.assertNotIn("\x1b", process.stdout)
        self.assertEqual(len(re.findall(r"^seed=\d  finished  Accuracy", process.stdout, re.MULTILINE)), 2)
        self.assertEqual(list((self.folder / "b" / "progress").iterdir()), [])


if __name__ == "__main__":
    unittest.main()
