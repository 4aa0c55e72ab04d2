"""Standard input, output and error that are closed, full, or that nobody reads."""

import itertools
import os
import pathlib
import re
import signal
import subprocess
import unittest

import metrics
import program

DIGITS = program.CONFIGS / "digits.yaml"
FULL = "assay: error: standard output: cannot be written: No space left on device\n"
CLOSED = "assay: error: standard output: cannot be written: Bad file descriptor\n"
BROKEN = "assay: error: standard output: cannot be written: Broken pipe\n"
SHORT = ["train.epochs=20", "hooks.test_sheet.every=20"]

COMMANDS = [
    ["show", DIGITS],
    ["show", DIGITS, "--origin"],
    ["show", "--diff", DIGITS, DIGITS, "seed=1"],
    ["check", DIGITS],
    ["describe", DIGITS],
    ["resume", "--help"],
    ["verify", program.tutorial_run()],
    ["runs", program.tutorial_run().parent],
    ["eval", "--help"],
    ["predict", "--help"],
    ["plugins", "list"],
    ["plugins", "list", "--why"],
    ["plugins", "describe", "sgd"],
    ["plugins", "schema"],
    ["plugins", "reference"],
    ["plugins", "check", program.PLUGINS / "assay_schedules.so"],
    ["complete", "--", "r"],
    ["manual"],
    ["--help"],
    ["run", "--help"],
    ["--version"],
]


def start(*arguments, folder, **options):
    return subprocess.run([str(program.ASSAY), *map(str, arguments)], cwd=folder, stderr=subprocess.PIPE,
                          text=True, timeout=300, **options)


def nobody_reads():
    reader, writer = os.pipe()
    os.close(reader)
    return os.fdopen(writer, "wb")


class Lost(unittest.TestCase):
    def test_a_full_disk(self):
        for command in COMMANDS:
            with self.subTest(command=command), program.temporary_folder() as folder, open("/dev/full", "wb") as full:
                process = start(*command, folder=folder, stdout=full)
                self.assertEqual((process.returncode, process.stderr), (program.RUN_FAILED, FULL))

    def test_a_pipe_that_nobody_reads(self):
        """SIGPIPE ends a command without a word, as it does others; where it is ignored there is a message."""
        for command in COMMANDS:
            with self.subTest(command=command), program.temporary_folder() as folder:
                with nobody_reads() as pipe:
                    process = start(*command, folder=folder, stdout=pipe)
                self.assertEqual((process.returncode, process.stderr), (-signal.SIGPIPE, ""))
                with nobody_reads() as pipe:
                    process = start(*command, folder=folder, stdout=pipe,
                                    preexec_fn=lambda: signal.signal(signal.SIGPIPE, signal.SIG_IGN))
                self.assertEqual((process.returncode, process.stderr), (program.RUN_FAILED, BROKEN))

    def test_a_new_plugin(self):
        with program.temporary_folder() as folder, open("/dev/full", "wb") as full:
            process = start("plugins", "new", "loss", "mine", folder=folder, stdout=full)
            self.assertEqual((process.returncode, process.stderr), (program.RUN_FAILED, FULL))

    def test_the_exit_code_of_an_error_stays(self):
        with program.temporary_folder() as folder, open("/dev/full", "wb") as full:
            process = start("check", DIGITS, "sed=1", folder=folder, stdout=full)
            self.assertEqual(process.returncode, program.USAGE_ERROR)

    def test_problems_as_json(self):
        with program.temporary_folder() as folder, open("/dev/full", "wb") as full:
            process = start("--format", "json", "show", DIGITS, folder=folder, stdout=full)
            self.assertEqual(process.returncode, program.RUN_FAILED)
            self.assertIn('"message":"standard output: cannot be written: No space left on device"', process.stderr)

    def test_a_run_goes_on(self):
        for output, said in ((lambda: open("/dev/full", "wb"), FULL), (nobody_reads, BROKEN)):
            with self.subTest(said), program.temporary_folder() as folder, output() as file:
                process = start("run", DIGITS, "run_dir=run", *SHORT, folder=folder, stdout=file)
                self.assertEqual((process.returncode, process.stderr), (program.PARTLY_FAILED, said))
                record = program.record(pathlib.Path(folder) / "run")
                self.assertEqual((record["state"], record["steps"]), ("finished", 20))
                self.assertEqual(record["failures"], [said.removeprefix("assay: error: ").rstrip()])
                self.assertIn(record["failures"][0], (pathlib.Path(folder) / "run" / "log.txt").read_text())


