"""`assay plugins schema`, judged by check-jsonschema: it takes what Assay takes and refuses what
Assay refuses."""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

import program

CONFIG = {
    "dataset": "{type: digits, split: {test: 0.25, seed: 0}}",
    "model": "{type: mlp, hidden: [8]}",
    "loss": "softmax_cross_entropy",
    "optimizer": "{type: sgd, learning_rate: 0.1}",
    "train": "{steps: 1}",
    "loggers": "[]",
}

GOOD = [
    {},
    {"name": "5"},
    {"name": "x", "seed": "7", "threads": "null", "kernels": "generic"},
    {"threads": "2", "run_dir": '"runs/${name}"'},
    {"dataset": "digits"},
    {"dataset": "{type: digits, split: null}"},
    {"model": "mlp"},
    {"model": "{type: mlp, hidden: [], activation: relu, init: {kernel: he_normal}}"},
    {"model": "{type: mlp, hidden: [8, \"${seed}\"]}", "seed": "3"},
    {"model": "{type: \"${env:NO_SUCH_VARIABLE,mlp}\", hidden: [3]}"},
    {"optimizer": "{type: sgd, learning_rate: 1e-3, momentum: 1, nesterov: true}"},
    {"optimizer": "{type: sgd, learning_rate: \"${env:NO_SUCH_VARIABLE,0.1}\"}"},
    {"optimizer": "{type: sgd, learning_rate: 0}"},
    {"optimizer": "{type: sgd, learning_rate: {type: constant, value: 1}}"},
    {"optimizer": "{type: adam, learning_rate: {type: cosine, init_value: 1, decay_steps: 5}}"},
    {"train": "{epochs: 1, batch_size: all}"},
    {"train": "{epochs: null, steps: 1, batch_size: 32, on_nan: ignore}"},
    {"run_dir": "here", "resume": "true"},
    {"checkpoints": "{every: 5, every_epoch: 1, every_seconds: never, at_end: false, keep: 1}"},
    {"checkpoints": "{best: {value: test.loss, mode: min}}",
     "hooks": "{a: {type: scalar, tag: a, value: test.loss, every: 1}}",
     "dataset": "{type: digits, split: {test: 0.5}}"},
    {"checkpoints": "{best: null}"},
    {"optimizer": "{type: sgd, learning_rate: 1, freeze: layer1.*, rates: {\"*.bias\": 2}}"},
    {"optimizer": "{type: adam, learning_rate: 1, freeze: [], rates: [{weights: \"*\", factor: 0.5}]}"},
    {"model": "{type: mlp, init_from: null}"},
    {"metrics": "{top: accuracy}"},
    {"hooks": "[]"},
    {"hooks": "[{type: scalar, tag: a, value: batch.loss, every: 1}]"},
    {"hooks": "{a-b: {type: scalar, tag: 7, value: batch.loss, at: 1}}"},
    {"hooks": "{a: {type: scalar, tag: a, value: test.loss, at: [0, 1], every: null}}"},
    {"hooks": "{a: {type: scalar, tag: a, value: batch.loss, at_end: true}}"},
    {"hooks": "{a: {type: image, tag: a, renderer: sheet, save: [png], every_epoch: 1}}"},
    {"hooks": "{a: {type: image, tag: \"a ${step}\", renderer: {type: sheet, rows: 5}, every: 1}}"},
    {"loggers": "{to_a_file: jsonl}"},
    {"sweep": "{seed: [1, 2], optimizer.learning_rate: \"loguniform(1e-4,1e-1)\", train.steps: 3}"},
    {"sweep": "{zip: {seed: [1, 2], model.hidden: [[8], [9, 9]]}}"},
    {"sweep": "{zip: [{seed: [1, 2]}, {name: [a, b]}]}"},
    {"loggers": "[console, {type: jsonl}]"},
]

