"""Lists of runs: the best values of each, conditions, columns, forms, and folders that are no batch."""

import csv
import json
import math
import pathlib
import shutil
import unittest

import metrics
import program

SHORT = ["train.epochs=40", "~hooks.training_data", "~hooks.test_sheet", "hooks.accuracy.every=7"]


def rows_of(process):
    assert process.returncode == program.DONE, process.stderr
    return list(csv.DictReader(process.stdout.splitlines()))


class Runs(unittest.TestCase):
    def setUp(self):
        temporary = program.temporary_folder()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def assay(self, *arguments, expect=program.DONE):
        process = program.assay(*arguments, folder=self.folder)
        self.assertEqual(process.returncode, expect, process.stdout + process.stderr)
        return process

    def batch(self, *arguments, loggers="[jsonl]"):
        self.assay("batch", program.CONFIGS / "digits.yaml", *SHORT, f"loggers={loggers}", *arguments, "--dir", "b")

    def listed(self, *arguments):
        return rows_of(self.assay("runs", *arguments, "--format", "csv"))


def values_logged(run):
    """The values of each tag in metrics.jsonl, with their steps."""
    values = {}
    for record in metrics.read(run):
        if "value" in record:
            values.setdefault(record["tag"], []).append((record["step"], record["value"]))
    return values


class Best(Runs):
    def test_best_values_are_those_of_the_log(self):
        self.batch("seed=0,1", "optimizer.learning_rate=0.05,0.2")
        for row in self.listed("b", "--columns", "folder,Loss,Loss best,Loss best step,test.accuracy,test.accuracy best,"
                                                 "test.accuracy best step"):
            values = values_logged(row["folder"])
            for tag, best in (("Loss", min), ("Accuracy", max)):
                extreme = best(value for _, value in values[tag])
                self.assertEqual(float(row[f"{tag} best"]), extreme)
                self.assertEqual(int(row[f"{tag} best step"]), next(step for step, value in values[tag] if value == extreme))
                self.assertEqual(float(row[tag]), values[tag][-1][1])

    def test_they_need_no_log(self):
        self.batch("seed=0")
        logged = self.listed("b")
        shutil.rmtree(self.folder / "b")
        self.batch("seed=0", loggers="[]")
        self.assertEqual([{k: v for k, v in row.items() if k != "key"} for row in self.listed("b")],
                         [{k: v for k, v in row.items() if k != "key"} for row in logged])
        self.assertEqual(list((self.folder / "b" / "runs").glob("*/metrics.jsonl")), [])

    def test_a_run_that_goes_on_knows_what_was_before(self):
        run = ["run", program.CONFIGS / "digits.yaml", *SHORT, "loggers=[]", "optimizer.learning_rate=0.2",
               "checkpoints.every=1", "checkpoints.keep=100"]
        self.assay(*run, "run_dir=whole")
        self.assay(*run, "run_dir=part")
        for path in (self.folder / "part/checkpoints").iterdir():
            if int(path.stem.split("_")[1]) > 20:
                path.unlink()
        record = json.loads((self.folder / "part/run.json").read_text())
        record.update(state="stopped", scalars={}, final={})
        (self.folder / "part/run.json").write_text(json.dumps(record))
        self.assay("resume", "part")
        whole, part = (program.record(self.folder / name) for name in ("whole", "part"))
        self.assertEqual(part["scalars"], whole["scalars"])
        self.assertEqual(whole["scalars"]["Loss"]["value"], "test.loss")
        self.assertLess(whole["scalars"]["Loss"]["max_step"], 20)

    def test_where_the_direction_is_not_known_both_extremes_are_given(self):
        self.batch("seed=0,1", "+hooks.norm={type: scalar, tag: Norm, value: batch.gradient_norm, every: 1}",
                   "+hooks.eval={type: scalar, tag: Eval, value: eval.loss, every: 1}")
        rows = self.listed("b")
        self.assertTrue({"Norm min", "Norm min step", "Norm max", "Norm max step", "Eval best"} <= set(rows[0]))
        self.assertFalse({"Norm best", "Eval min"} & set(rows[0]))
        self.assertEqual(program.record(next((self.folder / "b/runs").iterdir()))["scalars"]["Eval"]["value"], "test.loss")

    def test_the_best_comes_first(self):
        self.batch("seed=range(0,4)")
        losses = [float(row["Loss"]) for row in self.listed("b", "--sort", "test.loss")]
        accuracies = [float(row["Accuracy"]) for row in self.listed("b", "--sort", "test.accuracy")]
        self.assertEqual((losses, accuracies), (sorted(losses), sorted(accuracies, reverse=True)))
        self.assertEqual([float(row["Accuracy"]) for row in self.listed("b", "--sort", "Accuracy", "--ascending")],
                         sorted(accuracies))
        self.assertEqual([float(row["Loss"]) for row in self.listed("b", "--sort", "Loss", "--descending")],
                         sorted(losses, reverse=True))
        process = self.assay("batch", "--resume", "b", "--sort", "Acuracy")
        self.assertIn("there is no column 'Acuracy'; there are seed", process.stderr)
        self.assertIn("4 finished", process.stdout)

    def test_the_best_of_means_over_seeds_comes_first(self):
        self.batch("seed=range(0,2)", "optimizer.learning_rate=0.01,0.05,0.1")
        rows = self.listed("--over", "seed", "b", "--sort", "test.accuracy best")
        means = [float(row["Accuracy best"]) for row in rows]
        self.assertEqual(means, sorted(means, reverse=True))
        self.assertEqual(len(means), 3)
        self.assertTrue(all(row["runs"] == "2" and row["Accuracy best deviation"] for row in rows))


