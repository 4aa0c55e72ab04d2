"""Commands that the program advises do what they are advised for."""

import pathlib
import re
import shlex
import shutil
import subprocess
import unittest

import program

GOLDEN = program.SOURCE / "tests" / "golden"
SHORT = """\
dataset: {type: digits, split: {test: 0.25}}
model: {type: mlp, hidden: [4]}
loss: softmax_cross_entropy
optimizer: {type: sgd, learning_rate: 0.01}
train: {steps: 2}
loggers: [jsonl]
"""


class Advice(unittest.TestCase):
    def setUp(self):
        temporary = program.temporary_folder()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def shell(self, command):
        """Runs a command as it is advised, with the program's own place for `assay`."""
        bin = self.folder / "bin"
        bin.mkdir(exist_ok=True)
        if not (bin / "assay").exists():
            (bin / "assay").write_text(f"#!/bin/sh\nexec {shlex.quote(str(program.ASSAY))} \"$@\"\n")
            (bin / "assay").chmod(0o755)
        process = subprocess.run(f'PATH="{bin}:$PATH"; {command}', shell=True, cwd=self.folder, text=True,
                                 capture_output=True, timeout=600)
        self.assertEqual(process.returncode, program.DONE, command + "\n" + process.stdout + process.stderr)
        return process

    def test_commands_in_messages(self):
        """Every `assay ...` in what is said of wrong configs and command lines."""
        said = "".join(path.read_text() for path in sorted(GOLDEN.rglob("*.txt")))
        commands = sorted(set(re.findall(r"`(assay [^`]*)`", said)))
        self.assertIn("assay plugins list optimizer", commands)
        # These stand for a file, which the message names beside it.
        self.assertEqual([command for command in commands if command == "assay run"], ["assay run"])
        for command in commands:
            with self.subTest(command=command):
                if command != "assay run":
                    self.shell(command)

    def test_repeating_a_run(self):
        for name, run_dir in (("fixed", "run"), ("timed", "runs/${now:%Y%m%d-%H%M%S}"),
                              ("marked", "'a, b'"), ("home", "x='y")):
            with self.subTest(name=name):
                shutil.rmtree(self.folder / "runs", ignore_errors=True)
                config = self.folder / "a.yaml"
                config.write_text(SHORT)
                before = set(self.folder.rglob("run.json"))
                argument = run_dir if run_dir.startswith("'") or "'" not in run_dir else f'"{run_dir}"'
                process = program.assay("run", "a.yaml", f"run_dir={argument}", folder=self.folder)
                self.assertEqual(process.returncode, program.DONE, process.stderr)
                (first,) = set(self.folder.rglob("run.json")) - before
                for _ in range(2):  # also where the second name is taken
                    known = set(self.folder.rglob("run.json"))
                    refused = program.assay("run", first.parent.relative_to(self.folder), folder=self.folder)
                    self.assertEqual(refused.returncode, program.USAGE_ERROR)
                    command = refused.stderr.strip().split("to repeat that run: ")[1]
                    print(command)
                    self.shell(command)
                    (again,) = set(self.folder.rglob("run.json")) - known
                    self.assertEqual(program.record(first.parent)["weights_digest"],
                                     program.record(again.parent)["weights_digest"])

    def test_several_runs(self):
        """The batch that stands for a sweep, as it is told of an argument and of Hydra's option."""
        (self.folder / "a.yaml").write_text(SHORT)
        wanted = {"learning_rate=0.02", "learning_rate=0.03"}
        for arguments in (["optimizer.learning_rate=0.02,0.03"],
                          ["optimizer.learning_rate=choice(0.02, 0.03)"],
                          ["-m", "optimizer.learning_rate=0.02,0.03"]):
            shutil.rmtree(self.folder / "batches", ignore_errors=True)
            refused = program.assay("run", "a.yaml", *arguments, folder=self.folder)
            self.assertEqual(refused.returncode, program.USAGE_ERROR)
            command = re.search(r"assay batch .*?(?=  \(|$)", refused.stderr, re.MULTILINE).group()
            print(command)
            self.shell(command.replace("CONFIG", "a.yaml"))
            self.assertEqual({path.name for path in self.folder.glob("batches/*/*/runs/*")}, wanted)


class FilesOfOurs(unittest.TestCase):
    def test_each_is_named(self):
        """Files that a run leaves behind, or that a config may name, are recognised whatever they are called."""
        with program.temporary_folder() as folder:
            root = pathlib.Path(folder)
            (root / "a.yaml").write_text(SHORT.replace("[jsonl]", "[jsonl, tensorboard]") + (
                "hooks: {sheet: {type: image, tag: t, renderer: test_sheet, at_end: true, save: [png, pdf]},"
                " loss: {type: scalar, tag: l, value: batch.loss, every: 1}}\n"))
            run = program.run("a.yaml", folder=folder)
            files = {"run.json": "the record of a run", "metrics.jsonl": "a log of metrics", "log.txt": "the log of a run"}
            for path in run.rglob("*"):
                if path.name.startswith("events."):
                    files[str(path.relative_to(run))] = "an event file of TensorBoard"
                elif path.suffix in (".png", ".pdf"):
                    files[str(path.relative_to(run))] = "a picture"
                elif path.suffix == ".safetensors":
                    files[str(path.relative_to(run))] = "a checkpoint (safetensors)"
            self.assertEqual(len(files), 7, files)
            for file, what in files.items():
                for command in ("run", "check", "show", "describe"):
                    if command == "describe" and file.endswith(".safetensors"):
                        continue  # which takes it
                    with self.subTest(file=file, command=command):
                        process = program.assay(command, run / file, folder=folder)
                        self.assertEqual(process.returncode, program.USAGE_ERROR, process.stdout)
                        self.assertIn(f"this is {what}", process.stderr)
                        self.assertIn(f"the config of its run is {run / 'plan.yaml'}", process.stderr)
                        self.assertEqual(process.stderr.count("error:"), 1, process.stderr)
            # By content alone, and away from any run.
            for file, what in {**files, "checkpoints/step_2.safetensors": "a file of weights"}.items():
                shutil.copy(run / file, root / "mine.yaml")
                process = program.assay("run", "mine.yaml", folder=folder)
                self.assertIn(f"mine.yaml: error: this is {what}", process.stderr)
                self.assertNotIn("the config of its run", process.stderr)

    def test_files_of_others(self):
        with program.temporary_folder() as folder:
            for name, content, what in (
                    ("a.npy", b"\x93NUMPY\x01\x00v\x00{}", "a NumPy array (.npy)"),
                    ("a.gz", b"\x1f\x8b\x08\x00", "a compressed file"),
                    ("a.svg", b"<?xml version='1.0'?>", "a file of XML"),
                    ("a.npz", b"PK\x03\x04", "a ZIP archive"),
                    ("a.so", (program.PLUGINS / "assay_optimizers.so").read_bytes(), "a program or a library")):
                (pathlib.Path(folder) / name).write_bytes(content)
                process = program.assay("check", name, folder=folder)
                self.assertEqual(process.returncode, program.USAGE_ERROR)
                self.assertIn(f"{name}: error: this is {what}", process.stderr)
            process = program.assay("plugins", "check", "a.so", folder=folder)  # as is advised
            self.assertEqual(process.returncode, program.DONE, process.stdout + process.stderr)
            process = program.assay("view", "a.so", folder=folder)
            self.assertEqual(process.stderr, "assay: error: a.so: this is a file, expected a folder of runs\n")


if __name__ == "__main__":
    unittest.main(verbosity=2)