BROKEN = [
    {"nme": "x"},
    {"seed": "-1"},
    {"seed": "1.5"},
    {"seed": "\"1\""},
    {"seed": "null"},
    {"name": "null"},
    {"name": "[a]"},
    {"threads": "0"},
    {"threads": "1025"},
    {"kernels": "avx"},
    {"resume": "5", "run_dir": "here"},
    {"checkpoints": "{every: 0}"},
    {"checkpoints": "{every_seconds: 1.5}"},
    {"checkpoints": "{keep: 0}"},
    {"checkpoints": "{best: {value: test.loss}}"},
    {"checkpoints": "{best: {value: loss, mode: min}}"},
    {"checkpoints": "{best: {value: test.loss, mode: auto}}"},
    {"checkpoints": "{best: test.loss}"},
    {"optimizer": "{type: sgd, learning_rate: 1, freeze: {layer1.*: true}}"},
    {"optimizer": "{type: sgd, learning_rate: 1, rates: {layer1.*: 0}}"},
    {"optimizer": "{type: sgd, learning_rate: 1, rates: {layer1.*: null}}"},
    {"optimizer": "{type: sgd, learning_rate: 1, rates: 0.1}"},
    {"model": "{type: mlp, init_from: {rename: {a: b}}}"},
    {"model": "{type: mlp, init_from: [a.safetensors]}"},
    {"model": "{type: mlp, init_from: {file: a.safetensors, rename: [a]}}"},
    {"model": "{type: mlp, init_from: {file: a.safetensors, mising: allow}}"},
    {"dataset": None},
    {"dataset": "digit"},
    {"dataset": "[digits]"},
    {"dataset": "5"},
    {"dataset": "null"},
    {"dataset": "{split: {test: 0.1}}"},
    {"dataset": "{type: digits, split: {test: 1}}"},
    {"dataset": "{type: digits, split: {tset: 0.1}}"},
    {"dataset": "{type: digits, split: 0.1}"},
    {"dataset": "{type: digits, file: \"\"}"},
    {"dataset": "npy"},
    {"dataset": "{type: npy, samples: a.npy, targets: b.npy, classes: a}"},
    {"model": None},
    {"model": "{type: mlp, hidden: 8}"},
    {"model": "{type: mlp, hidden: [0]}"},
    {"model": "{type: mlp, hidden: [x]}"},
    {"model": "{type: mlp, activation: rleu}"},
    {"model": "{type: mlp, init: {kernal: zeros}}"},
    {"model": "{type: mlp, init: {kernel: 1}}"},
    {"model": "{type: mlp, init: zeros}"},
    {"model": "{hidden: [8]}"},
    {"model": "{type: sgd, learning_rate: 0.1}"},
    {"loss": None},
    {"loss": "{type: softmax_cross_entropy, rate: 1}"},
    {"optimizer": None},
    {"optimizer": "sgd"},
    {"optimizer": "{type: sgd}"},
    {"optimizer": "{type: sgd, learning_rate: null}"},
    {"optimizer": "{type: sgd, learning_rate: -0.1}"},
    {"optimizer": "{type: sgd, learning_rate: fast}"},
    {"optimizer": "{type: sgd, learning_rate: \"0.1\"}"},
    {"optimizer": "{type: sgd, learning_rate: 0.1, momentum: 1.5}"},
    {"optimizer": "{type: sgd, learning_rate: 0.1, nesterov: yes}"},
    {"optimizer": "{type: sgd, learning_rate: 0.1, nesterov: 1}"},
    {"optimizer": "{type: sgd, learning_rate: 0.1, momentun: 0.9}"},
    {"optimizer": "{type: sgd, learning_rate: constant}"},
    {"optimizer": "{type: sgd, learning_rate: {type: constant}}"},
    {"optimizer": "{type: sgd, learning_rate: {type: constnt, value: 1}}"},
    {"optimizer": "{type: sgd, learning_rate: {type: constant, value: 1, values: 2}}"},
    {"optimizer": "{type: sgd, learning_rate: {type: cosine, init_value: 1, decay_steps: 0}}"},
    {"optimizer": "{type: sgd, learning_rate: {value: 1}}"},
    {"train": None},
    {"train": "{}"},
    {"train": "{epochs: 1, steps: 1}"},
    {"train": "{epochs: null}"},
    {"train": "{steps: 0}"},
    {"train": "{steps: 1, batch_size: some}"},
    {"train": "{steps: 1, shuffle: 1}"},
    {"metrics": "[accuracy]"},
    {"metrics": "{top-5: accuracy}"},
    {"metrics": "{top: acuracy}"},
    {"hooks": "scalar"},
    {"hooks": "null"},
    {"hooks": "{1a: {type: scalar, tag: a, value: batch.loss, every: 1}}"},
    {"hooks": "{a: {type: scalar, tag: a, value: batch.loss}}"},
    {"hooks": "{a: {type: scalar, tag: a, value: batch.loss, at: []}}"},
    {"hooks": "{a: {type: scalar, tag: a, value: batch.loss, at_end: false}}"},
    {"hooks": "{a: {type: scalar, tag: a, value: batch.loss, at: [-1]}}"},
    {"hooks": "{a: {type: scalar, tag: a, value: batch.loss, every: 0}}"},
    {"hooks": "{a: {type: scalar, tag: a, value: batch.loss, evry: 1}}"},
    {"hooks": "{a: {type: scalar, value: batch.loss, every: 1}}"},
    {"hooks": "{a: {type: image, tag: a, renderer: shet, every: 1}}"},
    {"hooks": "{a: {type: image, tag: a, renderer: {type: sheet, row: 5}, every: 1}}"},
    {"hooks": "{a: {type: image, tag: a, renderer: {type: sheet, rows: 0}, every: 1}}"},
    {"hooks": "{a: {type: image, tag: a, renderer: {rows: 5}, every: 1}}"},
    {"hooks": "{a: {type: image, tag: a, renderer: sheet, save: png, every: 1}}"},
    {"hooks": "{a: {type: image, tag: a, renderer: sheet, save: [jpg], every: 1}}"},
    {"sweep": "5"},
    {"sweep": "{seed: []}"},
    {"sweep": "{optimizer: {learning_rate: [1, 2]}}"},
    {"sweep": "{zip: {}}"},
    {"sweep": "{zip: [1]}"},
    {"loggers": "{a: consle}"},
    {"loggers": "console"},
]

