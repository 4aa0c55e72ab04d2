"""Bad input, full disks and NaN: one clear message, the right exit code, nothing half done."""

import json
import os
import pathlib
import re
import resource
import unittest

import metrics
import program

DIGITS = (program.CONFIGS / "digits.yaml")


class BadInput(unittest.TestCase):
    """Exit code 2 and the place, before anything is created."""

    def check(self, text, *expected, name="bad.yaml", arguments=()):
        with program.temporary_folder() as folder:
            path = pathlib.Path(folder) / name
            if text is not None:
                path.write_text(text)
            before = sorted(os.listdir(folder))
            process = program.assay("run", name, *arguments, folder=folder)
            print(process.stderr)
            self.assertEqual(process.returncode, program.USAGE_ERROR, process.stdout)
            for piece in expected:
                self.assertIn(piece, process.stderr)
            self.assertEqual(sorted(os.listdir(folder)), before)
            self.assertEqual(process.stdout, "")

    def changed(self, old, new):
        text = DIGITS.read_text()
        self.assertEqual(text.count(old), 1, old)
        return text.replace(old, new)

    def place(self, text, needle):
        """line:column of a text, as compilers count."""
        before = text[:text.index(needle)]
        return f"bad.yaml:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}: error: "

    def test_unknown_key(self):
        text = self.changed("activation: selu", "activatoin: selu")
        self.check(text, self.place(text, "activatoin"), "model.activatoin", "did you mean 'activation'?")

    def test_unknown_component(self):
        text = self.changed("{type: sgd,", "{type: sdg,")
        self.check(text, self.place(text, "sdg"), "optimizer.type: no optimizer 'sdg'",
                   "did you mean 'sgd'?", "adam")

    def test_wrong_type(self):
        text = self.changed("learning_rate: 0.05", "learning_rate: fast")
        self.check(text, self.place(text, "fast"), "optimizer.learning_rate", "expected")

    def test_out_of_range(self):
        text = self.changed("hidden: [100, 100]", "hidden: [100, 0]")
        self.check(text, self.place(text, "0]\n  activation"), "model.hidden", "1")

    def test_a_model_larger_than_memory(self):
        text = self.changed("hidden: [100, 100]", "hidden: [1000000, 1000000]")
        self.check(text, self.place(text, "mlp "), "model: 1,000,076,000,010 parameters need", "this machine has")

    def test_missing_file(self):
        self.check(None, "nowhere.yaml", name="nowhere.yaml")

    def test_a_directory(self):
        with program.temporary_folder() as folder:
            os.mkdir(pathlib.Path(folder) / "configs")
            process = program.assay("run", "configs", folder=folder)
            self.assertEqual(process.returncode, program.USAGE_ERROR)
            self.assertIn("configs: error: this is a folder, expected a config file", process.stderr)

    def test_not_yaml(self):
        self.check("name: [1, 2\nseed: }", "bad.yaml:1:7: error: ", "never closed")

    def test_empty_file(self):
        self.check("", "bad.yaml", "empty")
        self.check("# only a comment\n", "bad.yaml", "only comments")

    def test_missing_data(self):
        text = self.changed("type: digits\n", "type: digits\n  file: missing.csv\n")
        self.check(text, self.place(text, "missing.csv"), "dataset.file", "missing.csv")

    def test_unknown_value_to_log(self):
        text = self.changed("value: test.loss", "value: tset.loss")
        self.check(text, self.place(text, "tset.loss"), "hooks.loss.value", "no split 'tset'", "test, train")
        text = self.changed("value: test.accuracy", "value: test.acuracy")
        self.check(text, self.place(text, "acuracy"), "hooks.accuracy.value", "no metric 'acuracy'")

    def test_unknown_split_of_a_picture(self):
        text = self.changed("{type: test_sheet, split: test}", "{type: test_sheet, split: tst}")
        self.check(text, self.place(text, "tst}"), "hooks.test_sheet.renderer.split: there is no split 'tst'",
                   "all, test, train", "did you mean 'test'?")

    def test_a_split_without_rows_to_train_on(self):
        text = self.changed("split: {test: 0.25, seed: 0}", "split: {test: 0.9999, seed: 0}")
        self.check(text, self.place(text, "{test: 0.9999"), "dataset.split: no rows are left to train on")

    def test_a_broken_line_of_data(self):
        with program.temporary_folder() as folder:
            data = pathlib.Path(folder) / "bad.csv"
            data.write_text("a,b,label\n")
            self.check(DIGITS.read_text(), "argument 1: error: dataset.file: ", "bad.csv:1: expected 65 columns",
                       arguments=[f"dataset.file={data}"])

    def test_biases_that_have_no_fan(self):
        self.check(DIGITS.read_text(), "argument 1: error: model.init.bias: expected one of zeros, ones",
                   arguments=["model.init.bias=lecun_normal"])

    def test_more_epochs_than_can_be_counted(self):
        self.check(DIGITS.read_text(), "argument 1: error: train.epochs: expected at most ",
                   arguments=["train.epochs=9223372036854775807", "train.batch_size=32"])

    def test_all_problems_in_one_go(self):
        text = self.changed("\nseed: 0 ", "\nseed: zero ").replace("activation: selu", "activation: silu")
        self.check(text, self.place(text, "zero"), self.place(text, "silu"), "did you mean 'selu'?")

    def test_an_argument(self):
        self.check(DIGITS.read_text(), "argument 1: error: ", "optimizer.learnin_rate", "did you mean 'learning_rate'?",
                   arguments=["optimizer.learnin_rate=1"])

    def test_unknown_command(self):
        process = program.assay("rnu", folder="/")
        self.assertEqual(process.returncode, program.USAGE_ERROR)
        self.assertIn("there is no command 'rnu'; did you mean 'run'?", process.stderr)


