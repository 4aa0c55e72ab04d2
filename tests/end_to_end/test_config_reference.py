"""docs/config-reference.md is what the tables say, and its YAML is what Assay takes."""

import difflib
import pathlib
import re
import unittest

import numpy

import program

REFERENCE = program.SOURCE / "docs" / "config-reference.md"
BASE = {
    "dataset": "dataset: {type: digits, split: {test: 0.25}}",
    "model": "model: {type: mlp, hidden: [8]}",
    "loss": "loss: softmax_cross_entropy",
    "optimizer": "optimizer: {type: sgd, learning_rate: 0.001}",
    "train": "train: {steps: 1}",
    "hooks": "hooks: {}",
}
# The words in capitals stand for these.
VALUES = {"NUMBER": "0.5", "INTEGER": "50", "TEXT": "batch.loss", "VALUE": "batch.loss", "RENDERER": "sheet"}
FILES = {"samples": "samples.npy", "targets": "targets.npy"}


def generated():
    process = program.assay("plugins", "reference", folder="/")
    assert process.returncode == program.DONE, process.stderr
    return process.stdout


def filled(example):
    for key, file in FILES.items():
        example = re.sub(rf"\b{key}: FILE\b", f"{key}: {file}", example)
    # Rows without targets can be predicted, but this is a run.
    example = re.sub(r"# targets: (?= *# path)", f"targets: {FILES['targets']} ", example)
    # warmup_cosine wants a rise that is shorter than the whole.
    example = re.sub(r"\bwarmup_steps: INTEGER\b", "warmup_steps: 10", example)
    return re.sub(rf"\b({'|'.join(VALUES)})\b(?=$|[ \]])", lambda m: VALUES[m[1]], example,
                  flags=re.MULTILINE)


class Reference(unittest.TestCase):
    def test_it_is_up_to_date(self):
        old, new = REFERENCE.read_text().splitlines(), generated().splitlines()
        difference = "\n".join(difflib.unified_diff(old, new, "docs/config-reference.md", "the tables", "", "", 0, ""))
        self.assertEqual(difference, "", "\nthe tables have changed; `./dev reference` writes "
                         "docs/config-reference.md anew")

    def test_every_component_is_there(self):
        listed = program.assay("plugins", "list", folder="/").stdout.splitlines()
        for line in listed:
            kind, name = line.split()[:2]
            self.assertIn(f"\n### {kind} `{name}`\n", generated())

    def check_launcher(self, example, folder):
        """It is a file of its own, and its first line says how to use it."""
        name, options = re.match(r"# (\S+), for `assay batch (.*)`\n", example).groups()
        (folder / name).write_text(filled(example))
        (folder / "c.yaml").write_text("\n".join(BASE.values()) + "\n")
        process = program.assay("batch", "c.yaml", "seed=1,2", *options.split(), folder=folder)
        self.assertEqual(process.returncode, program.DONE, process.stdout + process.stderr)

    def test_its_yaml_runs(self):
        sections = re.findall(r"\n### ([^\n]*)\n[^#]*?```yaml\n(.*?)```", generated(), re.DOTALL)
        self.assertGreaterEqual(len(sections), 18)
        for title, example in sections:
            with self.subTest(component=title), program.temporary_folder() as folder:
                numpy.save(pathlib.Path(folder) / "samples.npy", numpy.ones((50, 8, 8), "float32"))
                numpy.save(pathlib.Path(folder) / "targets.npy", numpy.arange(50) % 3)
                if title.startswith("launcher "):
                    self.check_launcher(example, pathlib.Path(folder))
                    continue
                key = example.split(":")[0]
                config = "\n".join((BASE | {key: filled(example)}).values())
                if not config.count("loggers:"):
                    config += "\nloggers: []\n"
                config += "\n"
                (pathlib.Path(folder) / "pasted.yaml").write_text(config)
                program.run("pasted.yaml", folder=folder)


if __name__ == "__main__":
    unittest.main(verbosity=2)