# The schema does not say what takes more than one value to see, nor how a number is written.
BEYOND_IT = [
    {"optimizer": "{type: sgd, learning_rate: {type: constant, value: -1}}"},
    {"seed": "1.0"},
    {"dataset": "{type: digits, split: {test: 0.6, validation: 0.6}}"},
    {"hooks": "[{type: scalar, tag: a, value: batch.los, every: 1}]"},
    {"seed": "\"${no.such.key}\""},
]


def text_of(change):
    return "".join(f"{key}: {value}\n" for key, value in (CONFIG | change).items() if value is not None)


class Schema(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = program.temporary_folder()
        cls.addClassCleanup(temporary.cleanup)
        cls.folder = pathlib.Path(temporary.name)
        cls.schema = cls.write_schema("schema.json")

    @classmethod
    def write_schema(cls, name, *options):
        process = program.assay("plugins", "schema", *options, folder="/")
        assert process.returncode == program.DONE and not process.stderr, process.stderr
        (cls.folder / name).write_text(process.stdout)
        return cls.folder / name

    def check_jsonschema(self, *arguments):
        process = subprocess.run(
            [sys.executable, "-m", "check_jsonschema", "-o", "json", *map(str, arguments)],
            capture_output=True, text=True, timeout=600)
        self.assertIn(process.returncode, (0, 1), process.stderr)
        return json.loads(process.stdout)

    def refused(self, files, schema=None):
        """The names of the files that the schema does not take, and why."""
        report = self.check_jsonschema("--schemafile", schema or self.schema, *files)
        self.assertEqual(report.get("parse_errors", []), [])
        return {pathlib.Path(e["filename"]).name: e["message"] for e in report.get("errors", [])}

    def write(self, changes, label):
        files = []
        for i, change in enumerate(changes):
            files.append(self.folder / f"{label}_{i}.yaml")
            files[-1].write_text(text_of(change))
        return files

    def assay_refuses(self, file):
        command = ["batch", "--dry-run", "--trials", 2] if "\nsweep:" in file.read_text() else ["check"]
        process = program.assay(*command, file, folder=self.folder)
        self.assertIn(process.returncode, (program.DONE, program.USAGE_ERROR), process.stderr)
        return process.returncode == program.USAGE_ERROR

    def test_it_is_a_schema(self):
        report = self.check_jsonschema("--check-metaschema", self.schema)
        self.assertEqual(report["status"], "ok", report)
        schema = json.loads(self.schema.read_text())
        self.assertEqual(schema["$schema"], "https://json-schema.org/draft/2020-12/schema")

    def test_it_is_stable_and_sorted(self):
        text = self.schema.read_text()
        self.assertEqual(text, self.write_schema("again.json").read_text())
        self.assertEqual(text, json.dumps(json.loads(text), indent=2, sort_keys=True) + "\n")

    def proper(self, file):
        """YAML proper wants quotes around a fragment's name; with and without means the same."""
        copy = self.folder / "-".join(file.relative_to(program.SOURCE).parts)
        copy.write_text(re.sub(r"(: )(@[^\s,}]+)", r"\1'\2'", file.read_text()))
        return copy

    def test_it_takes_every_config(self):
        files = [*program.SOURCE.glob("configs/*.yaml"), *program.SOURCE.glob("bench/configs/*.yaml")]
        self.assertGreater(len(files), 2)
        self.assertEqual(self.refused(map(self.proper, files)), {})

    def test_it_takes_every_fragment(self):
        """configs/KEY/NAME.yaml"""
        for file in program.SOURCE.glob("configs/*/*.yaml"):
            with self.subTest(fragment=file):
                schema = json.loads(self.schema.read_text())
                part = {key: schema[key] for key in ("$schema", "$defs")}
                (self.folder / "part.json").write_text(
                    json.dumps(part | {"$ref": f"#/$defs/part.{file.parent.name}"}))
                self.assertEqual(self.refused([self.proper(file)], self.folder / "part.json"), {})

    def test_it_takes_every_plan(self):
        for config in sorted(program.CONFIGS.glob("*.yaml")):
            with program.temporary_folder() as folder:
                run = program.run(config, "train.epochs=null", "train.steps=2", folder=folder)
                self.assertEqual(self.refused([run / "plan.yaml"]), {})

    def test_it_agrees_with_assay(self):
        good, broken = self.write(GOOD, "good"), self.write(BROKEN, "broken")
        refused = self.refused(good + broken)
        for file in good:
            with self.subTest(config=file.read_text()):
                self.assertNotIn(file.name, refused)
                self.assertFalse(self.assay_refuses(file))
        for file in broken:
            with self.subTest(config=file.read_text()):
                self.assertIn(file.name, refused)
                self.assertTrue(self.assay_refuses(file))
        print(f"{len(good)} good and {len(broken)} broken configs judged alike")

    def test_what_only_assay_sees(self):
        files = self.write(BEYOND_IT, "beyond")
        self.assertEqual(self.refused(files), {})

    def test_a_config_that_extends_another_may_leave_things_out(self):
        good = [
            "extends: base.yaml\n",
            "extends: [base.yaml, other.yaml]\nseed: 1\n",
            "extends: base.yaml\noptimizer: {momentum: 0.5}\nhooks: {loss: {every: 5}, ~accuracy: }\n",
            "extends: base.yaml\noptimizer: {type: adam}\n~seed:\n",
            "extends: base.yaml\nhooks: {picture: {renderer: {rows: 5}}}\n",
            "extends: base.yaml\nmodel: {hidden: \"${widths}\"}\noptimizer: '@adam.yaml'\ntrain: '@long.yaml'\n",
        ]
        broken = [
            "extends: 5\n",
            "extends: base.yaml\nsede: 1\n",
            "extends: base.yaml\noptimizer: {momentun: 0.5}\n",
            "extends: base.yaml\noptimizer: '@@adam.yaml'\n",
            "extends: base.yaml\noptimizer: {type: adam, momentum: 0.5}\n",
            "extends: base.yaml\nhooks: {picture: {renderer: {rows: 0}}}\n",
        ]
        files = []
        for i, text in enumerate(good + broken):
            files.append(self.folder / f"extends_{i}.yaml")
            files[-1].write_text(text)
        self.assertEqual(set(self.refused(files)), {f.name for f in files[len(good):]})

    def test_it_knows_other_peoples_plugins(self):
        plugins = self.folder / "plugins"
        plugins.mkdir(exist_ok=True)
        shutil.copy(program.BUILD / "tests" / "plugin_host" / "fixtures" / "nested.so", plugins)
        schema = self.write_schema("with_nested.json", "--plugin-path", plugins)
        form = "{type: paced, pace: {rate: {type: scaled, factor: 2, of: {type: constant, value: VALUE}}}}"
        files = self.write([{"optimizer": form.replace("VALUE", value)} for value in ("1", "x")], "paced")
        self.assertEqual(list(self.refused(files, schema)), [files[1].name])
        self.assertEqual(sorted(self.refused(files)), [f.name for f in files])

    def test_a_library_that_does_not_load_is_left_out(self):
        plugins = self.folder / "unresolved"
        plugins.mkdir(exist_ok=True)
        shutil.copy(program.BUILD / "tests" / "plugin_host" / "fixtures" / "unresolved.so", plugins)
        process = program.assay("plugins", "schema", "--plugin-path", plugins, folder="/")
        self.assertEqual(process.returncode, program.DONE)
        self.assertIn("assay: warning: left out: ", process.stderr)
        self.assertEqual(process.stdout, self.schema.read_text())
        for command in "schema", "reference":
            process = program.assay("plugins", command, "--plugin-path", plugins, "--format", "json", folder="/")
            problem = json.loads(process.stderr)
            self.assertEqual(problem["severity"], "warning")
            self.assertTrue(problem["message"].startswith("left out: "), problem)


if __name__ == "__main__":
    unittest.main(verbosity=2)
