"""A person at a terminal sees one thing, and a file or a pipe gets another."""

import fcntl
import os
import pathlib
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import unicodedata
import unittest

import program


def at_a_terminal(*arguments, folder, columns=100, stop_when=lambda output: False):
    """Runs assay on a pseudo-terminal, and presses Ctrl-C when `stop_when` says so; returns the exit
    code and all that it wrote."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color"}
    environment.pop("NO_COLOR", None)
    process = subprocess.Popen([str(program.ASSAY), *map(str, arguments)], cwd=folder, env=environment,
                               stdin=follower, stdout=follower, stderr=follower)
    stopped = False
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
        if not stopped and stop_when(output.decode(errors="replace")):
            process.send_signal(signal.SIGINT)
            stopped = True
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
            code, output = at_a_terminal("run", program.CONFIGS / "digits.yaml", "train.epochs=10000000",
                                         folder=folder, stop_when=lambda output: len(bars(output)) > 6)
        self.assertEqual(code, 130)
        self.assertEqual(output.count("stopping after this step; Ctrl-C again quits at once\r\n"), 1)
        shown = bars(output)
        print(shown[len(shown) // 2])
        for part in (r"\d+/10000000", r"steps/s", r"ETA", r"Loss", r"Accuracy"):
            self.assertRegex(shown[len(shown) // 2], part)
        self.assertLessEqual(max(map(len, shown)), 100)

    def test_the_end_waits_for_pictures_until_ctrl_c(self):
        sheets = ("hooks={sheet: {type: image, tag: Sheet, renderer: {type: test_sheet, split: test}, every: 1, "
                  "save: [png, svg, pdf]}}")
        with program.temporary_folder() as folder:
            code, output = at_a_terminal("run", program.CONFIGS / "digits.yaml", "train.epochs=1000", "loggers=[jsonl]",
                                         "model.hidden=[4]", "run_dir=run", sheets, folder=folder,
                                         stop_when=lambda output: "leaves out" in output)
            print(output)
            record = program.record(pathlib.Path(folder) / "run")
        self.assertRegex(output, r"drawing [\d,]+ pictures; Ctrl-C leaves out those that are not drawn by then\r\n")
        self.assertIn("closing the loggers, without the pictures that are not drawn yet; Ctrl-C again quits at once",
                      output)
        self.assertRegex(output, r"warning: [\d,]+ pictures? (was|were) not drawn: the run was asked to stop \(Interrupt\)")
        self.assertEqual((code, record["state"], record["steps"], len(record["failures"])), (130, "finished", 1000, 1))

    def test_the_bar_gives_way_to_what_is_left_to_draw(self):
        sheets = "+hooks.sheet={type: image, tag: Sheet, renderer: {type: test_sheet, split: test}, every: 1, save: [pdf]}"
        with program.temporary_folder() as folder:
            code, output = at_a_terminal("run", program.CONFIGS / "digits.yaml", "train.epochs=100", "run_dir=run",
                                         "loggers=[console]", sheets, folder=folder)
        self.assertEqual(code, program.DONE, output)
        pieces = output.split("\r\x1b[K")
        left = [int(n.replace(",", "")) for piece in pieces for n in re.findall(r"^drawing: ([\d,]+) pictures? left", piece)]
        print(left)
        self.assertGreater(len(left), 1)
        self.assertEqual(left, sorted(left, reverse=True))
        first = next(i for i, piece in enumerate(pieces) if piece.startswith("drawing: "))
        self.assertEqual(bars("\r\x1b[K".join(["", *pieces[first:]])), [])
        self.assertRegex(bars(output)[-1], "100/100")
        self.assertTrue(pieces[-1].startswith("finished after 100 steps"), pieces[-1])

    def test_a_narrow_terminal(self):
        with program.temporary_folder() as folder:
            _, output = at_a_terminal("run", program.CONFIGS / "digits.yaml", "train.epochs=10000000",
                                      folder=folder, columns=40,
                                      stop_when=lambda output: len(bars(output)) > 2)
        self.assertLessEqual(max(map(len, bars(output))), 40)

    def test_errors_are_coloured_at_a_terminal_only(self):
        with program.temporary_folder() as folder:
            arguments = ("run", program.CONFIGS / "digits.yaml", "sed=1")
            _, output = at_a_terminal(*arguments, folder=folder)
            self.assertIn("\x1b[", output)
            self.assertNotIn("\x1b", program.assay(*arguments, folder=folder).stderr)


def width(line):
    """Columns of a line without its colours."""
    plain = re.sub(r"\x1b\[[0-9;]*[mK]", "", line)
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in plain)


class Widths(unittest.TestCase):
    """Names and tags of others decide no layout: they are cut or wrapped to a terminal, and whole elsewhere."""

    TAG = "tag" * 100
    WIDE = "損失" * 60

    def setUp(self):
        temporary = program.temporary_folder()
        self.addCleanup(temporary.cleanup)
        self.folder = temporary.name
        (program.pathlib.Path(self.folder) / "a.yaml").write_text(
            f"name: {'実験' * 20}\ndataset: {{type: digits, split: {{test: 0.25}}}}\n"
            "model: {type: mlp, hidden: [4]}\nloss: softmax_cross_entropy\n"
            "optimizer: {type: sgd, learning_rate: 0.01}\ntrain: {steps: 2}\nrun_dir: run\nloggers: [jsonl]\n"
            f"hooks:\n  {'name' * 20}: {{type: scalar, tag: {self.TAG}, value: batch.loss, every: 1}}\n"
            f"  wide: {{type: scalar, tag: {self.WIDE}, value: test.loss, every: 1}}\n")

    def test_a_terminal(self):
        for columns in (20, 21, 40, 100):
            for command in (["check", "a.yaml"], ["run", "a.yaml", f"run_dir=run{columns}", "--describe"],
                            ["describe", f"run{columns}"]):
                with self.subTest(columns=columns, command=command):
                    code, output = at_a_terminal(*command, folder=self.folder, columns=columns)
                    self.assertEqual(code, program.DONE, output)
                    lines = [line for line in output.split("\r\n")
                             if not re.match(r"  (folder|run f|Tensor|digest)|weights: ", line)]
                    if columns in (20, 40):
                        print("\n".join(lines))
                    self.assertLessEqual(max(map(width, lines)), columns, output)
                    if command[0] == "run":  # what was measured is there, however little room there is
                        self.assertEqual(len(re.findall(r"^  \S+ +\d+\.\d+$", "\n".join(lines), re.MULTILINE)), 2, output)

    def test_words_are_whole_where_they_fit(self):
        words = {word for command in (["check", "a.yaml"], ["plugins", "list"], ["--help"], ["run", "--help"],
                                      ["plugins", "describe", "cosine"], ["run", "a.yaml", "threads=0", "seeed=1"])
                 for word in self.whole(command).split() if 0 < width(word) <= 20}
        for columns in (20, 40, 79):
            for command in (["check", "a.yaml"], ["plugins", "list"], ["--help"], ["run", "--help"],
                            ["plugins", "describe", "cosine"], ["run", "a.yaml", "threads=0", "seeed=1"]):
                with self.subTest(columns=columns, command=command):
                    _, output = at_a_terminal(*command, folder=self.folder, columns=columns)
                    if columns == 40:
                        print(output)
                    shown = re.sub(r"\x1b\[[0-9;]*[mK]", "", output)
                    missing = [word for word in self.whole(command).split()
                               if word in words and word not in shown.split()]
                    # Tables and lines of configs are cut.
                    missing = [] if "..." in shown else missing
                    self.assertEqual(missing, [])

    def whole(self, command):
        process = program.assay(*command, folder=self.folder)
        return process.stdout + process.stderr

    def test_a_place_is_never_broken(self):
        name = "a name with blanks that is wider than the terminal.yaml"
        (program.pathlib.Path(self.folder) / name).write_text("seed: x\n")
        _, output = at_a_terminal("check", name, folder=self.folder, columns=40)
        print(output)
        shown = re.sub(r"\x1b\[[0-9;]*m", "", output).split("\r\n")
        self.assertIn(f"{name}:1:7:", shown)
        self.assertLessEqual(max(len(line) for line in shown if name not in line), 40)

    def test_elsewhere_all_is_there(self):
        run = program.assay("run", "a.yaml", folder=self.folder).stdout
        check = program.assay("check", "a.yaml", "run_dir=other", folder=self.folder).stdout
        log = (program.pathlib.Path(self.folder) / "run" / "log.txt").read_text()
        for output in (run, check, log):
            for text in (self.TAG, self.WIDE, "実験" * 20):
                self.assertIn(text, output)
        # A long tag does not push the others away.
        self.assertLess(len(re.search("^  run folder.*$", run, re.MULTILINE).group()), 60)
        self.assertRegex(check, "(?m)^  wide {30,50}2 ")


class Elsewhere(unittest.TestCase):
    def test_plain_lines(self):
        with program.temporary_folder() as folder:
            process = subprocess.Popen(
                [str(program.ASSAY), "run", str(program.CONFIGS / "digits.yaml"), "train.epochs=10000000",
                 "loggers=[{type: console, interval: 0.2}]"],
                cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            output, stopped = "", False
            for line in process.stdout:
                output += line
                if not stopped and len(re.findall(r"^step [\d,]+/10,000,000 .*steps/s", output, re.MULTILINE)) == 2:
                    process.send_signal(signal.SIGINT)
                    stopped = True
            errors = process.stderr.read()
            self.assertEqual(process.wait(timeout=60), 130, errors)
            process.stdout.close()
            process.stderr.close()
        # On a busy machine the plugin that it waits for may be named.
        self.assertEqual([line for line in errors.splitlines() if ": waiting for " not in line], [])
        self.assertNotIn("\x1b", output)
        self.assertNotIn("\r", output)

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
            home = program.elsewhere(folder)
            process = subprocess.run([str(home / "runner" / "assay"), "view", "."], cwd=folder,
                                     env={"PATH": "/nowhere"}, capture_output=True, text=True)
            print(process.stderr)
            self.assertEqual(process.returncode, program.RUN_FAILED)
            self.assertIn("pip install tensorboard", process.stderr)
            # The command that it names works.
            bin = program.pathlib.Path(folder) / "tb" / "bin"
            bin.mkdir(parents=True)
            (bin / "tensorboard").write_text("#!/bin/sh\necho seen \"$@\"\n")
            (bin / "tensorboard").chmod(0o755)
            command = process.stderr.strip().splitlines()[-1]
            process = subprocess.run(command, shell=True, cwd=folder, capture_output=True, text=True)
            self.assertIn("seen --logdir .", process.stdout)

    def test_finds_the_one_beside_the_build(self):
        with program.temporary_folder() as folder:
            home = program.elsewhere(folder)
            bin = program.pathlib.Path(folder) / ".venv-view" / "bin"
            bin.mkdir(parents=True)
            (bin / "tensorboard").write_text("#!/bin/sh\necho seen \"$@\"\n")
            (bin / "tensorboard").chmod(0o755)
            process = subprocess.run([str(home / "runner" / "assay"), "view", "."], cwd=folder,
                                     env={"PATH": "/nowhere"}, capture_output=True, text=True)
            self.assertIn("seen --logdir .", process.stdout, process.stderr)

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