class Choice(Runs):
    def test_conditions_and_columns(self):
        self.batch("seed=range(0,4)", "optimizer.learning_rate=0.01,0.1")
        everything = self.listed("b")
        self.assertEqual(len(everything), 8)
        best = sorted(float(row["Accuracy"]) for row in everything)[-3]
        chosen = self.listed("b", "--where", f"test.accuracy>={best}", "--columns", "Accuracy,name")
        self.assertEqual(list(chosen[0]), ["Accuracy", "name"])
        self.assertEqual({row["name"] for row in chosen},
                         {f"seed={row['seed']},learning_rate={row['optimizer.learning_rate']}"
                          for row in everything if float(row["Accuracy"]) >= best})
        self.assertEqual({(row["seed"], row["optimizer.learning_rate"]) for row in self.listed(
            "b", "--where", "learning_rate=0.01", "--where", "seed!=0", "--where", "seed<3")}, {("1", "0.01"), ("2", "0.01")})
        self.assertEqual(self.listed("b", "--where", "state=failed"), [])
        for wrong in ("sed=1", "seed", "seed<x"):
            self.assertIn(wrong.split("=")[0], self.assay("runs", "b", "--where", wrong, expect=program.RUN_FAILED).stderr)

    def test_failures_have_their_reasons(self):
        self.assay("batch", program.CONFIGS / "digits.yaml", *SHORT, "loggers=[]", "optimizer.learning_rate=0.05,1e30",
                   "--dir", "b", expect=program.RUN_FAILED)
        shown = self.assay("runs", "b", "--where", "state=failed").stdout
        self.assertEqual(len(shown.splitlines()), 2)
        self.assertRegex(shown, r"reason\n1e30 .* failed .* test.loss is NaN after step \d+: ")
        (row,) = self.listed("b", "--where", "state=failed", "--columns", "name,reason,steps")
        self.assertIn("A smaller learning rate often helps", row["reason"])

    def test_many_rows_are_cut_at_the_end_of_a_batch_only(self):
        self.assay("batch", program.CONFIGS / "digits.yaml", *SHORT, "loggers=[]", "train.epochs=1", "model.hidden=[2]",
                   "seed=range(0,60)", "--dir", "b")
        process = self.assay("batch", "--resume", "b")
        self.assertIn("\nand 10 more; assay runs b shows all\n60 finished\n", process.stdout)
        self.assertEqual(len(self.assay("runs", "b").stdout.splitlines()), 61)


