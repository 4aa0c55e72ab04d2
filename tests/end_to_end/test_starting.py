"""A run starts git, which may never answer, and threads. It does without both."""

import os
import pathlib
import pty
import re
import signal
import subprocess
import time
import unittest

import metrics
import program

DIGITS = (program.CONFIGS / "digits.yaml")


class Git(unittest.TestCase):
    """A git that never answers."""

    def setUp(self):
        temporary = program.temporary_folder()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        git = self.folder / "bin" / "git"
        git.parent.mkdir()
        git.write_text(f"#!/bin/sh\nsleep 600 & echo $! > {self.folder}/part\nmv {self.folder}/part {self.folder}/child\n"
                       "wait\n")
        git.chmod(0o755)
        self.environment = {**os.environ, "PATH": f"{git.parent}:{os.environ['PATH']}"}

    def expect_end_of_child(self):
        child = pathlib.Path("/proc") / (self.folder / "child").read_text().strip() / "stat"
        deadline = time.monotonic() + 60
        while child.exists():
            if " Z " in child.read_text():
                break
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)

    def test_the_run_ends_without_it(self):
        process = program.assay("run", DIGITS, "train.epochs=1", "run_dir=run", folder=self.folder,
                                env=self.environment)
        said = "warning: git did not answer in time; run.json names no commit\n"
        self.assertEqual((process.returncode, process.stderr), (program.DONE, "assay: " + said))
        record = program.record(self.folder / "run")
        self.assertEqual((record["state"], record["failures"], record.get("git")), ("finished", [], None))
        self.assertEqual((self.folder / "run" / "log.txt").read_text().count(said), 1)
        self.expect_end_of_child()

    def test_it_cannot_reach_the_terminal(self):
        (self.folder / "bin" / "git").write_text(
            "#!/bin/sh\n(echo a question > /dev/tty) 2> error || echo '# branch.oid 123'\n")
        arguments = [str(program.ASSAY), "run", str(DIGITS), "train.epochs=1", "run_dir=run"]
        process, terminal = pty.fork()  # with a controlling terminal
        if process == 0:
            os.chdir(self.folder)
            os.execve(arguments[0], arguments, self.environment)
        output = b""
        try:
            while piece := os.read(terminal, 65536):
                output += piece
        except OSError:  # the other side is closed
            pass
        os.close(terminal)
        _, status = os.waitpid(process, 0)
        self.assertEqual(os.waitstatus_to_exitcode(status), program.DONE, output.decode())
        self.assertNotIn(b"a question", output)
        self.assertEqual(program.record(self.folder / "run")["git"]["commit"], "123")

    def test_a_signal_ends_it_too(self):
        for repeat in range(3):  # while the data are read, or later
            process = subprocess.Popen([str(program.ASSAY), "run", str(DIGITS), "train.epochs=10000000",
                                        f"run_dir=run{repeat}"], cwd=self.folder, env=self.environment,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            deadline = time.monotonic() + 60
            while not (self.folder / "child").exists():
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.001)
            time.sleep(0.02 * repeat)
            process.send_signal(signal.SIGINT)
            self.assertIn(process.wait(timeout=60), (130, -signal.SIGINT))
            self.expect_end_of_child()
            (self.folder / "child").unlink()


@unittest.skipIf(program.EMULATOR, "the library is for another CPU")
class NothingStarts(unittest.TestCase):
    def test_no_thread_and_no_program(self):
        arguments = ("run", DIGITS, "train.epochs=3", "threads=1")
        library = program.BUILD / "tests" / "end_to_end" / "nothing_starts.so"
        with program.temporary_folder() as folder:
            process = program.assay(*arguments, "run_dir=normal", folder=folder)
            self.assertEqual(process.returncode, program.DONE, process.stderr)
            process = program.assay(*arguments, "run_dir=run", folder=folder,
                                    env={**os.environ, "LD_PRELOAD": str(library)})
            limit = ("could not be started: the machine's limit on processes and threads is reached (see `ulimit -u`, "
                     "and pids.max of a container)")
            self.assertEqual(process.stderr, f"assay: warning: the thread that writes the logs {limit}; training writes "
                             f"them itself, which may slow it down\nassay: warning: git {limit}; run.json names no "
                             "commit\n")
            self.assertEqual(process.returncode, program.DONE)
            runs = [pathlib.Path(folder) / name for name in ("normal", "run")]
            self.assertEqual(*(program.record(run)["weights_digest"] for run in runs))
            self.assertEqual(*(metrics.scalars(run)["Loss"][-1][2] for run in runs))
            self.assertEqual(program.record(runs[1])["state"], "finished")
            if len(os.sched_getaffinity(0)) > 1:  # a thread for each core was asked for, by nobody
                process = program.assay("check", DIGITS, folder=folder,
                                        env={**os.environ, "LD_PRELOAD": str(library)})
                self.assertRegex(process.stderr, rf"^assay: warning: threads: \d+ of \d+ threads {re.escape(limit)}\n"
                                                 "      = the run goes on with 1; its results are the same\n$")
            process = program.assay("plugins", "check", program.PLUGINS / "assay_optimizers.so", folder=folder,
                                    env={**os.environ, "LD_PRELOAD": str(library)})
            self.assertEqual(process.returncode, program.RUN_FAILED)
            self.assertIn(limit, process.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
