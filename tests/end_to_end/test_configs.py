"""Every file in configs/ and every command in one works and learns, and so does every block of docs/configs.md,
shortened."""

import json
import os
import pathlib
import re
import shlex
import unittest

import program

CONFIGS = sorted(program.CONFIGS.glob("*.yaml"))
FRAGMENTS = sorted(program.CONFIGS.glob("*/*.yaml"))  # configs/KEY/NAME.yaml
SHORT = ["train.epochs=null", "train.steps=3"]
DOCUMENT = (program.SOURCE / "docs" / "configs.md").read_text()


def run(config, *arguments, folder):
    """plan.yaml of a short run."""
    return (program.run(config, *arguments, *SHORT, folder=folder) / "plan.yaml").read_text()


ACCURACY = "{type: scalar, tag: accuracy at the end, value: test.accuracy, at_end: true}"


def accuracy(*command, folder):
    """After a run of full length."""
    kept = program.run(*command, f"+hooks.accuracy_at_the_end={ACCURACY}", folder=folder)
    return program.record(kept)["final"]["accuracy at the end"]


def commands(path):
    """The command lines in a config's comments that run it, without `assay run`."""
    return [shlex.split(line)[2:] for line in re.findall(r"^#   (assay run .*)$", path.read_text(), re.MULTILINE)]


class Configs(unittest.TestCase):
    def test_there_are_some(self):
        self.assertGreaterEqual(len(CONFIGS), 6)
        self.assertGreaterEqual(len(FRAGMENTS), 2)

    def test_every_config_runs(self):
        for config in CONFIGS:
            with self.subTest(config=config.name), program.temporary_folder() as folder:
                plan = run(config, folder=folder)
                # The plan stands alone, wherever it lies.
                moved = pathlib.Path(folder) / "moved.yaml"
                moved.write_text(plan)
                (pathlib.Path(folder) / "run").rename(pathlib.Path(folder) / "first")
                self.assertEqual(run("moved.yaml", folder=folder), plan)

    def test_every_fragment_fits(self):
        for fragment in FRAGMENTS:
            with self.subTest(fragment=fragment.name), program.temporary_folder() as folder:
                run(program.CONFIGS / "overrides.yaml", f"{fragment.parent.name}=@{fragment}", folder=folder)

    def test_every_command_in_a_comment_works(self):
        for config in CONFIGS + FRAGMENTS:
            self.assertTrue(commands(config), config.name)
            for command in commands(config):
                with self.subTest(command=command), program.temporary_folder() as folder:
                    (pathlib.Path(folder) / "configs").symlink_to(program.CONFIGS)
                    run(*command, folder=folder)

    def test_every_command_in_a_comment_learns(self):
        done = set()
        for command in (command for config in CONFIGS + FRAGMENTS for command in commands(config)):
            if str(command) in done:
                continue
            done.add(str(command))
            with self.subTest(command=command), program.temporary_folder() as folder:
                (pathlib.Path(folder) / "configs").symlink_to(program.CONFIGS)
                learned = accuracy(*command, folder=folder)
                print(*command, learned)
                self.assertGreater(learned, 0.9)
        self.assertGreaterEqual(len(done), 20)

    def test_schedules_last_the_whole_run(self):
        for name, rate in (("digits_minibatch.yaml", r"learning_rate 0 -> 0\.003 at step 101 -> (\S+)"),
                           ("schedules.yaml", r"learning_rate 0\.01 -> 0\.0001")):
            process = program.assay("check", program.CONFIGS / name, folder=".")
            self.assertRegex(process.stdout, rf"(?m)^  rate    {rate}$")
            self.assertEqual(process.stderr, "")

    def test_what_they_teach(self):
        with program.temporary_folder() as folder:
            plan = run(program.CONFIGS / "extends.yaml", folder=folder)
            self.assertIn("hidden: [400]\n  activation: selu", plan)
            self.assertNotIn("training_data", plan)
            self.assertIn("type: adam\n  learning_rate: 0.001", plan)
        with program.temporary_folder() as folder:
            plan = run(program.CONFIGS / "references.yaml", "seed=3", folder=folder)
            self.assertIn('name: digits_b32_s3\nseed: 3\nrun_dir: run\n', plan)
            self.assertIn("seed: 3\n", plan[plan.index("dataset:"):])
            self.assertEqual(plan.count("type: test_sheet"), 2)

    def test_a_literal_reference_reaches_the_logs(self):
        with program.temporary_folder() as folder:
            run(program.CONFIGS / "references.yaml", "hooks.price.every=1", folder=folder)
            records = [json.loads(line) for line in
                       (pathlib.Path(folder) / "run" / "metrics.jsonl").read_text().splitlines()]
            self.assertIn("Loss in ${}", {record.get("tag") for record in records})