class Closed(unittest.TestCase):
    """No data file may get the number of a descriptor that messages are written to."""

    def closed(self, descriptors, *arguments, folder, **options):
        redirections = " ".join(("<&-", ">&-", "2>&-")[d] for d in descriptors)
        return subprocess.run(["sh", "-c", f'exec "$0" "$@" {redirections}', str(program.ASSAY),
                               *map(str, arguments)], cwd=folder, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=300, **options)

    def values(self, run):
        return [{k: v for k, v in record.items() if k != "wall_time"} for record in metrics.read(run)]

    def test_every_combination(self):
        failing = ["optimizer.learning_rate=1e30"]
        for overrides, code in (([], program.DONE), (failing, program.RUN_FAILED)):
            expected = None
            for count in range(4):
                for descriptors in itertools.combinations(range(3), count):
                    with self.subTest(closed=descriptors, code=code), program.temporary_folder() as folder:
                        process = self.closed(descriptors, "run", DIGITS, "run_dir=run", *SHORT, *overrides,
                                              folder=folder)
                        lost = [CLOSED.removeprefix("assay: error: ").rstrip()] if 1 in descriptors else []
                        self.assertEqual(process.returncode, code or (program.PARTLY_FAILED if lost else program.DONE),
                                         process.stderr)
                        self.assertEqual(process.stderr == "", 2 in descriptors or not (code or lost))
                        self.assertEqual(process.stderr.count(CLOSED), 0 if 2 in descriptors else len(lost))
                        self.assertEqual(process.stdout == "", 1 in descriptors)
                        run = pathlib.Path(folder) / "run"
                        record = program.record(run)
                        self.assertEqual(record["failures"], lost)
                        for file in run.rglob("*"):
                            if file.is_file() and file.name != "log.txt":
                                self.assertNotIn(b"assay: error", file.read_bytes(), file)
                        (events,) = run.glob("events.out.tfevents.*")
                        found = (record["state"], record["steps"], self.values(run), events.stat().st_size,
                                 sorted(file.name.split(".")[0] for file in run.rglob("*")))
                        expected = expected or found
                        self.assertEqual(found, expected)

    def test_other_commands(self):
        """A closed output is one that cannot be written to; a closed input or error output changes nothing."""
        for command in COMMANDS:
            for descriptors in ([0], [1], [2], [0, 1, 2]):
                with self.subTest(command=command, closed=descriptors), program.temporary_folder() as folder:
                    process = self.closed(descriptors, *command, folder=folder)
                    lost = 1 in descriptors
                    code = program.RUN_FAILED if lost or "--diff" in command else program.DONE
                    self.assertEqual(process.returncode, code, process.stderr)
                    self.assertEqual(process.stderr, CLOSED if lost and 2 not in descriptors else "")
                    self.assertEqual(process.stdout == "", lost)

    def test_a_plugin_that_is_checked(self):
        library = program.PLUGINS / "assay_schedules.so"
        with program.temporary_folder() as folder:
            def without_measurements(output):
                return re.sub(r"\([\d.]+ s, \d+ MB at most\)", "", output)
            whole = self.closed([], "plugins", "check", library, folder=folder)
            self.assertIn(" s, ", whole.stdout)
            for descriptors in ([0], [2], [0, 2]):
                with self.subTest(closed=descriptors):
                    process = self.closed(descriptors, "plugins", "check", library, folder=folder)
                    self.assertEqual((process.returncode, without_measurements(process.stdout)),
                                     (whole.returncode, without_measurements(whole.stdout)))


if __name__ == "__main__":
    unittest.main(verbosity=2)
