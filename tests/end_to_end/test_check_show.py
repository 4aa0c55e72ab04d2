"""`assay check`, `assay show`, and that a run executes the plan that it froze."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import time
import unittest

import numpy

import program

DIGITS = program.CONFIGS / "digits.yaml"
SMALL = """\
dataset: {type: digits, split: {test: 0.25}}
model: {type: mlp, hidden: [8]}
loss: softmax_cross_entropy
optimizer: {type: adam, learning_rate: 0.01}
train: {epochs: 2, batch_size: 100}
hooks:
  loss: {type: scalar, tag: loss, value: batch.loss, every: 3}
loggers: [jsonl]
"""


def contents(folder):
    return sorted((str(p), p.stat().st_mtime_ns) for p in pathlib.Path(folder).rglob("*"))


class InFolder(unittest.TestCase):
    def setUp(self):
        temporary = program.temporary_folder()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def assay(self, *arguments, expect=program.DONE, **options):
        process = program.assay(*arguments, folder=self.folder, **options)
        self.assertEqual(process.returncode, expect, process.stdout + process.stderr)
        return process


class Check(InFolder):
    def lines(self, *arguments, **options):
        """name -> text of the lines of the overview, and the rows of the timetable likewise."""
        before = contents(self.folder)
        process = self.assay("check", *arguments, **options)
        print(process.stdout + process.stderr)
        self.assertEqual(contents(self.folder), before)
        overview, _, table = process.stdout.partition("\n\n")
        found = {}
        for line in overview.splitlines()[1:]:
            found[line[2:10].strip() or len(found)] = line[10:]
        rows = {row.split()[0]: re.split(r"  +", row.strip())[1:] for row in table.splitlines()}
        return found, rows

    def test_the_tutorial(self):
        found, rows = self.lines(DIGITS, "threads=2")
        self.assertEqual(found["data"], "digits: 1,347 train, 450 test rows of 8x8, 10 classes")
        self.assertEqual(found["train"], "3,000 steps: 3,000 epochs of 1 step; all 1,347 rows at once; "
                                         "softmax_cross_entropy, sgd")
        self.assertEqual(found["folder"], "runs/test/${now:%Y%m%d-%H%M%S}")
        self.assertEqual(found["loggers"], "console, tensorboard, jsonl")
        self.assertEqual(found["model"], "mlp: 8x8 -> 10, 17,610 parameters, 70.4 kB")
        tree = [text for name, text in found.items() if isinstance(name, int)]
        self.assertEqual([line.split(": ")[1].split(",")[0] for line in tree],
                         ["Linear 8x8 -> 100", "Linear 100 -> 100", "Linear 100 -> 10"])
        self.assertEqual([int(re.search(r"([\d,]+) parameters", line)[1].replace(",", ""))
                          for line in tree], [64 * 100 + 100, 100 * 100 + 100, 100 * 10 + 10])
        self.assertEqual(rows, {
            "hook": ["times", "at steps", "writes"],
            "training_data": ["1", "0", '"Training Data": sheet of all'],
            "loss": ["3,000", "1, 2, 3, ... 3000", '"Loss": test.loss'],
            "accuracy": ["301", "1, 10, 20, ... 3000", '"Accuracy": test.accuracy'],
            "test_sheet": ["7", "1, 500, 1000, ... 3000",
                           '"Step 1 Accuracy Testsheet", "Step 500 Accuracy Testsheet", '
                           '"Step 1000 Accuracy Testsheet", ...: test_sheet of test']})

    def test_the_timetable_is_what_the_run_does(self):
        config = self.write("a.yaml", SMALL.replace(
            "hooks:\n", "hooks:\n"
            "  epochs: {type: scalar, tag: e, value: test.loss, every_epoch: 1, at: [5, 1]}\n"
            "  late: {type: scalar, tag: l, value: test.accuracy, every: 4, from: 9, until: 20, at_end: true}\n"
            "  often: {type: scalar, tag: o, value: test.loss, times: 5}\n"
            "  thin: {type: scalar, tag: t, value: epoch.loss, every: 2, times: 6}\n"))
        _, rows = self.lines(config)
        run = program.run(config, folder=self.folder)
        logged = {}
        for line in (run / "metrics.jsonl").read_text().splitlines():
            record = json.loads(line)
            logged.setdefault(record["tag"], []).append(record["step"])
        for name, tag in (("loss", "loss"), ("epochs", "e"), ("late", "l"), ("often", "o"), ("thin", "t")):
            steps = logged[tag]
            shown = steps if len(steps) <= 4 else [*steps[:3], f"... {steps[-1]}"]
            self.assertEqual(rows[name][:2], [str(len(steps)), ", ".join(map(str, shown))], name)

    def test_the_longest_run(self):
        config = self.write("a.yaml", SMALL.replace("epochs: 2", "steps: 1000000000001"))
        found, rows = self.lines(config, "hooks.loss.at=[0]", "hooks.loss.value=test.loss")
        self.assertEqual(rows["loss"], ["333,333,333,334", "0, 3, 6, ... 999999999999", '"loss": test.loss'])
        # 14 batches of 1347 rows.
        self.assertTrue(found["train"].startswith(
            "1,000,000,000,001 steps: 71,428,571,428 epochs and 9 steps of 14 steps; batches of 100 rows"))
        self.lines(config, f"train.steps={2**63 - 1}", "hooks.loss.every=1")

    def test_the_rate(self):
        config = self.write("a.yaml", SMALL)
        warmup = "type: warmup_cosine, init_value: 0, peak_value: 0.003"
        for rate, expected in (
                ("0.05", "0.05"),
                ("{type: constant, value: 0.05}", "0.05"),
                ("{type: cosine, init_value: 0.2, alpha: 0.5, decay_steps: 27}", "0.2 -> 0.1"),
                (f"{{{warmup}, end_value: 0.001, warmup_steps: 10}}", "0 -> 0.003 at step 11 -> 0.00102"),
                (f"{{{warmup}, warmup_steps: 100}}", "0 -> 0.00081")):  # ends within the rise
            found, _ = self.lines(config, f"optimizer.learning_rate={rate}")
            self.assertEqual(found["rate"], f"learning_rate {expected}")
        # Rates that agree in three digits are shown with more. Rates that agree in nine are shown once.
        for alpha, expected in (("0.9999", "0.2 -> 0.19998"), ("0.99999999999", "0.2"),
                                ("1.00001", "0.2 -> 0.200002")):
            found, _ = self.lines(config, f"optimizer.learning_rate={{type: cosine, init_value: 0.2, alpha: {alpha}, "
                                          "decay_steps: 27}")
            self.assertEqual(found["rate"], f"learning_rate {expected}")
        found, _ = self.lines(config, f"optimizer.learning_rate={{{warmup}}}", "train.epochs=null",
                              "train.steps=1000000")
        self.assertRegex(found["rate"], r"^learning_rate 0 -> 0\.003 at step 100,\d{3} -> \S+ "
                                        r"\(100,000 of 1,000,000 steps checked\)$")

    def test_names_are_added_where_there_are_none(self):
        config = self.write("a.yaml", SMALL)
        clip = "{type: clip_by_global_norm, max_norm: 8}"
        found, _ = self.lines(config, f"+gradient_transforms.clip={clip}", "++transforms.scale=standardize")
        self.assertIn("softmax_cross_entropy, clip_by_global_norm, adam", found["train"])
        self.assertIn("; standardize -> 8x8", found["data"])
        self.assertIn("  clip:\n", self.assay("show", config, f"+gradient_transforms.clip={clip}").stdout)
        self.assay("check", config, f"+gradient_transforms.0={clip}")
        refused = self.assay("check", config, f"+gradient_transforms.1={clip}", expect=program.USAGE_ERROR)
        self.assertIn("the next one is 0", refused.stderr)

    def test_the_schedules_of_gradient_transforms(self):
        config = self.write("a.yaml", SMALL)
        clip = "type: clip_by_global_norm, max_norm: {type: cosine, init_value: 8, alpha: 0.5, decay_steps: 27}"
        found, _ = self.lines(config, f"gradient_transforms={{clip: {{{clip}}}, fixed: "
                                      "{type: clip_by_global_norm, max_norm: 5}}")
        self.assertEqual(found["rate"], "learning_rate 0.01")
        self.assertIn("gradient_transforms.clip.max_norm 8 -> 4", found.values())
        self.assertNotIn("fixed", "".join(found.values()))

    def test_a_rate_that_is_0_too_long(self):
        config = self.write("a.yaml", SMALL)
        cosine = "optimizer.learning_rate={type: cosine, init_value: 0.1, decay_steps: 10}"
        process = self.assay("check", config, cosine)
        self.assertIn("argument 1: warning: optimizer.learning_rate: it is 0 in 18 of the 28 steps of this run, among "
                      "them all from step 11 on\n", process.stderr)
        self.assertIn("without `decay_steps` it lasts the whole run", process.stderr)
        run = self.assay("run", config, cosine, "run_dir=run")
        self.assertIn("warning: optimizer.learning_rate: it is 0 in 18 of the 28 steps", run.stderr)

    def test_memory(self):
        """From the sizes of the arrays, padded to 64 bytes each: adam has two slots."""
        config = self.write("a.yaml", SMALL)
        found, _ = self.lines(config, "threads=1", "train.lanes=2", "train.block_rows=50")
        self.assertEqual(found["work"].split(", blocks")[0], "1 thread for 2 lanes")
        sizes = dict(re.findall(r"(\w+) ([\d.,]+ k?B)", found["memory"].split(": ")[1]))
        def kilobytes(numbers):
            return f"{numbers * 4 / 1e3:.1f} kB" if numbers * 4 >= 10_000 else f"{numbers * 4:,} B"
        parameters = 64 * 8 + 16 + 8 * 10 + 16  # the biases padded
        self.assertEqual(sizes["weights"], kilobytes(parameters))
        self.assertEqual(sizes["gradients"], kilobytes(parameters * 2))
        self.assertEqual(sizes["optimizer"], kilobytes(parameters * 2))
        self.assertEqual(sizes["rows"], kilobytes(1347 * (64 + 1 + 2 + 4)))  # pixels, class, number, two orders
        more, _ = self.lines(config, "threads=1", "train.lanes=2", "train.block_rows=50",
                             "hooks.loss.value=test.loss")
        self.assertIn(f"rows {kilobytes(1797 * (64 + 1 + 2) + 1347 * 4)}", more["memory"])
        wide, _ = self.lines(config, "threads=1", "train.lanes=1", "model.hidden=[4000]")
        self.assertIn(f"weights {(64 * 4000 + 4000 + 4000 * 10 + 16) * 4 / 1e6:.1f} MB", wide["memory"])

    def test_what_arguments_make_wrong(self):
        config = self.write("a.yaml", SMALL)
        said = self.assay("check", config, "model.hidden=[1048576, 1048576]", expect=program.USAGE_ERROR).stderr
        print(said)
        self.assertIn("a.yaml:2:15: error: model: 1,099,591,319,562 parameters", said)
        self.assertIn("^~~ hidden is set by argument 1\n", said)
        self.write("other.yaml", SMALL.replace("mlp", "{}").replace("{type: {}, hidden: [8]}", "mlp"))
        said = self.assay("check", config, "other.yaml", "model.hidden.0=x", expect=program.USAGE_ERROR).stderr
        self.assertEqual([line for line in said.splitlines() if line.endswith("error")],
                         [f"{config}: 1 error", "other.yaml: 1 error"])

    def test_only_arguments_that_belong_to_the_cause(self):
        """A component that refuses as a whole: which of its options are named, in check and run alike."""
        config = self.write("a.yaml", SMALL + "metrics: {m: {type: fussy}}\n")
        plugins = program.BUILD / "tests" / "experiment" / "fixtures"
        for command in ("check", "run"):
            for once in ("true", "false"):  # in the constructor, or later
                def said(*arguments):
                    return self.assay(command, config, "--plugin-path", plugins, *arguments,
                                      f"metrics.m.at_once={once}", expect=program.USAGE_ERROR).stderr
                errors = said("metrics.m.limit=3")
                self.assertIn("metrics.m: not this target\n", errors)
                self.assertNotIn("is set by", errors)
                errors = said("metrics.m.limit=3", "metrics.m.words='the limits differ from the limit'")
                self.assertIn("^~~~~ limit is set by argument 1\n", errors)
        # Sizes of the model are the host's to judge: how it is activated has no part in it.
        errors = self.assay("check", config, "--plugin-path", plugins, "~metrics", "model.hidden=[1048576, 1048576]",
                            "model.activation=relu", expect=program.USAGE_ERROR).stderr
        self.assertIn("^~~ hidden is set by argument 2\n", errors)

    def test_every_problem_of_every_config(self):
        self.write("good.yaml", SMALL)
        self.write("one.yaml", SMALL.replace("adam", "adm").replace("hidden", "hiden"))
        # Only the components and the data can say this.
        self.write("two.yaml", SMALL.replace(
            "hooks:\n", "hooks:\n"
            "  a: {type: scalar, tag: a, value: tst.loss, every: 1}\n"
            "  b: {type: scalar, tag: b, value: test.acuracy, every: 1}\n"
            "  c: {type: image, tag: c, renderer: {type: sheet, split: validation}, at: 0}\n"))
        process = self.assay("check", "one.yaml", "good.yaml", "two.yaml", "none.yaml",
                             expect=program.USAGE_ERROR)
        print(process.stderr)
        self.assertIn("good (good.yaml)", process.stdout)
        errors = re.findall(r"^(\S+): error: (?:(\S+): )?", process.stderr, re.MULTILINE)
        self.assertEqual([(place.split(":")[0], key) for place, key in errors],
                         [("one.yaml", "model.hiden"), ("one.yaml", "optimizer.type"),
                          ("two.yaml", "hooks.a.value"), ("two.yaml", "hooks.b.value"),
                          ("two.yaml", "hooks.c.renderer.split"), ("none.yaml", "")])
        self.assertIn("did you mean 'one.yaml'?", process.stderr)

    def test_what_run_says_check_says(self):
        data = self.write("bad.csv", "1,2\n")
        (self.folder / "there").mkdir()
        self.write("file", "")
        self.write("a.yaml", SMALL)
        for changes in (["seed=x"], ["dataset.split.test=0.9999"], ["hooks.loss.value=test.lss"],
                        ["hooks.loss.at=[0]"], [f"dataset.file={data}"], ["dataset.file=none.csv"],
                        ["run_dir=there"], ["run_dir=file/x"], ["run_dir=/proc/x"], ["run_dir=/dev/null/x"], ["train.epochs=9223372036854775807"],
                        ["model.hidden=[1048576, 1048576]"], ["loggers=[jsonl, jsonl]"],
                        # Several components at once.
                        ["dataset.file=none.csv", "hooks.loss.value=loss", "seed=1",
                         "optimizer.learning_rate={type: warmup_cosine, init_value: 0, peak_value: 1, "
                         "warmup_steps: 5, decay_steps: 4}"],
                        ["optimizer.learning_rate={type: cosine, init_value: 1, decay_steps: 0}"]):
            run = self.assay("run", "a.yaml", *changes, expect=program.USAGE_ERROR)
            check = self.assay("check", "a.yaml", *changes, expect=program.USAGE_ERROR)
            self.assertEqual(check.stderr, run.stderr)
            self.assertEqual(check.stdout, "")
            print(*re.findall("^.*: error: .*$", check.stderr, re.MULTILINE), sep="\n")

    def test_arguments(self):
        self.write("a=b.yaml", SMALL)
        self.write("x=/a.yaml", SMALL)
        (self.folder / "no").mkdir()
        for arguments, expected in (
                (["seed=1"], "a config is missing before 'seed=1'; a file of this name is ./seed=1"),
                (["a=b.yaml"], "a config is missing before 'a=b.yaml'"),
                (["./a=b.yml"], "did you mean './a=b.yaml'?"),
                (["seed"], "'seed': a key of a config is set by key=value: seed=VALUE\n"),
                (["./a=b.yaml", "train.epochs", "5"], "set by key=value: train.epochs=5\n"),
                (["./a=b.yaml", "5"], "5: error: there is no such file\n"),
                (["no"], "this folder has no plan.yaml")):
            process = self.assay("check", *arguments, expect=program.USAGE_ERROR)
            self.assertIn(expected, process.stderr)
        self.assay("check", "./a=b.yaml", "seed=1", "./x=/a.yaml")

    def test_a_hook_that_never_fires(self):
        self.write("a.yaml", SMALL)
        process = self.assay("check", "a.yaml", "hooks.loss.every=29")
        self.assertRegex(process.stdout, r"loss +0  none of this run  \"loss\": batch.loss")
        said = "hooks.loss.every: this hook never fires in this run, which has 28 steps"
        self.assertTrue(process.stderr.startswith(f"argument 1: warning: {said}\n"), process.stderr)
        # A run says so as well, and goes on.
        run = self.assay("run", "a.yaml", "hooks.loss.every=29", "run_dir=run")
        self.assertIn(f"warning: {said}\n", run.stderr)
        self.assertIn(f"warning: {said}\n", (self.folder / "run" / "log.txt").read_text())

    def test_a_tag_stays_in_its_row(self):
        self.write("a.yaml", SMALL.replace("tag: loss", 'tag: "a: [b, ${step}"').replace(
            "loggers:", "  h: {type: scalar, tag: Größe, value: batch.loss, at: 1}\nloggers:"))
        process = self.assay("check", "a.yaml")
        self.assertEqual(process.stdout.splitlines()[-3:], [
            "  hook  times  at steps         writes",
            r'  loss      9  3, 6, 9, ... 27  "a: [b, 3", "a: [b, 6", "a: [b, 9", ...: batch.loss',
            '  h         1  1                "Größe": batch.loss'])


class Show(InFolder):
    def test_the_text_is_the_plan_of_the_run(self):
        self.write("a.yaml", SMALL)
        shown = self.assay("show", "a.yaml", "seed=3", "run_dir=run").stdout
        run = program.run("a.yaml", "seed=3", folder=self.folder)
        self.assertEqual(shown, (run / "plan.yaml").read_text())
        # A run folder, and the plan of a plan.
        self.assertEqual(self.assay("show", "run").stdout, (run / "plan.yaml").read_text())
        self.write("p.yaml", shown)
        self.assertEqual(self.assay("show", "p.yaml").stdout, shown)
        self.assay("run", "p.yaml", "run_dir=again")
        self.assertEqual(program.record(self.folder / "again")["weights_digest"],
                         program.record(run)["weights_digest"])

    def test_origins(self):
        self.write("a.yaml", SMALL)
        process = self.assay("show", "a.yaml", "seed=3", "model.hidden.0=9", "--origin", "--kernels", "generic")
        print(process.stdout)
        origins = dict(re.findall(r"^(\w+|  +\w+): .*?  # (.*)$", process.stdout, re.MULTILINE))
        for key, origin in {"seed": "argument 1", "  hidden": "a.yaml:2, argument 2", "kernels": "--kernels",
                            "  epochs": "a.yaml:5", "    every": "a.yaml:7", "    value": "a.yaml:7",
                            "threads": "default", "    validation": "default", "    seed": "default"}.items():
            self.assertEqual(origins[key], origin, key)
        columns = {line.index("  # ") for line in process.stdout.splitlines()[2:] if "  # " in line}
        self.assertEqual(len(columns), 1)
        plain = self.assay("show", "a.yaml", "seed=3", "model.hidden.0=9", "--kernels", "generic").stdout
        self.write("with_origins.yaml", process.stdout)
        self.assertEqual(self.assay("show", "with_origins.yaml").stdout, plain)

    def test_the_origin_of_a_long_list_is_a_range(self):
        self.write("a.yaml", SMALL.replace("hidden: [8]", "hidden:\n  [7,\n   8,\n   9]"))
        for argument, origin in (("seed=1", "a.yaml:3-5"), ("model.hidden.1=2", "a.yaml:3-5, argument 1")):
            shown = self.assay("show", "a.yaml", "--origin", argument).stdout
            self.assertEqual(re.search(r"hidden: .*?  # (.*)", shown)[1], origin)

    def test_differences(self):
        self.write("a.yaml", SMALL)
        self.write("b.yaml", SMALL.replace("adam, learning_rate: 0.01", "sgd, learning_rate: 0.01, momentum: 0.9")
                   .replace("loggers: [jsonl]", "loggers: []"))
        process = self.assay("show", "--diff", "a.yaml", "b.yaml", "name=a", expect=1)
        print(process.stdout)
        lines = [re.sub(" +#", " #", line) for line in process.stdout.splitlines()]
        self.assertEqual(lines[:2], ["--- a.yaml", "+++ b.yaml name=a"])
        self.assertIn("- optimizer.type: adam # a.yaml:4", lines)
        self.assertIn("+ optimizer.type: sgd # b.yaml:4", lines)
        self.assertIn("+ optimizer.momentum: 0.9 # b.yaml:4", lines)
        self.assertIn("- loggers.jsonl.type: jsonl # a.yaml:8", lines)
        self.assertIn("+ loggers: {} # b.yaml:8", lines)
        self.assertFalse([line for line in lines if "learning_rate" in line or "hooks" in line])

    def test_equal_plans(self):
        self.write("a.yaml", SMALL)
        run = program.run("a.yaml", folder=self.folder)
        self.assertEqual(self.assay("show", "--diff", "run", "a.yaml", "run_dir=run").stdout, "")
        self.assertEqual(self.assay("show", "--diff", "a.yaml", run / "plan.yaml", "run_dir=run",
                                    expect=1).stdout.count("\n- "), 1)
        process = self.assay("show", "--diff", "a.yaml", "a.yaml", "threads=1", expect=1)
        digest = program.record(run)["plan_digest"]
        self.assertEqual(process.stdout.splitlines()[2:], [
            "- threads: null  # default", "+ threads: 1     # argument 1",
            f"The result is the same: both have the digest {digest}."])

    def test_wrong_use(self):
        self.write("a.yaml", SMALL)
        self.write("small.yaml", SMALL)
        for arguments, expected in ((["a.yaml", "b.yaml"], "--diff compares two"),
                                    (["--diff", "a.yaml"], "expected two configs or run folders, found 1"),
                                    (["--diff", "seed=1", "a.yaml"], "a config is missing before 'seed=1'"),
                                    (["a.yaml", "sed=1"], "did you mean 'seed'?"),
                                    (["--diff", "small.yaml", "smal.yaml"], "did you mean 'small.yaml'?")):
            process = self.assay("show", *arguments, expect=program.USAGE_ERROR)
            self.assertIn(expected, process.stderr)
            self.assertEqual(process.stdout, "")


class Frozen(InFolder):
    def test_the_digest_is_told_everywhere(self):
        self.write("a.yaml", SMALL)
        digest = program.record(program.run("a.yaml", folder=self.folder))["plan_digest"]
        self.assertRegex(digest, "^[0-9a-f]{32}$")
        self.assertIn(f"digest  {digest}\n", self.assay("check", "a.yaml").stdout)
        self.assertIn(f"# Digest of what decides the result: {digest}\n", self.assay("show", "a.yaml").stdout)

    def test_what_the_digest_leaves_out_changes_nothing(self):
        """Equal digests, equal weights and equal values."""
        self.write("a.yaml", SMALL.replace("batch.loss", "test.loss"))
        first = program.run("a.yaml", folder=self.folder)
        second = self.folder / "second"
        self.assay("run", "a.yaml", "run_dir=second", "name=b", "threads=2", "loggers=[jsonl, console]")
        for key in ("plan_digest", "weights_digest", "final"):
            self.assertEqual(program.record(second)[key], program.record(first)[key])

    def test_editing_the_config_changes_nothing_of_a_run(self):
        text = SMALL.replace("epochs: 2", "epochs: 400")
        undisturbed = self.write("first/a.yaml", text)
        expected = program.record(program.run(undisturbed, folder=self.folder / "first"))
        config = self.write("second/a.yaml", text)
        process = subprocess.Popen([str(program.ASSAY), "run", str(config), "run_dir=run"],
                                   cwd=config.parent, stdout=subprocess.DEVNULL)
        run = config.parent / "run"
        deadline = time.monotonic() + 60
        while not (run / "metrics.jsonl").exists() and time.monotonic() < deadline:
            time.sleep(0.001)
        config.write_text(text.replace("[8]", "[9]").replace("adam", "sgd").replace("400", "1"))
        self.assertIsNone(process.poll(), "the run was over before the edit: make it longer")
        self.assertEqual(process.wait(timeout=120), program.DONE)
        record = program.record(run)
        for key in ("plan_digest", "weights_digest", "steps"):
            self.assertEqual(record[key], expected[key])
        self.assertEqual((run / "config.yaml").read_text(), text)
        self.assertEqual((run / "plan.yaml").read_text(),
                         (self.folder / "first" / "run" / "plan.yaml").read_text())

    def test_the_plan_repeats_the_run_from_anywhere(self):
        """With data beside the config, and other working folders than the first one."""
        random = numpy.random.default_rng(0)
        (self.folder / "experiment" / "data").mkdir(parents=True)
        numpy.save(self.folder / "experiment" / "data" / "x.npy", random.normal(size=(200, 5)).astype("float32"))
        numpy.save(self.folder / "experiment" / "data" / "y.npy", random.integers(0, 3, 200).astype("int32"))
        config = self.write("experiment/a.yaml", SMALL.replace(
            "{type: digits,", "{type: npy, samples: data/x.npy, targets: data/y.npy,"))
        first = program.run(config.relative_to(self.folder), folder=self.folder)
        shutil.move(first, self.folder / "kept")
        elsewhere = self.folder / "elsewhere"
        elsewhere.mkdir()
        again = program.run("../kept/plan.yaml", folder=elsewhere)
        kept = program.record(self.folder / "kept")
        for key in ("plan_digest", "weights_digest", "final"):
            self.assertEqual(program.record(again)[key], kept[key])
        self.assertEqual((again / "plan.yaml").read_text(), (self.folder / "kept" / "plan.yaml").read_text())


if __name__ == "__main__":
    unittest.main(verbosity=2)
