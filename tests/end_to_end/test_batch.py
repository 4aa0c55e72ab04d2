"""Batches: many runs from one command, each in a process of its own, and one table that is the same to the byte."""

import csv
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import statistics
import subprocess
import time
import unittest

import numpy

import program

SHORT = ["train.epochs=3", "~hooks.training_data", "~hooks.test_sheet", "loggers=[jsonl]"]
GRID = ["optimizer.learning_rate=0.05,0.1", "seed=range(0,2)"]
CRASHES = "hooks={it: {type: ending, how: 'crashes without memory', at: 1}}"


def wait_until(condition, patience=60):
    end = time.monotonic() + patience
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("waited too long")
        time.sleep(0.02)


def processes_of(text):
    """Returns the ids of processes whose command line holds the text."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if text in (entry / "cmdline").read_bytes().decode(errors="replace"):
                    found.append(int(entry.name))
            except OSError:
                pass
    return found


class Batch(unittest.TestCase):
    def setUp(self):
        temporary = program.temporary_folder()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def batch(self, *arguments, config="digits.yaml", expect=program.DONE, short=True):
        process = program.assay("batch", program.CONFIGS / config, *(SHORT if short else []), *arguments, folder=self.folder)
        self.assertEqual(process.returncode, expect, process.stdout + process.stderr)
        return process

    def rows(self, name="b", table="table.csv"):
        with open(self.folder / name / table, newline="") as file:
            return list(csv.DictReader(file))

    def attempts(self, name="b"):
        return {path.stem: json.loads(path.read_text()) for path in (self.folder / name / "attempts").iterdir()}

    def start(self, *arguments):
        return subprocess.Popen(
            [str(program.ASSAY), "batch", *map(str, arguments)], cwd=self.folder, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)


class Tables(Batch):
    def test_every_combination_is_run_and_is_the_run_that_it_would_be_alone(self):
        process = self.batch(*GRID, "--dir", "b", "-j", 2)
        self.assertIn("4 finished\n", process.stdout)
        rows = self.rows()
        self.assertEqual({(row["optimizer.learning_rate"], row["seed"]) for row in rows},
                         {("0.05", "0"), ("0.05", "1"), ("0.1", "0"), ("0.1", "1")})
        for row in rows:
            self.assertEqual((row["state"], row["steps"]), ("finished", "3"))
            alone = program.run(program.CONFIGS / "digits.yaml", *SHORT, f"seed={row['seed']}",
                                f"optimizer.learning_rate={row['optimizer.learning_rate']}", folder=self.folder)
            record = program.record(alone)
            self.assertEqual(row["weights_digest"], record["weights_digest"])
            self.assertEqual({tag: float(row[tag]) for tag in record["final"]}, record["final"])
            shutil.rmtree(alone)
        self.assertEqual({path.name for path in (self.folder / "b" / "runs").iterdir()},
                         {f"learning_rate={rate},seed={seed}" for rate in ("0.05", "0.1") for seed in (0, 1)})

    def test_the_table_is_the_same_to_the_byte_for_any_number_of_jobs(self):
        self.batch(*GRID, "--dir", "one/b", "-j", 1)
        self.batch(*GRID, "--dir", "two/b", "-j", 3)
        self.assertEqual((self.folder / "one/b/table.csv").read_bytes(), (self.folder / "two/b/table.csv").read_bytes())
        self.assertEqual(len(self.rows("one/b", "runs.csv")), 4)

    def test_mean_and_deviation_over_seeds(self):
        self.batch("seed=range(0,3)", "train.epochs=1,2", "--dir", "b")
        process = program.assay("runs", "b", "--over", "seed", "--format", "csv", folder=self.folder)
        self.assertEqual(process.returncode, program.DONE, process.stderr)
        joined = list(csv.DictReader(process.stdout.splitlines()))
        self.assertEqual({row["train.epochs"] for row in joined}, {"1", "2"})
        for row in joined:
            losses = [float(each["Loss"]) for each in self.rows() if each["train.epochs"] == row["train.epochs"]]
            self.assertEqual(row["runs"], "3")
            self.assertAlmostEqual(float(row["Loss"]), statistics.mean(losses), places=12)
            self.assertAlmostEqual(float(row["Loss deviation"]), statistics.stdev(losses), places=12)

    def test_forms_of_the_table(self):
        self.batch("seed=0,1", "--dir", "b")
        shown = {form: program.assay("runs", "b", "--sort", "Loss", "--format", form, folder=self.folder).stdout
                 for form in ("table", "csv", "json", "markdown")}
        losses = sorted(float(row["Loss"]) for row in self.rows())
        self.assertEqual([row["Loss"] for row in json.loads(shown["json"])], losses)
        self.assertEqual([float(row["Loss"]) for row in csv.DictReader(shown["csv"].splitlines())], losses)
        self.assertTrue(shown["markdown"].startswith("| seed | state |"))
        self.assertTrue(shown["table"].startswith("seed  state"))
        process = program.assay("runs", "b", "--sort", "Acuracy", folder=self.folder)
        self.assertEqual(process.returncode, program.RUN_FAILED)
        self.assertIn("there is no column 'Acuracy'; there are seed, state, steps, ", process.stderr)

    def test_a_file_of_trials(self):
        (self.folder / "trials.csv").write_text('seed,model.hidden\n1,"[10, 10]"\n2,\n')
        self.batch("@trials.csv", "--dir", "b")
        self.assertEqual({(row["seed"], row["model.hidden"]) for row in self.rows()}, {("1", "[10, 10]"), ("2", "")})

    def test_trials_are_drawn_from_intervals(self):
        self.batch("optimizer.learning_rate=loguniform(1e-3,1e-1)", "--trials", 3, "--sweep-seed", 5, "--dir", "b")
        rates = {float(row["optimizer.learning_rate"]) for row in self.rows()}
        self.assertEqual(len(rates), 3)
        self.assertTrue(all(1e-3 <= rate <= 1e-1 for rate in rates), rates)


class Frozen(Batch):
    def test_a_dry_run_writes_nothing(self):
        process = self.batch(*GRID, "--dir", "b", "--dry-run")
        self.assertIn("learning_rate=0.05,seed=0", process.stdout)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_one_wrong_plan_stops_all_and_each_problem_is_told_once(self):
        process = self.batch("optimizer.learning_rate=0.1,abc", "seed=0,1", "--dir", "b", expect=program.USAGE_ERROR)
        self.assertEqual(process.stderr.count("error"), 1, process.stderr)
        self.assertIn("optimizer.learning_rate=abc", process.stderr)
        self.assertFalse((self.folder / "b").exists())

    def test_data_that_change_meanwhile_are_not_taken_for_those_that_were_frozen(self):
        data = self.folder / "mine.csv"
        rows = (program.SOURCE / "data" / "digits.csv").read_text().splitlines(keepends=True)
        data.write_text("".join(rows))
        command = ["batch", program.CONFIGS / "digits.yaml", *SHORT, "dataset.file=mine.csv", "seed=0,1", "-j", 1]
        whole = program.assay(*command, "--dir", "whole/b", folder=self.folder)
        self.assertEqual(whole.returncode, program.DONE, whole.stderr)
        shutil.copytree(self.folder / "whole" / "b", self.folder / "b")
        for path in ("runs", "attempts"):
            shutil.rmtree(self.folder / "b" / path)
            (self.folder / "b" / path).mkdir()
        data.write_text("".join(rows[:1500]))
        process = program.assay("batch", "--resume", "b", folder=self.folder)
        self.assertEqual(process.returncode, program.RUN_FAILED, process.stdout + process.stderr)
        self.assertEqual(process.stdout.count("files have changed since the batch was frozen"), 2, process.stdout)
        self.assertIn(str(data), process.stdout)
        self.assertEqual(list((self.folder / "b" / "runs").iterdir()), [])
        # The same content is the same file, whenever it was written.
        data.write_text("".join(rows))
        process = program.assay("batch", "--resume", "b", "--rerun-failed", folder=self.folder)
        self.assertEqual(process.returncode, program.DONE, process.stdout + process.stderr)

    def test_a_batch_that_was_moved_goes_on_where_it_is(self):
        self.batch("seed=0,1", "--dir", "at_first")
        for path in ("runs/seed=1", "attempts/seed=1.json"):
            program_path = self.folder / "at_first" / path
            shutil.rmtree(program_path) if program_path.is_dir() else program_path.unlink()
        (self.folder / "at_first").rename(self.folder / "moved")
        process = program.assay("batch", "--resume", "moved", folder=self.folder)
        self.assertEqual(process.returncode, program.DONE, process.stdout + process.stderr)
        self.assertTrue((self.folder / "moved" / "runs" / "seed=1" / "run.json").exists())
        self.assertFalse((self.folder / "at_first").exists())

    def test_a_run_of_a_batch_that_is_gone_is_done_again(self):
        self.batch("seed=0,1", "--dir", "first")
        process = self.batch("seed=0,1,2", "--dir", "second")
        self.assertIn("2 finished", process.stdout)
        shutil.rmtree(self.folder / "first")
        process = program.assay("batch", "--resume", "second", folder=self.folder)
        self.assertEqual(process.returncode, program.DONE, process.stdout + process.stderr)
        self.assertEqual(len(list((self.folder / "second" / "runs").iterdir())), 3)

    def test_batches_of_one_second_have_folders_of_their_own(self):
        for seed in range(3):
            self.batch(f"seed={seed}")
        self.assertEqual(len(list((self.folder / "batches" / "digits").iterdir())), 3)

    def test_problems_name_the_first_config_that_has_them(self):
        for name in ("one", "two"):
            (self.folder / f"{name}.yaml").write_text(f"extends: {program.CONFIGS}/digits.yaml\n")
        process = program.assay("batch", "one.yaml", "two.yaml", "optimizer.momentun=0.5", folder=self.folder)
        self.assertEqual(process.returncode, program.USAGE_ERROR, process.stderr)
        self.assertEqual(process.stderr.count("no such option (first in one.yaml)"), 1, process.stderr)

    def test_plans_stay_as_they_were_frozen(self):
        config = self.folder / "mine.yaml"
        config.write_text(f"extends: {program.CONFIGS}/digits.yaml\n")
        program.assay("batch", config, *SHORT, "seed=0,1", "--dir", "b", "-j", 1, "--max-failures", 1, folder=self.folder)
        before = (self.folder / "b" / "table.csv").read_bytes()
        config.write_text("nonsense: [")
        for path in ("runs", "attempts"):
            shutil.rmtree(self.folder / "b" / path)
            (self.folder / "b" / path).mkdir()
        process = program.assay("batch", "--resume", "b", folder=self.folder)
        self.assertEqual(process.returncode, program.DONE, process.stderr)
        self.assertEqual((self.folder / "b" / "table.csv").read_bytes(), before)

    def test_what_plugins_change_for_the_process_is_undone_after_each_plan(self):
        shutil.copy(program.BUILD / "tests" / "zoo" / "ends_runs.so", self.folder)
        process = self.batch("--plugin-path", ".", "seed=0,1,2", "hooks={it: {type: ending, how: moves when it plans, at: 1}}",
                             "--dir", "b")
        self.assertIn("warning: a call of a plugin changed for the whole process: the working folder (now /); this was undone",
                      process.stderr)
        self.assertEqual([row["state"] for row in self.rows()], ["finished"] * 3)

    def test_points_that_mean_the_same_run_are_run_once(self):
        process = self.batch("threads=1,2", "--dir", "b")
        self.assertEqual(len(self.rows()), 1)
        self.assertRegex(process.stderr, r"warning: \S+digits.yaml threads=2 is the same run as threads=1, to the last bit")

    def test_another_batch_in_the_same_folder_is_refused(self):
        self.batch("seed=0,1", "--dir", "b")
        process = self.batch("seed=0,2", "--dir", "b", expect=program.RUN_FAILED)
        self.assertIn("this folder has another batch", process.stderr)


class SweepOfAConfig(Batch):
    SWEEP = """
