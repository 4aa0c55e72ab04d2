"""`assay batch --launcher`: options are as strict as those of a config, and a launcher of an outsider's, built from its
one file with what is installed, runs a batch as `local` does."""

import json
import os
import pathlib
import re
import shlex
import signal
import subprocess
import tempfile
import unittest

import installed
import program
from test_batch import Batch, processes_of, wait_until

SHORT = ["train.epochs=3", "~hooks.training_data", "~hooks.test_sheet", "loggers=[jsonl]"]
LONG = ["train.epochs=3000", "~hooks.training_data", "~hooks.test_sheet", "loggers=[jsonl]", "checkpoints.every=50"]


def niceness(process):
    """The nice value of a process; None if there is none."""
    try:
        return int(pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[16])
    except OSError:
        return None


class Options(Batch):
    def refused(self, *arguments):
        process = program.assay("batch", program.CONFIGS / "digits.yaml", "seed=0,1", "--dir", "b", *arguments, folder=self.folder)
        self.assertEqual(process.returncode, program.USAGE_ERROR, process.stdout)
        self.assertFalse((self.folder / "b").exists())
        return process.stderr

    def test_what_is_wrong_is_told_at_its_place(self):
        said = self.refused("--launcher", "lokal")
        self.assertIn("--launcher: error: launcher: no launcher 'lokal'", said)
        self.assertIn("did you mean 'local'?", said)
        said = self.refused("--launcher", "{type: local, nce: 3}")
        self.assertRegex(said, r"--launcher: error: launcher\.nce: launcher 'local' has no such option")
        self.assertIn("did you mean 'nice'?", said)
        self.assertIn("launcher.nice: expected an integer", self.refused("--launcher.nice=some"))
        self.assertIn("launcher.nice: expected an integer from 0 to 19, found '20'", self.refused("--launcher.nice=20"))
        self.assertIn("launcher: no launcher 'sgd': that is an optimizer", self.refused("--launcher", "sgd"))
        self.assertIn("launcher.nice", self.refused("--launcher.nice", "3"))

    def test_problems_of_configs_and_of_the_launcher_are_told_together(self):
        said = self.refused("--launcher.nice=some", "optimizer.learning_rate=abc")
        self.assertIn("launcher.nice: expected an integer", said)
        self.assertIn("optimizer.learning_rate", said)

    def test_forms(self):
        (self.folder / "mine.yaml").write_text("type: local\nnice: 3\n")
        for number, arguments in enumerate((["--launcher", "local"], ["--launcher", "{type: local, nice: 3}"],
                                            ["--launcher.nice=3"], ["--launcher", "@mine.yaml", "--launcher.nice=4"],
                                            ["--launcher", "{type: local, nice: '${env:MINE}'}"])):
            with self.subTest(arguments=arguments):
                process = program.assay("batch", program.CONFIGS / "digits.yaml", *SHORT, f"seed={number}", "--dir", f"b{number}",
                                        *arguments, folder=self.folder, env={**os.environ, "MINE": "2"})
                self.assertEqual(process.returncode, program.DONE, process.stdout + process.stderr)

    def test_options_have_their_effect_and_are_those_of_a_batch_that_goes_on(self):
        for arguments in ([str(program.CONFIGS / "digits.yaml"), *LONG, "seed=0,1", "--dir", "b", "--launcher.nice=7"],
                          ["--resume", "b"]):
            process = self.start(*arguments, "-j", 2)
            self.addCleanup(process.communicate)
            self.addCleanup(process.kill)
            wait_until(lambda: len(processes_of(f"run\0{self.folder}")) == 2 or process.poll() is not None)
            own = os.nice(0)
            found = {niceness(worker) for worker in processes_of(f"work\0{self.folder}")}
            found |= {niceness(run) for run in processes_of(f"run\0{self.folder}")}
            self.assertEqual(found - {None}, {min(own + 7, 19)})
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)


