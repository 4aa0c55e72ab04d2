"""A plugin may end a run in ways that no guard catches (tests/zoo/ends_runs.cpp). The words that are still
said then, and what is kept."""

import json
import pathlib
import re
import shutil
import signal
import subprocess
import unittest

from safetensors.numpy import load_file

import program

LIBRARY = "ends_runs.so"
LIMIT_WAS_CHANGED = ("assay: warning: a call of a plugin changed for the whole process: the limit RLIMIT_AS; "
                     "`assay plugins check FILE` finds the plugin\n")
NO_PICTURES = ("~hooks.training_data", "~hooks.test_sheet")  # of which a stopped run drops some


signal.signal(signal.SIGHUP, signal.SIG_DFL)  # a program that nohup started has it ignored, and hands that on


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
        for how, who in {"exits in a thread": "a plugin's own thread called exit(); `assay plugins check FILE`",
                         "exits quickly": "{}: hook ending: called exit(); `assay plugins check {}`"}.items():
            with self.subTest(how):
                process, run, library = self.run_with(hook=how)
                self.assertEqual(process.returncode, program.RUN_FAILED)
                self.assertIn("assay: error: " + who.format(library, library), process.stderr)
                self.assertEqual(program.record(run)["state"], "running")

    def test_crashes_in_threads(self):
        process, _, _ = self.run_with(hook="crashes in a thread")
        self.assertEqual(process.returncode, -signal.SIGSEGV)
        self.assertIn("killed by SIGSEGV outside of calls into plugins; a plugin's own thread", process.stderr)
        for _ in range(10):
            process, _, _ = self.run_with(hook="crashes in two threads")
            self.assertEqual(process.returncode, -signal.SIGSEGV)
            self.assertEqual(process.stderr.count("killed by SIGSEGV"), 1)

    def test_the_words_of_a_child_are_not_those_of_the_run(self):
        process, _, _ = self.run_with(hook="crashes in a child")
        self.assertEqual((process.returncode, process.stderr), (program.DONE, ""))

    def test_ctrl_c(self):
        process, run, _ = self.run_with(*NO_PICTURES, hook="is interrupted")
        self.assertEqual(process.returncode, 130)
        # On a busy machine a step may take longer than it waits for one.
        self.assertEqual([line for line in process.stderr.splitlines() if ": waiting for " not in line], [])
        self.assertEqual(program.record(run)["state"], "stopped")
        process, _, library = self.run_with(hook="is interrupted twice")
        self.assertEqual((process.returncode, process.stderr),
                         (-signal.SIGINT, f"assay: ended within {library}: hook ending\n"))

    def test_a_terminal_that_closes_sends_its_signal_twice(self):
        process, run, _ = self.run_with(*NO_PICTURES, hook="loses its terminal")
        self.assertEqual((process.returncode, process.stderr), (129, ""))
        self.assertEqual(program.record(run)["state"], "stopped")

    def test_a_mapped_file_that_was_cut_short_is_named(self):
        process, run, _ = self.run_with(hook="reads what is gone")
        self.assertEqual(process.returncode, -signal.SIGBUS)
        self.assertEqual(process.stderr, f"assay: error: killed by SIGBUS: {run.parent.resolve()}/gone.bin: the file "
                         "was cut short, or its disk failed, while it was mapped into memory\n")

    def test_the_end_needs_no_memory_to_speak_of(self):
        """The weights, 16.7 MB, are saved though only 2 MB, or nothing, is left after the first step."""
        large = ("model.hidden=[2000, 2000]", "train.batch_size=1000", "threads=1", "~hooks.loss", "~hooks.accuracy",
                 *NO_PICTURES)
        process, run, _ = self.run_with(*large)
        self.assertEqual((process.returncode, process.stderr), (program.DONE, ""))
        digest = program.record(run)["weights_digest"]
        process, run, _ = self.run_with(*large, hook="leaves little memory")
        self.assertEqual((process.returncode, process.stderr), (program.DONE, LIMIT_WAS_CHANGED))
        record = program.record(run)
        self.assertEqual((record["state"], record["steps"], record["weights_digest"], record["failures"]),
                         ("finished", 4, digest, []))
        # Training itself may need memory that is not there.
        process, run, _ = self.run_with(*large, hook="leaves no memory")
        record = program.record(run)
        self.assertIn((process.returncode, record["state"], record.get("reason")),
                      [(program.DONE, "finished", None), (program.PARTLY_FAILED, "finished", None),
                       (program.RUN_FAILED, "failed", "out of memory")])
        self.assertEqual([failure for failure in record["failures"] if "out of memory" not in failure], [])
        self.assertEqual(bool(record["failures"]), process.returncode == program.PARTLY_FAILED, process.stderr)
        weights = run / "checkpoints" / f"step_{record['steps']}.safetensors"
        self.assertGreater(weights.stat().st_size, 16_600_000)

    def test_a_run_without_memory_saves_what_it_has(self):
        """Who first needs memory that is not there, if anybody, is a matter of luck."""
        process, run, _ = self.run_with("threads=1", *NO_PICTURES, hook="eats all memory")
        record = program.record(run)
        self.assertIn((process.returncode, record["state"], record.get("reason")),
                      [(program.DONE, "finished", None), (program.PARTLY_FAILED, "finished", None),
                       (program.RUN_FAILED, "failed", "out of memory")])
        self.assertEqual("out of memory" in process.stderr, process.returncode != program.DONE, process.stderr)
        weights = load_file(run / "checkpoints" / f"step_{record['steps']}.safetensors")
        self.assertEqual(weights["layer1.kernel"].shape, (64, 100))

    def test_a_crash_without_memory_is_told_as_that(self):
        process, _, library = self.run_with("threads=1", *NO_PICTURES, hook="crashes without memory")
        self.assertEqual(process.returncode, -signal.SIGSEGV)
        self.assertRegex(process.stderr, rf"^assay: error: {re.escape(str(library))}: hook ending: killed by SIGSEGV when "
                                         r"nearly all memory was used that `ulimit -v` allows \(\d+ MB\); raise that limit, "
                                         r"and if that does not help, `assay plugins check .*` looks for the cause\n$")

    def test_what_loggers_throw_when_they_are_closed(self):
        for how, words in {"has no memory": "std::bad_alloc",
                           "throws a number": "an exception that is no std::exception"}.items():
            with self.subTest(how):
                process, run, _ = self.run_with(logger=how)
                said = f"logger ending_logger: {words}; it gets no more records, training goes on"
                self.assertEqual((process.returncode, process.stderr), (program.PARTLY_FAILED, f"assay: error: {said}\n"))
                record = program.record(run)
                self.assertEqual((record["state"], record["steps"], record["failures"]), ("finished", 2, [said]))

    def test_ctrl_c_names_the_plugin_that_does_not_return(self):
        """The first one, soon. The second one ends the run at once, as ever."""
        with program.temporary_folder() as temporary:
            folder = pathlib.Path(temporary)
            shutil.copy(program.BUILD / "tests" / "zoo" / LIBRARY, folder)
            process = subprocess.Popen(
                [program.ASSAY, "--plugin-path", folder, "run", program.CONFIGS / "digits.yaml", "train.epochs=2",
                 "hooks={it: {type: ending, how: 'is interrupted and never returns', at: 1}}", "loggers=[]",
                 f"run_dir={folder}/run"], cwd=folder, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            try:
                said = process.stderr.readline()  # nothing else would end it
                self.assertEqual(said, f"assay: waiting for {folder / LIBRARY}: hook ending, which has not returned; "
                                       "Ctrl-C again ends the run\n")
                process.send_signal(signal.SIGINT)
                _, rest = process.communicate(timeout=100)
            finally:
                process.kill()
            self.assertEqual((process.returncode, rest),
                             (-signal.SIGINT, f"assay: ended within {folder / LIBRARY}: hook ending\n"))

    def test_what_a_call_changes_for_the_whole_process(self):
        """The run is told on where it was told before, and is left where it was asked for."""
        for how, changed in {"closes the terminal": r"standard output \(.*\), standard error \(.*\)",
                             "leaves the folder": r"the working folder \(now /\), the umask \(now 777\)"}.items():
            with self.subTest(how):
                process, run, _ = self.run_with("run_dir=here/run", hook=how)
                self.assertEqual(process.returncode, program.DONE)
                self.assertIn("finished", process.stdout)
                self.assertRegex(process.stderr, f"^assay: warning: a call of a plugin changed for the whole process: "
                                                 f"{changed}; `assay plugins check FILE` finds the plugin\\n$")
                run = run.parent / "here" / "run"
                self.assertEqual(program.record(run)["state"], "finished")
                self.assertTrue((run / "checkpoints" / "step_2.safetensors").stat().st_mode & 0o400)
        process, _, library = self.run_with(hook="closes the terminal and crashes")
        self.assertIn(f"{library}: hook ending: killed by SIGSEGV", process.stderr)

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