class Folders(unittest.TestCase):
    def test_unwritable_run_folder(self):
        with program.temporary_folder() as folder:
            (pathlib.Path(folder) / "file").write_text("")
            process = program.assay("run", DIGITS, "run_dir=file/run", folder=folder)
            self.assertEqual(process.returncode, program.USAGE_ERROR)
            self.assertRegex(process.stderr, r"argument 1: error: run_dir: \S*file/run cannot be created: \S*file is not a folder\n")
            (pathlib.Path(folder) / "mine.yaml").write_text(
                DIGITS.read_text().replace("runs/test/${now:%Y%m%d-%H%M%S}", "file/run"))
            process = program.assay("run", "mine.yaml", folder=folder)
            self.assertRegex(process.stderr, r"mine.yaml:\d+:10: error: run_dir: ")

    def test_full_disk_at_the_start(self):
        """Nothing is left, and the config is not to blame."""
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

        with program.temporary_folder() as folder:
            (pathlib.Path(folder) / "mine").mkdir()
            process = program.assay("run", DIGITS, "run_dir=mine/new/run", folder=folder,
                                    preexec_fn=limit)
            print(process.stderr)
            self.assertEqual(process.returncode, program.RUN_FAILED)
            self.assertIn("run.json: cannot be written", process.stderr)
            self.assertEqual([str(p.name) for p in pathlib.Path(folder).rglob("*")], ["mine"])

    def test_full_disk(self):
        """No file may grow beyond 100 kB, which a write reports as a full disk would be."""
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

        with program.temporary_folder() as folder:
            process = program.assay("run", DIGITS, "run_dir=run", folder=folder, preexec_fn=limit)
            print(process.stderr)
            run = pathlib.Path(folder) / "run"
            self.assertEqual(process.returncode, program.PARTLY_FAILED, process.stderr)
            # Both files hit the limit; each logger says so once, and training goes on to the end.
            self.assertEqual(len(re.findall("logger tensorboard", process.stderr)), 1)
            self.assertEqual(len(re.findall("logger jsonl", process.stderr)), 1)
            self.assertIn("metrics.jsonl: cannot be written", process.stderr)
            record = program.record(run)
            self.assertEqual((record["state"], record["steps"]), ("finished", 3000))
            self.assertEqual(len(record["failures"]), 2)
            lines = (run / "metrics.jsonl").read_text()
            self.assertTrue(lines.endswith("\n"))
            steps = [json.loads(line)["step"] for line in lines.splitlines()]
            self.assertGreater(len(steps), 500)
            self.assertEqual(steps, sorted(steps))


class NotANumber(unittest.TestCase):
    def test_stops_with_step_and_layer(self):
        with program.temporary_folder() as folder:
            process = program.assay("run", DIGITS, "run_dir=run", "optimizer.learning_rate=1e30",
                                    folder=folder)
            print(process.stderr)
            self.assertEqual(process.returncode, program.RUN_FAILED)
            self.assertRegex(process.stderr,
                             r"(the loss of step \d+|test\.loss) is (NaN|infinite).*"
                             r"the output of layer\d \(Linear\) is the first that is not finite "
                             r"\(row \d+ of the dataset\)")
            run = pathlib.Path(folder) / "run"
            record = program.record(run)
            self.assertEqual(record["state"], "failed")
            self.assertIn("layer", record["reason"])
            self.assertLess(record["steps"], 10)

    def test_the_learning_rate_is_not_blamed_before_the_first_step(self):
        """The values of the samples are so large that the first layer overflows."""
        with program.temporary_folder() as folder:
            large = "dataset={type: synthetic, rows: 100, noise: 3.0e38, split: {test: 0.25}}"
            process = program.assay("run", DIGITS, "run_dir=run", large, "~hooks", "model.hidden=[64]", folder=folder)
            print(process.stderr)
            self.assertEqual(process.returncode, program.RUN_FAILED)
            self.assertIn("No step has changed the weights yet, so the learning rate is not the cause", process.stderr)
            self.assertNotIn("A smaller learning rate", process.stderr)

    def test_may_be_ignored(self):
        with program.temporary_folder() as folder:
            run = program.run(DIGITS, "optimizer.learning_rate=1e30", "train.on_nan=ignore",
                              "train.epochs=20", folder=folder)
            last = metrics.read(run)[-1]
            self.assertEqual((last["step"], program.record(run)["steps"]), (20, 20))
            text = (run / "metrics.jsonl").read_text()
            self.assertIn('"NaN"', text)
            self.assertNotIn("null", text)
            self.assertEqual(program.record(run)["final"]["Loss"], "NaN")


class Warnings(unittest.TestCase):
    def test_a_hook_that_never_fires(self):
        with program.temporary_folder() as folder:
            process = program.assay("run", DIGITS, "run_dir=run", "train.epochs=74", "hooks.loss.every=1000000",
                                    folder=folder)
            self.assertEqual(process.returncode, program.DONE)
            warning = "warning: hooks.loss.every: this hook never fires in this run, which has 74 steps\n"
            self.assertTrue(process.stderr.startswith(f"argument 3: {warning}"), process.stderr)
            self.assertIn(warning, (pathlib.Path(folder) / "run" / "log.txt").read_text())


if __name__ == "__main__":
    unittest.main(verbosity=2)
