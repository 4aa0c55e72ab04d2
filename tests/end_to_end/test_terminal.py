"""What a person at a terminal sees, and what a file or a pipe gets."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import unittest

import program


def at_a_terminal(*arguments, folder, columns=100):
    """Runs assay on a pseudo-terminal; returns the exit code and all that it wrote."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color"}
    environment.pop("NO_COLOR", None)
    process = subprocess.Popen([str(program.ASSAY), *map(str, arguments)], cwd=folder, env=environment,
                               stdin=follower, stdout=follower, stderr=follower)
    os.close(follower)
    output = b""
    while True:
        if not select.select([leader], [], [], 120)[0]:
            raise AssertionError("no output for two minutes")
        try:
            piece = os.read(leader, 65536)
        except OSError:  # the other side is closed
            break
        if not piece:
            break
        output += piece
    os.close(leader)
    return process.wait(timeout=60), output.decode()


def bars(output):
    """Every state of the line at the bottom that shows steps, without its colours."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", output)
    lines = [piece.split("\r\n")[0] for piece in plain.split("\r\x1b[K")[1:]]
    return [line for line in lines if re.search(r"\d+/\d+", line)]


class Terminal(unittest.TestCase):
    def test_progress_bar(self):
        with program.temporary_folder() as folder:
            code, output = at_a_terminal("run", program.CONFIGS / "digits.yaml", folder=folder)
        self.assertEqual(code, 0)
        shown = bars(output)
        self.assertGreater(len(shown), 3, output)
        print(shown[len(shown) // 2])
        for part in (r"\d+/3000", r"steps/s", r"ETA", r"Loss", r"Accuracy"):
            self.assertRegex(shown[len(shown) // 2], part)
        self.assertLessEqual(max(map(len, shown)), 100)

    def test_a_narrow_terminal(self):
        with program.temporary_folder() as folder:
            _, output = at_a_terminal("run", program.CONFIGS / "digits.yaml", "train.epochs=300",
                                      folder=folder, columns=40)
        self.assertLessEqual(max(map(len, bars(output))), 40)

    def test_errors_are_coloured_at_a_terminal_only(self):
        with program.temporary_folder() as folder:
            arguments = ("run", program.CONFIGS / "digits.yaml", "sed=1")
            _, output = at_a_terminal(*arguments, folder=folder)
            self.assertIn("\x1b[", output)
            self.assertNotIn("\x1b", program.assay(*arguments, folder=folder).stderr)


class Elsewhere(unittest.TestCase):
    def test_plain_lines(self):
        with program.temporary_folder() as folder:
            process = program.assay("run", program.CONFIGS / "digits.yaml",
                                    "loggers=[{type: console, interval: 0.2}]", folder=folder)
        self.assertEqual(process.returncode, 0, process.stderr)
        self.assertNotIn("\x1b", process.stdout)
        self.assertNotIn("\r", process.stdout)
        lines = re.findall(r"^step \d+/3000 .*steps/s.*$", process.stdout, re.MULTILINE)
        self.assertGreaterEqual(len(lines), 2, process.stdout)

    def test_summary(self):
        output = (program.tutorial_run().parents[2] / "output.txt").read_text()
        print(output)
        self.assertRegex(output, r"run folder +runs/test/\d{8}-\d{6}")
        self.assertRegex(output, r"TensorBoard +\S*assay view runs/test")
        self.assertNotIn("Training Data", output.split("finished after")[1])

    def test_a_closed_pipe_does_not_end_the_run(self):
        with program.temporary_folder() as folder:
            command = f"'{program.ASSAY}' run '{program.CONFIGS / 'digits.yaml'}' run_dir=run | head -n 1"
            subprocess.run(["sh", "-c", command], cwd=folder, check=True, capture_output=True)
            record = program.record(program.pathlib.Path(folder) / "run")
            self.assertEqual(record["state"], "finished")


class View(unittest.TestCase):
    def test_says_how_to_install_tensorboard(self):
        with program.temporary_folder() as folder:
            process = program.assay("view", folder, folder=folder, env={"PATH": "/nowhere"})
            self.assertEqual(process.returncode, program.RUN_FAILED)
            self.assertIn("pip install tensorboard", process.stderr)

    def test_tells_tensorboard_to_keep_all_points(self):
        with program.temporary_folder() as folder:
            fake = program.pathlib.Path(folder) / "tensorboard"
            fake.write_text("#!/bin/sh\necho \"$@\"\n")
            fake.chmod(0o755)
            process = program.assay("view", "runs", "--", "--port", "6007", folder=folder,
                                    env={"PATH": f"{folder}:/usr/bin:/bin"})
            self.assertNotEqual(process.returncode, 0)
            self.assertIn("runs", process.stderr)
            (program.pathlib.Path(folder) / "runs").mkdir()
            process = program.assay("view", "runs", "--", "--port", "6007", folder=folder,
                                    env={"PATH": f"{folder}:/usr/bin:/bin"})
            self.assertEqual(process.stdout.split(), [
                "--logdir", "runs", "--samples_per_plugin", "scalars=5000,images=100", "--port", "6007"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