class Outsider(Batch):
    @classmethod
    def setUpClass(cls):
        cls.sdk = installed.Installed()
        cls.addClassCleanup(cls.sdk.remove)
        folder = tempfile.TemporaryDirectory(prefix="assay-launcher-")
        cls.addClassCleanup(folder.cleanup)
        cls.plugins = pathlib.Path(folder.name)
        source = cls.sdk.prefix / "share" / "doc" / "assay" / "examples" / "remote_shell.cpp"
        cls.sdk.shell(f"g++ -O2 -shared '{source}' -o remote_shell.so $(pkg-config --cflags --libs assay)", cls.plugins)
        # Does what ssh does, without another machine.
        ssh = cls.plugins / "ssh"
        ssh.write_text('#!/bin/sh\n[ "$1" = node1 ] || { echo "no such host: $1" >&2; exit 255; }\nshift\nexec sh -c "$*"\n')
        ssh.chmod(0o755)

    def setUp(self):
        super().setUp()
        self.environment = {**os.environ, "PATH": f"{self.plugins}:{os.environ['PATH']}"}
        self.addCleanup(self.end_workers)

    def end_workers(self):
        for pid in processes_of(str(self.folder)):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def assay(self, *arguments, expect=program.DONE):
        process = program.assay("--plugin-path", self.plugins, "batch", *arguments, folder=self.folder, env=self.environment)
        self.assertEqual(process.returncode, expect, process.stdout + process.stderr)
        return process

    def digits(self, settings, *arguments, **options):
        return self.assay(program.CONFIGS / "digits.yaml", *settings, "seed=0,1,2", *arguments, **options)

    def begin(self, *arguments):
        process = subprocess.Popen(
            [str(program.ASSAY), "--plugin-path", str(self.plugins), "batch", *map(str, arguments)], cwd=self.folder,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.environment)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def workers(self):
        return processes_of(f"work\0{self.folder}")

    def launches(self):
        """What the workers of each launch printed."""
        return [path.read_text() for path in (self.folder / "b" / "logs").glob("assay-digits-*.txt")]

    def has_checkpoints(self):
        return len(list(self.folder.glob("b/runs/*/checkpoints/step_*.safetensors"))) > 0

    def table(self):
        return (self.folder / "b" / "table.csv").read_bytes()

    def undisturbed(self, settings):
        with program.temporary_folder() as folder:
            process = program.assay("batch", program.CONFIGS / "digits.yaml", *settings, "seed=0,1,2", "--dir", "b", folder=folder)
            self.assertEqual(process.returncode, program.DONE, process.stderr)
            return (pathlib.Path(folder) / "b" / "table.csv").read_bytes()

    def test_the_commands_of_the_page(self):
        (self.folder / "configs").symlink_to(program.CONFIGS)
        page = (program.SOURCE / "docs" / "batches.md").read_text()
        commands = re.findall(r"^assay (batch .* --launcher .*)$", page, re.MULTILINE)
        self.assertEqual(len(commands), 3)
        for number, command in enumerate(commands):
            with self.subTest(command=command):
                self.assay(*shlex.split(command)[1:], *SHORT, "--dir", f"b{number}")
                process = self.assay("--resume", f"b{number}")
                self.assertIn("5 finished\n", process.stdout)

    def test_its_table_is_that_of_local(self):
        process = self.digits(SHORT, "--dir", "b", "-j", 2, "--launcher", "{type: remote_shell, shell: ssh node1}")
        self.assertIn("3 finished\n", process.stdout)
        self.assertEqual(process.stderr, "")
        self.assertEqual(self.table(), self.undisturbed(SHORT))
        (printed,) = self.launches()
        for seed in range(3):
            self.assertIn(f"seed={seed}  finished", printed)

    def test_elsewhere_the_number_of_workers_must_be_said(self):
        process = self.digits(SHORT, "--dir", "b", "--launcher", "{type: remote_shell, shell: ssh node1}", expect=program.USAGE_ERROR)
        self.assertIn("how many workers shall the launcher remote_shell start? Say it with -j N", process.stderr)

    def test_a_start_that_fails_is_told(self):
        process = self.digits(SHORT, "--dir", "b", "-j", 2, "--launcher", "{type: remote_shell, shell: ssh node2}",
                              expect=program.RUN_FAILED)
        self.assertIn("launcher remote_shell: failed: ssh node2 ", process.stderr)

    def test_workers_go_on_without_the_batch_and_it_finds_them_again(self):
        process = self.begin(program.CONFIGS / "digits.yaml", *LONG, "seed=0,1,2", "--dir", "b", "-j", 2, "--launcher", "remote_shell")
        wait_until(self.has_checkpoints)
        process.send_signal(signal.SIGKILL)
        process.wait()
        workers = set(self.workers())
        self.assertEqual(len(workers), 2)
        (launch,) = json.loads((self.folder / "b" / "workers.json").read_text())["launches"]
        self.assertEqual({int(worker) for worker in launch["ids"]}, workers)
        self.assay("--resume", "b")
        self.assertEqual(len(self.launches()), 1)
        self.assertEqual({attempt["number"] for attempt in self.attempts().values()}, {1})
        self.assertEqual(self.table(), self.undisturbed(LONG))

    def test_detached_workers_are_left_and_waited_for_later(self):
        process = self.digits(LONG, "--dir", "b", "-j", 2, "--detach", "--launcher", "remote_shell")
        self.assertIn("2 workers at work; to wait for the results: assay batch --resume b\n", process.stdout)
        self.assertFalse((self.folder / "b" / "table.csv").exists())
        self.assay("--resume", "b")
        self.assertEqual({attempt["number"] for attempt in self.attempts().values()}, {1})
        self.assertEqual(self.table(), self.undisturbed(LONG))

    def test_the_workers_of_local_cannot_be_detached(self):
        process = self.digits(SHORT, "--dir", "b", "--detach", expect=program.USAGE_ERROR)
        self.assertIn("--detach: the workers of the launcher local end with this command", process.stderr)

    def test_ctrl_c_stops_them_and_others_take_their_place(self):
        process = self.begin(program.CONFIGS / "digits.yaml", *LONG, "seed=0,1,2", "--dir", "b", "-j", 2, "--launcher", "remote_shell")
        wait_until(self.has_checkpoints)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=100)
        self.assertEqual(process.returncode, 130, output + errors)
        self.assertEqual(errors, "")
        self.assertEqual(self.workers(), [])
        self.assay("--resume", "b", "-j", 2)
        self.assertEqual(self.table(), self.undisturbed(LONG))

    def test_another_launcher_warns_of_the_workers_of_the_first(self):
        self.digits(LONG, "--dir", "b", "-j", 2, "--detach", "--launcher", "remote_shell")
        process = self.assay("--resume", "b", "--launcher", "local")
        self.assertIn("workers that the launcher remote_shell started may still be at work; this one is local", process.stderr)
        self.assertEqual({attempt["number"] for attempt in self.attempts().values()}, {1})


if __name__ == "__main__":
    unittest.main()
