"""What is still said, and kept, when a plugin ends a run (tests/zoo/ends_runs.cpp) in ways that no guard
catches."""

import json
import pathlib
import re
import shutil
import signal
import unittest

import program

LIBRARY = "ends_runs.so"


@unittest.skipIf(program.EMULATOR, "signals are the emulator's")
class LastWords(unittest.TestCase):
    def run_with(self, *arguments, hook="nothing", logger="nothing", options=()):
        """(the process, the run folder, the library's path)"""
        temporary = program.temporary_folder()
        self.addCleanup(temporary.cleanup)
        folder = pathlib.Path(temporary.name)
        shutil.copy(program.BUILD / "tests" / "zoo" / LIBRARY, folder)
        process = program.assay(
            *options, "--plugin-path", folder, "run", program.CONFIGS / "digits.yaml", "train.epochs=2",
            f"hooks={{it: {{type: ending, how: '{hook}', at: 1}}}}",
            f"loggers=[jsonl, {{type: ending_logger, how: '{logger}'}}]", f"run_dir={folder}/run", *arguments,
            folder=folder)
        print(process.stderr, end="")
        return process, folder / "run", folder / LIBRARY

    def test_a_run_that_ends_well(self):
        process, _, _ = self.run_with()
        self.assertEqual((process.returncode, process.stderr), (program.DONE, ""))

    def test_exits(self):
        for how, who in {"exits in a thread": "a thread of a plugin's own called exit(); `assay plugins check FILE`",
                         "exits quickly": "{}: hook ending: called exit(); `assay plugins check {}`"}.items():
            with self.subTest(how):
                process, run, library = self.run_with(hook=how)
                self.assertEqual(process.returncode, program.RUN_FAILED)
                self.assertIn("assay: error: " + who.format(library, library), process.stderr)
                self.assertEqual(program.record(run)["state"], "running")

    def test_crashes_in_threads(self):
        process, _, _ = self.run_with(hook="crashes in a thread")
        self.assertEqual(process.returncode, -signal.SIGSEGV)
        self.assertIn("killed by SIGSEGV outside of the calls of plugins; a thread of a plugin's own", process.stderr)
        for _ in range(10):
            process, _, _ = self.run_with(hook="crashes in two threads")
            self.assertEqual(process.returncode, -signal.SIGSEGV)
            self.assertEqual(process.stderr.count("killed by SIGSEGV"), 1)

    def test_the_words_of_a_child_are_not_those_of_the_run(self):
        process, _, _ = self.run_with(hook="crashes in a child")
        self.assertEqual((process.returncode, process.stderr), (program.DONE, ""))

    def test_ctrl_c(self):
        process, run, _ = self.run_with(hook="is interrupted")
        self.assertEqual((process.returncode, process.stderr), (130, ""))
        self.assertEqual(program.record(run)["state"], "stopped")
        process, _, library = self.run_with(hook="is interrupted twice")
        self.assertEqual((process.returncode, process.stderr),
                         (-signal.SIGINT, f"assay: ended within {library}: hook ending\n"))

    def test_as_json(self):
        process, _, library = self.run_with(hook="exits quickly", options=("--format", "json"))
        problem = json.loads(process.stderr.splitlines()[-1])
        self.assertEqual(problem["severity"], "error")
        self.assertIn(f"{library}: hook ending: called exit()", problem["message"])

    def test_what_was_trained_is_kept(self):
        for how in ({"hook": "aborts when destroyed"}, {"logger": "aborts"}):
            with self.subTest(how):
                process, run, library = self.run_with(**how)
                self.assertEqual(process.returncode, -signal.SIGABRT)
                self.assertRegex(process.stderr, rf"{re.escape(str(library))}: \w+ ending(_logger)?: killed by SIGABRT")
                record = program.record(run)
                self.assertEqual((record["state"], record["failures"]),
                                 ("finished", ["the process ended before its loggers were closed"]))
                self.assertTrue((run / "checkpoints" / "step_2.safetensors").exists())

    def test_a_logger_that_hangs_is_named(self):
        process, run, _ = self.run_with(logger="hangs")
        self.assertEqual(process.returncode, program.DONE)
        said = ("warning: waiting for logger ending_logger, which has not returned from a call for 5 s; Ctrl-C twice "
                "ends the run\n")
        self.assertEqual(process.stderr, "assay: " + said)
        self.assertIn(said, (run / "log.txt").read_text())


if __name__ == "__main__":
    unittest.main(verbosity=2)
