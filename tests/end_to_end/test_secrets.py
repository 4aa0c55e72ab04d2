"""${secret:NAME}: the value is in no file and in no message, whatever a component does with it."""

import json
import os
import pathlib
import re
import unittest

import program

SECRET = "s3cr€t/\"o'f\\mine"
FIXTURES = program.BUILD / "tests" / "experiment" / "fixtures"
CONFIG = """\
dataset: {type: digits, split: {test: 0.25}}
model: {type: mlp, hidden: [4]}
loss: softmax_cross_entropy
optimizer: {type: sgd, learning_rate: 0.01}
train: {steps: 3}
run_dir: run
hooks:
  tells: {type: telling, every: 1, word: "x${secret:TOKEN}y", more: ["${secret:TOKEN}"]}
  loss: {type: scalar, tag: loss, value: batch.loss, every: 1}
loggers: [console, jsonl, tensorboard, {type: telling, word: "${secret:TOKEN}"}]
"""
TELLING_DATA = 'dataset={type: telling, word: "${secret:TOKEN}"}'


class Secrets(unittest.TestCase):
    def setUp(self):
        temporary = program.temporary_folder()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        (self.folder / "a.yaml").write_text(CONFIG)
        self.proof = pathlib.Path(self.enterContext(program.temporary_folder())) / "proof"

    def assay(self, *arguments, expect=program.DONE, secret=SECRET):
        environment = {key: value for key, value in os.environ.items() if key != "TOKEN"}
        if secret is not None:
            environment["TOKEN"] = secret
        process = program.assay(*arguments, "--plugin-path", FIXTURES, folder=self.folder, env=environment)
        self.assertEqual(process.returncode, expect, process.stdout + process.stderr)
        self.assert_kept(process.stdout + process.stderr)
        return process

    def assert_kept(self, output):
        """The secret is in no output, and in no name and no byte of a file."""
        # As it is, in JSON, and in the escapes of JSON that is ASCII.
        spellings = [SECRET.encode(), json.dumps(SECRET, ensure_ascii=False)[1:-1].encode(),
                     json.dumps(SECRET)[1:-1].encode(), b"s3cr"]
        for spelling in spellings:
            self.assertNotIn(spelling, output.encode())
        for path in self.folder.rglob("*"):
            self.assertNotIn("s3cr", str(path))
            if path.is_file():
                for spelling in spellings:
                    self.assertNotIn(spelling, path.read_bytes(), path)

    def test_a_run_keeps_it(self):
        process = self.assay("run", "a.yaml", f'hooks.tells.proof="{self.proof}"', '++loggers.3.word="${secret:TOKEN}"',
                             "hooks.tells.fails=true", expect=program.PARTLY_FAILED)
        self.assertEqual(self.proof.read_text(), f"x{SECRET}y{SECRET}")  # the component has it
        told = process.stdout + process.stderr
        for part in ("opened with ${secret:TOKEN}", "failed with x${secret:TOKEN}y${secret:TOKEN}",
                     "cannot close ${secret:TOKEN}"):
            self.assertIn(part, told)
        run = self.folder / "run"
        self.assertIn('word: "x${secret:TOKEN}y"', (run / "plan.yaml").read_text())
        self.assertIn("scalar x${secret:TOKEN}y${secret:TOKEN}", (run / "metrics.jsonl").read_text())
        self.assertIn("${secret:TOKEN}", "".join(program.record(run)["overrides"]))
        self.assertIn("${secret:TOKEN}", "".join(program.record(run)["failures"]))
        self.assertTrue((run / "${secret:TOKEN}.txt").exists())
        self.assertIn('word: "x${secret:TOKEN}y"', (run / "told" / "${secret:TOKEN}").read_text())
        for content in ("hyper_parameters", "table", "curve", "graph"):
            self.assertRegex((run / "metrics.jsonl").read_text(), rf'"{content}":.*x\$\{{secret:TOKEN\}}y')

    def test_the_plan_asks_the_environment_again(self):
        arguments = (f'hooks.tells.proof="{self.proof}"', "loggers=[]")
        self.assay("run", "a.yaml", *arguments)
        self.assay("run", "run/plan.yaml", "run_dir=again", secret="another one")
        self.assertEqual(self.proof.read_text(), "xanother oneyanother one")
        digests = {program.record(self.folder / name)["plan_digest"] for name in ("run", "again")}
        self.assertEqual(len(digests), 1)
        process = self.assay("run", "run/plan.yaml", "run_dir=third", secret=None, expect=program.USAGE_ERROR)
        self.assertIn("the environment variable 'TOKEN' is not set", process.stderr)
        self.assertFalse((self.folder / "third").exists())

    def test_messages(self):
        for arguments, told in (
                (["hooks.tells.at_once=true"], r"hooks\.tells\S*: no x\$\{secret:TOKEN\}y\$\{secret:TOKEN\} here"),
                (["hooks.tells.blames=true"], r"hooks\.tells\.word: no x\$\{secret:TOKEN\}y\$\{secret:TOKEN\} there"),
                (["hooks.tells.asks=true"], r"hooks\.tells\.word: 'test\.x\$\{secret:TOKEN\}y"),
                (['hooks.loss.value="${secret:TOKEN}"'], r"hooks\.loss\.value: '\$\{secret:TOKEN\}' is not a value"),
                (['hooks.loss.value="${secret:TOKEN}.loss"'], r"there is no split '\$\{secret:TOKEN\}'"),
                (['hooks.loss.value="test.${secret:TOKEN}"'], r"there is no metric '\$\{secret:TOKEN\}'"),
                (["~dataset", "+" + TELLING_DATA, "hooks.loss.value=nope.loss"], r"splits: \$\{secret:TOKEN\}, train"),
                (['seed="${secret:TOKEN}"'], "only a text can be a secret"),
                (['hooks.loss.tag="${secret:TOKEN}"'], "a secret is for texts that only a component reads"),
                (['train.on_nan="${secret:TOKEN}"'], "only a text can be a secret")):
            for command in (["check"], ["run"], ["run", "--format", "json"]):
                with self.subTest(arguments=arguments, command=command):
                    process = self.assay(*command, "a.yaml", *arguments, expect=program.USAGE_ERROR)
                    said = process.stderr
                    if "json" in command:
                        problems = map(json.loads, said.splitlines())
                        said = "".join(f"{p['key']}: {p['message']} {p['hint']}\n" for p in problems)
                    self.assertRegex(said, told)
                    self.assertFalse((self.folder / "run").exists())

    def test_what_is_shown_of_a_plan(self):
        for arguments in (["show", "a.yaml"], ["show", "a.yaml", "--origin"], ["check", "a.yaml"]):
            shown = self.assay(*arguments).stdout
            if arguments[0] == "show":
                self.assertIn('word: "x${secret:TOKEN}y"', shown)
        differing = ["a.yaml", "a.yaml", 'hooks.tells.word="${secret:TOKEN}"']
        self.assertIn("+ hooks.tells.word: \"${secret:TOKEN}\"", self.assay("show", "--diff", *differing, expect=1).stdout)
        self.assay("describe", "a.yaml")

    def test_values_that_cannot_be_kept(self):
        for value in ("", "abc", "two\nlines", "\x1b[31mred"):
            process = self.assay("check", "a.yaml", secret=value, expect=program.USAGE_ERROR)
            self.assertIn("the environment variable 'TOKEN' does not hold a secret", process.stderr)
            self.assertIn("one line of text of at least 4 bytes", process.stderr)
        process = program.assay("check", "a.yaml", 'hooks.tells.word="${secret:TOKEN,s3cret}"', "--plugin-path",
                                FIXTURES, folder=self.folder, env={**os.environ, "TOKEN": SECRET})
        self.assertIn("a secret has no default", process.stderr)

    def test_the_environment_is_in_clear(self):
        """Secrets are there for what docs/configs.md says of ${env:...}."""
        (self.folder / "a.yaml").write_text(CONFIG.replace("${secret:", "${env:"))
        process = program.assay("run", "a.yaml", "loggers=[]", "--plugin-path", FIXTURES, folder=self.folder,
                                env={**os.environ, "TOKEN": "in clear"})
        self.assertEqual(process.returncode, program.DONE, process.stderr)
        self.assertTrue(re.search("xin cleary", (self.folder / "run" / "plan.yaml").read_text()))


if __name__ == "__main__":
    unittest.main(verbosity=2)
