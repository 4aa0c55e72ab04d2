"""Every plugin opens with its purpose, its options and YAML to paste, and the YAML runs."""

import pathlib
import re
import subprocess
import unittest

import numpy

import program

BASE = {
    "dataset": "dataset: {type: digits, split: {test: 0.25, validation: 0.1, seed: 0}}",
    "transforms": "transforms: []",
    "model": "model: {type: mlp, hidden: [8]}",
    "loss": "loss: softmax_cross_entropy",
    "gradient_transforms": "gradient_transforms: []",
    "optimizer": "optimizer: {type: sgd, learning_rate: 0.001}",
    "train": "train: {steps: 2}",
    "hooks": "hooks: {a: {type: scalar, tag: a, value: batch.loss, every: 1}}",
    "loggers": "loggers: []",
}


def headers():
    """(name, kind, the comment that opens it) of every source that is a plugin's."""
    for source in sorted(program.SOURCE.glob("plugins/*/**/*.cpp")):
        text = source.read_text()
        if re.search(r"^ASSAY_(PLUGIN|COMPONENT)\(", text, re.MULTILINE):
            comment = re.match(r"(?://.*\n)+", text)
            lines = [line[2:] for line in comment[0].splitlines()] if comment else []
            yield source.stem, source.relative_to(program.SOURCE / "plugins").parts[0], lines


def paragraphs(lines):
    return [p.split("\n") for p in re.split(r"\n *\n", "\n".join(lines))]


class Headers(unittest.TestCase):
    def test_purpose(self):
        for name, kind, lines in headers():
            with self.subTest(plugin=f"{kind} {name}"):
                self.assertRegex(lines[0] if lines else "", rf"^ {kind.replace('_', ' ').capitalize()}s? `{name}`")

    def test_commands_of_launchers(self):
        """A launcher is named on the command line: its comment ends with that."""
        for name, kind, lines in headers():
            if kind != "launcher":
                continue
            with self.subTest(launcher=name), program.temporary_folder() as folder:
                (command,) = (line.strip() for line in paragraphs(lines)[-1])
                self.assertIn(f"type: {name}", command)
                (pathlib.Path(folder) / "digits.yaml").write_text("\n".join(BASE.values()) + "\n")
                process = subprocess.run(command.replace("assay", f"'{program.ASSAY}'", 1), shell=True, cwd=folder,
                                         capture_output=True, text=True, timeout=600)
                self.assertEqual(process.returncode, program.DONE, process.stdout + process.stderr)
                self.assertIn("2 finished\n", process.stdout)

    def test_yaml(self):
        count = 0
        for name, kind, lines in headers():
            if kind == "launcher":
                continue
            with self.subTest(plugin=f"{kind} {name}"), program.temporary_folder() as folder:
                block = "\n".join(line[3:] for line in paragraphs(lines)[-1])
                key = re.match(r"(\w+):", block)
                self.assertIsNotNone(key, block)
                self.assertIn(key[1], BASE)
                config = "\n".join((BASE | {key[1]: block}).values())
                (pathlib.Path(folder) / "pasted.yaml").write_text(config + "\n")
                # The dataset `npy` is shown to read this.
                numpy.save(pathlib.Path(folder) / "train_images.npy", numpy.ones((50, 4), "float32"))
                numpy.save(pathlib.Path(folder) / "train_labels.npy", numpy.arange(50) % 3)
                program.run("pasted.yaml", folder=folder)
                count += 1
        self.assertGreaterEqual(count, 15)


if __name__ == "__main__":
    unittest.main(verbosity=2)