class RunFolder(unittest.TestCase):
    def test_all_files_of_a_config_are_kept(self):
        with program.temporary_folder() as folder:
            home = pathlib.Path(folder)
            for name, text in blocks("yaml"):
                (home / "mine" / name).parent.mkdir(parents=True, exist_ok=True)
                (home / "mine" / name).write_text(text)
            (home / "optimizer.yaml").write_text("learning_rate: 0.002\n")
            kept = program.run("mine/with_adam.yaml", "optimizer=@optimizer.yaml", folder=folder)
            files = {str(path.relative_to(kept / "config")): path.read_text()
                     for path in (kept / "config").rglob("*.yaml")}
            self.assertEqual(files, {name: (home / name).read_text() for name in (
                "mine/with_adam.yaml", "mine/base.yaml", "mine/optimizer/adam.yaml", "optimizer.yaml")})
            self.assertEqual((kept / "config.yaml").read_text(), files["mine/with_adam.yaml"])
            self.assertIn("learning_rate: 0.002", (kept / "plan.yaml").read_text())
            # The copies run, too.
            again = program.assay("run", "run/config/mine/with_adam.yaml",
                                  "optimizer=@run/config/optimizer.yaml", "run_dir=again", folder=folder)
            self.assertEqual(again.returncode, program.DONE, again.stderr)
            self.assertEqual(program.record(home / "again")["weights_digest"],
                             program.record(kept)["weights_digest"])

    def test_one_file_is_kept_once(self):
        with program.temporary_folder() as folder:
            kept = program.run(program.CONFIGS / "overrides.yaml", *SHORT, folder=folder)
            self.assertFalse((kept / "config").exists())

    def test_data_paths_start_at_the_file_that_says_them(self):
        with program.temporary_folder() as folder:
            home = pathlib.Path(folder)
            for name in ("data", "fragments"):
                (home / name).mkdir()
            (home / "data" / "here.csv").symlink_to(program.SOURCE / "data" / "digits.csv")
            (home / "fragments" / "data.yaml").write_text(
                "type: digits\nfile: ../data/here.csv\nsplit: {test: 0.25}\n")
            base = dict(blocks("yaml"))["base.yaml"]
            (home / "base.yaml").write_text(base)
            (home / "fragments" / "mine.yaml").write_text("extends: ../base.yaml\ndataset: @data.yaml\n")
            plan = run("fragments/mine.yaml", folder=folder)
            self.assertIn(f"file: {home}/data/here.csv", plan)


def blocks(language):
    """(name or '', text) of each."""
    return re.findall(rf"```{language} ?(\S*)\n(.*?)```", DOCUMENT, re.DOTALL)


class Document(unittest.TestCase):
    def test_commands_and_errors(self):
        """Every command works, or says what the block of text behind it says."""
        with program.temporary_folder() as folder:
            for name, text in blocks("yaml"):
                self.assertTrue(name)
                path = pathlib.Path(folder) / name
                path.parent.mkdir(exist_ok=True)
                path.write_text(text)
            shown = re.findall(r"```sh\n(.*?)```\n(?:\n```text\n(.*?)```)?", DOCUMENT, re.DOTALL)
            self.assertEqual((len(shown), len(blocks("sh"))), (len(blocks("sh")), 8))
            for number, (lines, error) in enumerate(shown):
                for line in lines.splitlines():
                    with self.subTest(command=line):
                        failing = error and line == lines.splitlines()[-1]
                        command = shlex.split(line)[1:]
                        if "run_dir" not in (pathlib.Path(folder) / command[1]).read_text():
                            command.append(f"run_dir=run{number}/${{now:%Y}}")
                        process = program.assay(*command, folder=folder)
                        self.assertEqual(process.returncode, program.USAGE_ERROR if failing else program.DONE,
                                         process.stderr)
                        self.assertTrue(process.stderr.startswith(error if failing else ""), process.stderr)
                        for learned in re.findall(r"^  Accuracy +(\S+)$", process.stdout, re.MULTILINE):
                            self.assertGreater(float(learned), 0.9)

    def test_arguments(self):
        """Every argument of the table does something to the plan."""
        (table,) = re.findall(r"\| argument \| meaning \|\n\|---\|---\|\n(.*?)\n\n", DOCUMENT, re.DOTALL)
        arguments = re.findall(r"^\| `([^`]*)`", table, re.MULTILINE)
        self.assertEqual(len(arguments), 13)
        with program.temporary_folder() as folder:
            for name, text in blocks("yaml"):
                path = pathlib.Path(folder) / name
                path.parent.mkdir(exist_ok=True)
                path.write_text(text)
            plain = (program.run("base.yaml", folder=folder) / "plan.yaml").read_text()
            for number, argument in enumerate(arguments):
                with self.subTest(argument=argument):
                    process = program.assay("run", "base.yaml", argument, f"run_dir=run{number}", folder=folder)
                    self.assertEqual(process.returncode, program.DONE, process.stderr)
                    plan = (pathlib.Path(folder) / f"run{number}" / "plan.yaml").read_text()
                    self.assertNotEqual(plan.replace(f"run_dir: run{number}", "run_dir: run"), plain)
                    if argument.startswith("hooks.loss.tag"):
                        self.assertIn('tag: "Loss, tested"', plan)


if __name__ == "__main__":
    unittest.main(verbosity=2)