class Folders(Runs):
    def test_runs_that_are_no_batch(self):
        for seed, rate in ((0, 0.05), (1, 0.05), (2, 0.1)):
            self.assay("run", program.CONFIGS / "digits.yaml", *SHORT, "loggers=[jsonl]", f"seed={seed}",
                       f"optimizer.learning_rate={rate}", f"run_dir=runs/some/{seed}")
        self.assay("run", program.CONFIGS / "digits.yaml", *SHORT, "optimizer.learning_rate=1e30", "run_dir=runs/bad",
                   expect=program.RUN_FAILED)
        rows = self.listed()
        self.assertEqual([row["name"] for row in rows], ["bad", "some/0", "some/1", "some/2"])
        self.assertEqual(list(rows[0])[:5], ["name", "optimizer.learning_rate", "seed", "state", "steps"])
        self.assertEqual([row["state"] for row in rows], ["failed", "finished", "finished", "finished"])
        self.assertNotIn("key", rows[0])
        record = program.record(self.folder / "runs/some/2")
        self.assertEqual(rows[3]["weights_digest"], record["weights_digest"])
        self.assertEqual(float(rows[3]["Loss best"]), record["scalars"]["Loss"]["min"])
        (joined,) = self.listed("runs", "--over", "seed", "--where", "learning_rate=0.05", "--where", "state=finished")
        self.assertEqual(joined["runs"], "2")
        self.assertEqual(len(self.listed("runs/some")), 3)

    def test_what_cannot_be_listed_is_told(self):
        run = program.run(program.CONFIGS / "digits.yaml", *SHORT, folder=self.folder)
        (self.folder / "all").mkdir()
        shutil.move(run, self.folder / "all/a")
        shutil.copytree(self.folder / "all/a", self.folder / "all/b")
        (self.folder / "all/b/run.json").write_text('{"state": "fin')
        process = self.assay("runs", "all")
        self.assertIn("warning: 1 run folder was left out: run.json cannot be read", process.stderr)
        self.assertEqual(len(process.stdout.splitlines()), 2)
        for folder, words in (("all/a", "this is the folder of one run"), ("nothing", "cannot be opened"),
                              (".", ""), ("all/a/run.json", "cannot be opened")):
            with self.subTest(folder=folder):
                process = self.assay("runs", folder, expect=program.RUN_FAILED if words else program.DONE)
                self.assertIn(words, process.stderr)
        (self.folder / "empty").mkdir()
        self.assertIn("there are no runs in this folder", self.assay("runs", "empty", expect=program.RUN_FAILED).stderr)

    def test_links_that_lead_in_a_circle(self):
        run = program.run(program.CONFIGS / "digits.yaml", *SHORT, folder=self.folder)
        (self.folder / "all/deep").mkdir(parents=True)
        shutil.move(run, self.folder / "all/a")
        (self.folder / "all/deep/up").symlink_to(self.folder / "all")
        process = self.assay("runs", "all")
        self.assertTrue(process.stdout.splitlines())

    def test_many_runs_are_listed(self):
        """Synthetic ones."""
        self.batch("seed=0")
        batch = json.loads((self.folder / "b/batch.json").read_text())
        (run,) = batch["runs"]
        record = next((self.folder / "b/runs").glob("*/run.json")).read_bytes()
        batch["runs"], batch["keys"] = [], ["seed"]
        for seed in range(1000):
            batch["runs"].append({**run, "name": f"seed={seed}", "point": {"seed": str(seed)},
                                  "key": {**run["key"], "plan": str(seed)}})
            folder = self.folder / "b/runs" / f"seed={seed}"
            folder.mkdir(exist_ok=True)
            (folder / "run.json").write_bytes(record)
        (self.folder / "b/batch.json").write_text(json.dumps(batch))
        rows = self.listed("b", "--where", "seed>=990")
        self.assertEqual([row["seed"] for row in rows], [str(seed) for seed in range(990, 1000)])
        self.assertTrue(all(row["state"] == "finished" and not math.isnan(float(row["Loss best"])) for row in rows))


if __name__ == "__main__":
    unittest.main()
