"""Components within components, of a plugin that is not ours: they work, and what is wrong with them
is shown at its line and column."""

import pathlib
import shutil
import unittest

import program

CONFIG = """\
dataset: {type: digits, split: {test: 0.25}}
model: {type: mlp, hidden: [8]}
loss: softmax_cross_entropy
optimizer: OPTIMIZER
train: {steps: 2}
hooks: {a: {type: framed, tag: a, at: 1, beside: BESIDE, frame: {inside: INSIDE}}}
loggers: []
"""
USUAL = {"OPTIMIZER": "{type: sgd, learning_rate: 0.1}", "BESIDE": "sheet", "INSIDE": "test_sheet"}


class Nested(unittest.TestCase):
    def setUp(self):
        temporary = program.temporary_folder()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        (self.folder / "plugins").mkdir()
        shutil.copy(program.BUILD / "tests" / "plugin_host" / "fixtures" / "nested.so",
                    self.folder / "plugins")

    def run_with(self, name, **parts):
        text = CONFIG
        for word, part in (USUAL | parts).items():
            text = text.replace(word, part)
        (self.folder / f"{name}.yaml").write_text(text)
        return program.assay("run", f"{name}.yaml", f"run_dir={name}", "--plugin-path", "plugins",
                             folder=self.folder)

    def test_they_work(self):
        digests = []
        for name, optimizer in {
            "plain": "{type: sgd, learning_rate: 0.1}",
            "nested": "{type: paced, pace: {rate: {type: scaled, factor: 2, of: {type: constant, value: 0.05}}}}",
            "listed": "{type: sgd, learning_rate: {type: joined, boundaries: [1], schedules: [0.1, "
                      "{type: scaled, factor: 2, of: {type: constant, value: 0.05}}]}}",
        }.items():
            process = self.run_with(name, OPTIMIZER=optimizer)
            self.assertEqual(process.returncode, program.DONE, process.stderr)
            digests.append(program.record(self.folder / name)["weights_digest"])
            self.assertEqual(len(list((self.folder / name / "images").glob("*.png"))), 2)
        self.assertEqual(len(set(digests)), 1)
        # The plan has the list, too.
        process = program.assay("run", "listed/plan.yaml", "run_dir=again", "--plugin-path", "plugins",
                                folder=self.folder)
        self.assertEqual(process.returncode, program.DONE, process.stderr)
        self.assertEqual(program.record(self.folder / "again")["weights_digest"], digests[0])

    def check(self, place, key, message, **parts):
        """The place is that of this text, which the config has once."""
        process = self.run_with("wrong", **parts)
        print(process.stderr)
        self.assertEqual(process.returncode, program.USAGE_ERROR)
        before = (self.folder / "wrong.yaml").read_text().split(place)
        self.assertEqual(len(before), 2, place)
        line, column = before[0].count("\n") + 1, len(before[0].split("\n")[-1]) + 1
        self.assertIn(f"wrong.yaml:{line}:{column}: error: {key}: {message}", process.stderr)

    def check_rate(self, place, key, message, rate):
        self.check(place, f"optimizer.pace.rate{key}", message,
                   OPTIMIZER=f"{{type: paced, pace: {{rate: {rate}}}}}")

    def test_what_is_wrong_has_its_place(self):
        self.check_rate("factr", ".factr", "schedule 'scaled' has no such option",
                        "{type: scaled, factr: 2, of: {type: constant, value: 1}}")
        self.check_rate("x}", ".of.value", "expected a number, found 'x'",
                        "{type: scaled, factor: 2, of: {type: constant, value: x}}")
        self.check_rate("scaled", ".of", "missing: expected the name of a schedule, or {type: NAME, ...}", "{type: scaled, factor: 2}")
        self.check_rate("-1", "", "expected a number of at least 0 or a schedule, found '-1'", "-1")
        self.check("shet", "hooks.a.frame.inside", "no renderer 'shet'", INSIDE="shet")

    def test_what_a_constructor_refuses_has_its_place(self):
        self.check_rate("13", ".schedules.1.factor", "schedule joined: schedule scaled: 13 is not liked",
                        "{type: joined, boundaries: [1], schedules: [0.1, "
                        "{type: scaled, factor: 13, of: {type: constant, value: 1}}]}")
        self.check_rate("13", ".factor", "schedule scaled: 13 is not liked",
                        "{type: scaled, factor: 13, of: {type: constant, value: 1}}")
        self.check_rate("13", ".of.factor", "schedule scaled: schedule scaled: 13 is not liked",
                        "{type: scaled, factor: 2, of: "
                        "{type: scaled, factor: 13, of: {type: constant, value: 1}}}")

    def test_what_does_not_fit_the_data_has_its_place(self):
        self.check("tset", "hooks.a.frame.inside.split", "there is no split 'tset'",
                   INSIDE="{type: sheet, split: tset}")


if __name__ == "__main__":
    unittest.main(verbosity=2)