sweep:
  optimizer.learning_rate: [0.05, 0.1]
  seed: range(0,2)
"""

    def config(self, sweep=SWEEP):
        (self.folder / "mine.yaml").write_text(f"extends: {program.CONFIGS}/digits.yaml\n{sweep}")
        return self.folder / "mine.yaml"

    def test_it_is_the_same_as_of_arguments(self):
        self.batch(config=self.config(), *("--dir", "one/b"))
        self.batch(*GRID, "--dir", "two/b")
        self.assertEqual((self.folder / "one/b/table.csv").read_bytes(), (self.folder / "two/b/table.csv").read_bytes())

    def test_arguments_take_the_place_of_its_keys(self):
        self.batch("seed=7,8,9", "--dir", "b", config=self.config())
        self.assertEqual({(row["optimizer.learning_rate"], row["seed"]) for row in self.rows()},
                         {(rate, seed) for rate in ("0.05", "0.1") for seed in "789"})
        self.batch("~sweep.optimizer.learning_rate", "seed=7", "--dir", "c", config=self.config())
        self.assertEqual(len(self.rows("c")), 1)

    def test_each_config_has_its_own(self):
        (self.folder / "other.yaml").write_text(f"extends: {program.CONFIGS}/digits.yaml\nseed: 9\n")
        self.batch(self.folder / "other.yaml", "train.epochs=2", "--dir", "b", config=self.config())
        self.assertEqual(sorted(row["seed"] for row in self.rows()), ["", "0", "0", "1", "1"])

    def test_what_is_wrong_is_told_at_its_place(self):
        sweep = "sweep:\n  optimizer.learning_rate:\n    - 0.1\n    - fast\n  sede: [1, 2]\n  model: {hidden: [[1]]}\n"
        process = self.batch("--dir", "b", config=self.config(sweep), expect=program.USAGE_ERROR)
        self.assertIn("mine.yaml:7:10: error: sweep.model: expected values, found a map", process.stderr)
        process = self.batch("--dir", "b", config=self.config(sweep[:sweep.index("  model")]), expect=program.USAGE_ERROR)
        self.assertIn("mine.yaml:5:7: error: optimizer.learning_rate: expected a number", process.stderr)
        self.assertIn("mine.yaml:6:10: error: sede: unknown key", process.stderr)
        self.assertFalse((self.folder / "b").exists())

    def test_a_run_takes_one_and_says_how_several_are_run(self):
        for command in ("run", "check", "show"):
            process = program.assay(command, self.config(), "seed=5", folder=self.folder)
            self.assertEqual(process.returncode, program.USAGE_ERROR, process.stdout)
            self.assertIn("mine.yaml:3:1: error: sweep: this config stands for 4 runs, and one is expected here", process.stderr)
            self.assertIn(f"`assay batch {self.folder}/mine.yaml seed=5` does them all", process.stderr)
        process = program.assay("check", self.config(), "~sweep", folder=self.folder)
        self.assertEqual(process.returncode, program.DONE, process.stderr)

    def test_drawn_settings_need_a_number_of_trials(self):
        config = self.config("sweep: {optimizer.learning_rate: 'loguniform(1e-3,1e-1)'}\n")
        process = program.assay("run", config, folder=self.folder)
        self.assertIn("mine.yaml --trials N` does them all", process.stderr)
        self.batch("--trials", 2, "--sampler", "sobol", "--dir", "b", config=config)
        self.assertEqual(len({row["optimizer.learning_rate"] for row in self.rows()}), 2)
        process = self.batch("--sampler", "sobol", "--dir", "c", config=config, expect=program.USAGE_ERROR)
        self.assertIn("--trials N", process.stderr)


class Again(Batch):
    def test_what_is_finished_is_not_run_again(self):
        self.batch("seed=0,1", "--dir", "all/first")
        process = self.batch("seed=0,1,2", "--dir", "all/second")
        self.assertEqual({path.name for path in (self.folder / "all/second/runs").iterdir()}, {"seed=2"})
        self.assertEqual(len(self.rows("all/second")), 3)
        self.assertIn("3 finished", process.stdout)
        self.assertEqual({row["folder"].split("/")[-3] for row in self.rows("all/second", "runs.csv")}, {"first", "second"})

    def test_a_run_is_done_again_where_its_key_changed_and_the_change_is_named(self):
        random = numpy.random.default_rng(0)
        numpy.save(self.folder / "x.npy", random.random((60, 64), dtype=numpy.float32))
        numpy.save(self.folder / "y.npy", numpy.arange(60) % 10)
        data = ["dataset.type=npy", f"dataset.samples={self.folder}/x.npy", f"dataset.targets={self.folder}/y.npy", "seed=0,1"]
        self.batch(*data, "--dir", "all/first")
        numpy.save(self.folder / "y.npy", (numpy.arange(60) + 1) % 10)
        process = self.batch(*data, "--dir", "all/second", "--dry-run")
        self.assertEqual(process.stdout.count("runs again: the data changed since "), 2, process.stdout)
        self.batch(*data, "--dir", "all/second")
        self.assertEqual({row["again"] for row in self.rows("all/second", "runs.csv")},
                         {f"the data changed since {self.folder}/all/first"})
        # The same content in another place is the same data.
        (self.folder / "elsewhere").mkdir()
        for name in ("x.npy", "y.npy"):
            shutil.move(self.folder / name, self.folder / "elsewhere")
        moved = [argument.replace(f"{self.folder}/", f"{self.folder}/elsewhere/") for argument in data]
        process = self.batch(*moved, "--dir", "all/third", "--dry-run")
        self.assertEqual(process.stdout.count("is done in "), 2, process.stdout)

    def test_the_same_command_again_in_the_same_folder(self):
        self.batch("seed=0,1", "--dir", "b")
        times = self.attempts()
        self.batch("seed=0,1", "--dir", "b")
        self.assertEqual(self.attempts(), times)


class Failures(Batch):
    def setUp(self):
        super().setUp()
        shutil.copy(program.BUILD / "tests" / "zoo" / "ends_runs.so", self.folder)

    def failing(self, how, *arguments, expect=program.RUN_FAILED):
        return self.batch("--plugin-path", self.folder, "seed=0,1",
                          f"hooks={{it: {{type: ending, how: '{how}', at: 1}}}}", "--dir", "b", *arguments, expect=expect)

    def test_a_crash_fails_its_run_alone(self):
        process = self.batch("--plugin-path", self.folder, "--dir", "b",
                             "hooks={it: {type: ending, how: nothing, at: 1}}", "hooks.it.how=nothing,'crashes in a thread'",
                             expect=program.RUN_FAILED)
        self.assertEqual({row["hooks.it.how"]: row["state"] for row in self.rows()},
                         {"nothing": "finished", "'crashes in a thread'": "failed"})
        self.assertIn("killed by SIGSEGV; its last words: ", process.stderr)
        self.assertIn("1 finished, 1 failed", process.stdout)
        (reason,) = [row["reason"] for row in self.rows(table="runs.csv") if row["state"] == "failed"]
        self.assertIn("killed by SIGSEGV", reason)

    def test_failed_ones_stay_until_they_are_asked_for(self):
        self.failing("exits quickly")
        self.assertEqual({attempt["number"] for attempt in self.attempts().values()}, {1})
        process = program.assay("batch", "--resume", "b", folder=self.folder)
        self.assertEqual(process.returncode, program.RUN_FAILED)
        before = {name: (self.folder / "b/logs" / f"{name}.txt").stat().st_size for name in self.attempts()}
        program.assay("batch", "--resume", "b", "--rerun-failed", folder=self.folder)
        after = {name: (self.folder / "b/logs" / f"{name}.txt").stat().st_size for name in self.attempts()}
        self.assertTrue(all(after[name] > before[name] for name in before), (before, after))

    def test_the_batch_ends_at_the_first_failure(self):
        self.batch("--plugin-path", self.folder, "hooks={it: {type: ending, how: 'exits quickly', at: 1}}", "seed=range(0,40)",
                   "--fail-fast", "-j", 1, "--dir", "b", expect=program.RUN_FAILED)
        states = [row["state"] for row in self.rows()]
        self.assertIn("failed", states)
        self.assertIn("waiting", states)

    def test_a_run_that_hangs_is_ended_by_its_time(self):
        process = self.failing("is interrupted and never returns", "--time-limit", 1, "-j", 2)
        self.assertEqual(process.stderr.count("it took more than 1 s"), 2, process.stderr)

    def test_a_hook_that_leaks_fails_at_the_limit_of_memory_and_the_batch_says_so(self):
        process = self.batch("--plugin-path", self.folder, "--dir", "b", "--memory-limit", 700,
                             "hooks={it: {type: ending, how: nothing, at: 1}}", "hooks.it.how=nothing,leaks",
                             expect=program.PARTLY_FAILED)
        reasons = {row["name"]: row["reason"] for row in self.rows(table="runs.csv")}
        self.assertEqual(reasons["how=nothing"], "")
        self.assertRegex(reasons["how=leaks"], r"^hooks\.it failed at step 1 .*: (out of memory|std::bad_alloc)$")
        self.assertIn(f"warning: how=leaks: finished, but {reasons['how=leaks']}\n", process.stderr)
        self.assertTrue(process.stdout.endswith("2 finished (1 with failures)\n"), process.stdout)

    @unittest.skipUnless(program.ISOLATED, "this user may not mount file systems, not even in a namespace of its own")
    def test_a_full_disk_fails_runs_and_the_batch_goes_on_when_there_is_room(self):
        """The second run fills the disk, so the third cannot be written; the first stays as it is."""
        (self.folder / "disk").mkdir()
        batch = shlex.join(map(str, [
            program.ASSAY, "batch", program.CONFIGS / "digits.yaml", *SHORT, "--plugin-path", "..", "--dir", "b", "-j", 1,
            "hooks={it: {type: ending, how: nothing, at: 1}}", "zip(seed=0,1,2,hooks.it.how=nothing,'fills the disk',nothing)"]))
        again = shlex.join([str(program.ASSAY), "batch", "--resume", "b", "--rerun-failed"])
        script = (f"mount -t tmpfs -o size=20m none disk || exit 99\ncd disk\n{batch}\necho $? > ../first\n"
                  f"cp b/table.csv ../first.csv\nrm filler\nln -s /dev/null filler\n{again}\ncode=$?\ncp -r b ../b\nexit $code\n")
        process = subprocess.run([*program.ISOLATED, "sh", "-c", script], cwd=self.folder, capture_output=True, text=True,
                                 timeout=600)
        self.assertEqual((self.folder / "first").read_text(), f"{program.RUN_FAILED}\n", process.stderr)
        self.assertIn("No space left on device", process.stderr)
        self.assertEqual(process.returncode, program.DONE, process.stderr)
        self.assertEqual([row["state"] for row in self.rows()], ["finished"] * 3)
        self.assertEqual(self.attempts()["seed=0,how=nothing"]["number"], 1)


class Audit(Batch):
    def audit(self, count, expect=program.DONE):
        process = program.assay("batch", "--resume", "b", "--audit", count, folder=self.folder)
        self.assertEqual(process.returncode, expect, process.stdout + process.stderr)
        self.assertEqual(list((self.folder / "b").glob("audit*")), [])
        return process

    def by_chance(self):
        shutil.copy(program.BUILD / "tests" / "zoo" / "forgetful.so", self.folder)
        self.batch("--plugin-path", self.folder, "seed=0,1", "transforms={t: {type: random_transform}}", "--dir", "b")

    def test_runs_that_are_the_same_again(self):
        process = self.batch("seed=0,1,2", "--dir", "b", "--audit", 2)
        self.assertTrue(process.stdout.endswith("audit: 2 of 2 runs came out with the same weights\n"), process.stdout)
        before = {path: path.stat().st_mtime_ns for path in (self.folder / "b" / "runs").rglob("*")}
        self.assertIn("audit: 3 of 3 runs came out with the same weights\n", self.audit(5).stdout)
        self.assertEqual({path: path.stat().st_mtime_ns for path in (self.folder / "b" / "runs").rglob("*")}, before)
        self.assertEqual({attempt["number"] for attempt in self.attempts().values()}, {1})

    def test_a_component_that_draws_by_chance(self):
        self.by_chance()
        process = self.audit(2, program.RUN_FAILED)
        for row in self.rows():
            self.assertRegex(process.stderr, rf"audit: seed={row['seed']}: the weights differ: their digest was "
                             rf"{row['weights_digest']} and\s+is [0-9a-f]{{32}}\s+when it is run again; neither plugins nor data")
        self.assertIn("audit: 0 of 2 runs came out with the same weights\n", process.stdout)

    def test_what_changed_is_named(self):
        self.by_chance()
        with open(self.folder / "forgetful.so", "ab") as plugin:
            plugin.write(b"\0")
        process = self.audit(1, program.RUN_FAILED)
        self.assertRegex(process.stderr, r"when it is run again; the plugin \w+ changed since\n")
        self.assertIn("audit: 0 of 1 run came out", process.stdout)

    def test_a_run_that_fails_now(self):
        self.by_chance()
        (self.folder / "forgetful.so").unlink()
        process = self.audit(1, program.RUN_FAILED)
        self.assertRegex(process.stderr, r"audit: seed=\d: it failed when it was run again: ended with exit code 2; its last")


class Interrupted(Batch):
    LONG = ["train.epochs=3000", "~hooks.training_data", "~hooks.test_sheet", "loggers=[jsonl]", "checkpoints.every=50"]

    def undisturbed(self):
        if not hasattr(Interrupted, "table"):
            with program.temporary_folder() as folder:
                process = program.assay("batch", program.CONFIGS / "digits.yaml", *self.LONG, "seed=0,1,2", "--dir", "b", folder=folder)
                assert process.returncode == program.DONE, process.stderr
                Interrupted.table = (pathlib.Path(folder) / "b" / "table.csv").read_bytes()
        return Interrupted.table

    def begin(self, jobs=2):
        process = self.start(program.CONFIGS / "digits.yaml", *self.LONG, "seed=0,1,2", "--dir", "b", "-j", jobs)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        wait_until(lambda: list(self.folder.glob("b/runs/*/checkpoints/step_*.safetensors")) or process.poll() is not None)
        self.assertIsNone(process.poll())
        return process

    def check_it_goes_on(self):
        process = program.assay("batch", "--resume", "b", folder=self.folder)
        self.assertEqual(process.returncode, program.DONE, process.stdout + process.stderr)
        self.assertEqual((self.folder / "b" / "table.csv").read_bytes(), self.undisturbed())

    def test_ctrl_c_saves_and_the_batch_goes_on(self):
        process = self.begin()
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130, output + errors)
        self.assertIn("to go on: assay batch --resume b\n", output)
        self.assertEqual(processes_of(str(self.folder)), [])
        self.check_it_goes_on()

    def test_all_ends_with_the_batch_and_it_goes_on(self):
        process = self.begin()
        process.send_signal(signal.SIGKILL)
        process.wait()
        wait_until(lambda: processes_of(str(self.folder)) == [], 10)
        self.check_it_goes_on()

    def test_killed_runs_and_workers_are_taken_up(self):
        process = self.begin()
        for pid in processes_of(f"run\0{self.folder}"):
            os.kill(pid, signal.SIGKILL)
        process.communicate(timeout=100)
        failed = [row for row in self.rows() if row["state"] == "failed"]
        self.assertTrue(failed)
        process = program.assay("batch", "--resume", "b", "--rerun-failed", folder=self.folder)
        self.assertEqual(process.returncode, program.DONE, process.stdout + process.stderr)
        self.assertEqual((self.folder / "b" / "table.csv").read_bytes(), self.undisturbed())

    def test_two_batches_on_one_folder_run_everything_once(self):
        first = self.begin()
        second = program.assay("batch", program.CONFIGS / "digits.yaml", *self.LONG, "seed=0,1,2", "--dir", "b", folder=self.folder)
        output, errors = first.communicate(timeout=100)
        self.assertEqual((first.returncode, errors), (program.DONE, ""), output)
        self.assertEqual({attempt["number"] for attempt in self.attempts().values()}, {1})
        self.assertEqual((self.folder / "b" / "table.csv").read_bytes(), self.undisturbed(), second.stdout)

    @unittest.skipUnless(shutil.which("parallel"), "GNU parallel is not installed")
    def test_anything_may_start_workers(self):
        """The command of the page, with the real GNU parallel."""
        process = self.begin(jobs=1)
        process.send_signal(signal.SIGKILL)
        process.wait()
        wait_until(lambda: processes_of(str(self.folder)) == [], 10)
        page = (program.SOURCE / "docs" / "batches.md").read_text()
        (command,) = re.findall(r"^parallel .*$", page, re.MULTILINE)
        self.assertIn(" assay work batches/rates ", command)
        (self.folder / "batches").mkdir()
        (self.folder / "batches" / "rates").symlink_to(self.folder / "b")
        process = subprocess.run(command, shell=True, cwd=self.folder, capture_output=True, text=True, timeout=300,
                                 env={**os.environ, "HOME": str(self.folder), "PATH": f"{program.ASSAY.parent}:{os.environ['PATH']}"})
        self.assertEqual(process.returncode, 0, process.stderr)
        self.assertEqual({name: attempt["failed"] for name, attempt in self.attempts().items()},
                         {f"seed={seed}": False for seed in range(3)})
        for seed in range(3):
            self.assertEqual(program.record(self.folder / "b" / "runs" / f"seed={seed}")["state"], "finished")
        self.check_it_goes_on()


class Documentation(Batch):
    def test_the_commands_of_the_page(self):
        (block,) = re.findall(r"```sh\n(.*?)```", (program.SOURCE / "docs" / "batches.md").read_text(), re.DOTALL)
        for name, target in {"build": program.BUILD, "configs": program.CONFIGS}.items():
            (self.folder / name).symlink_to(target)
        first, second = (subprocess.run(line, shell=True, cwd=self.folder, capture_output=True, text=True, timeout=300)
                         for line in block.splitlines())
        self.assertEqual((first.returncode, second.returncode), (0, 0), first.stderr + second.stderr)
        self.assertIn("4 finished", first.stdout)
        self.assertEqual(len(second.stdout.splitlines()), 3)

    def test_the_other_batches_of_the_page_would_run(self):
        page = (program.SOURCE / "docs" / "batches.md").read_text()
        (self.folder / "configs").symlink_to(program.CONFIGS)
        ((name, text),) = re.findall(r"```yaml (\S+)\n(.*?)```", page, re.DOTALL)
        (self.folder / name).write_text(text)
        runs = {}
        for line in re.findall(r"```shell\nassay (batch .*?)\n```", page):
            if "--launcher" in line:  # test_launchers.py has it
                continue
            process = program.assay(*shlex.split(line), "--dry-run", folder=self.folder)
            self.assertEqual(process.returncode, program.DONE, process.stderr)
            runs[line] = len(process.stdout.splitlines()) - 1
        self.assertEqual(sorted(runs.values()), [8, 64], runs)
        process = program.assay("batch", name, "seed=5", "--dry-run", folder=self.folder)
        self.assertEqual(len(process.stdout.splitlines()) - 1, 4, process.stderr)


if __name__ == "__main__":
    unittest.main()
