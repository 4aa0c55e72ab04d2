"""Changes since a run began are named before it is taken up, and --force records them. What is damaged, missing
or out of reach is told when the run is taken up, and not late."""

import json
import os
import pathlib
import shutil
import unittest

import numpy

import program
from taken_up import FIXTURES, assert_same, checkpoints, lines

CONFIG = """
name: small
run_dir: run
dataset: {type: npy, samples: samples.npy, targets: targets.npy, split: {test: 0.2}}
model: {type: mlp, hidden: [9]}
loss: softmax_cross_entropy
optimizer: {type: adam, learning_rate: 0.01}
train: {steps: 400, batch_size: 16}
threads: 1
checkpoints: {every: 100, every_seconds: never, keep: 3}
hooks:
  test: {type: scalar, tag: test, value: test.loss, every: 10}
loggers: [jsonl, tensorboard]
"""
FORCED = "; `assay resume --force` continues anyway, and records this"


class ChangedRun(unittest.TestCase):
    def setUp(self):
        folder = program.temporary_folder()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.write_data(300)
        (self.folder / "small.yaml").write_text(CONFIG)
        self.run = self.folder / "run"

    def write_data(self, rows):
        generator = numpy.random.default_rng(0)
        numpy.save(self.folder / "samples.npy", generator.normal(size=(rows, 6)).astype("float32"))
        numpy.save(self.folder / "targets.npy", generator.integers(0, 3, rows).astype("int32"))

    def assay(self, *arguments, expect=program.DONE, **options):
        process = program.assay(*FIXTURES, *arguments, folder=self.folder, **options)
        self.assertEqual(process.returncode, expect, process.stdout + process.stderr)
        return process

    def whole(self, *settings):
        self.assay("run", "small.yaml", *settings)
        return self.run.rename(self.folder / "whole")

    def unfinished(self, *settings):
        """A run that was killed after step 300, when its record was not complete."""
        self.assay("run", "small.yaml", *settings)
        (self.run / "checkpoints" / "step_400.safetensors").unlink()
        record = program.record(self.run)
        record |= {"state": "running", "steps": 310}
        record.pop("end")
        program.write_record(self.run, record)
        return self.run

    def refused(self, *arguments, expect=program.RUN_FAILED):
        """Returns what is said; the folder stays as it is."""
        before = {path: path.read_bytes() for path in self.run.rglob("*") if path.is_file()}
        said = self.assay("resume", "run", *arguments, expect=expect).stderr
        self.assertEqual({path: path.read_bytes() for path in self.run.rglob("*") if path.is_file()}, before)
        return said

    def accepted(self):
        (change,) = program.record(self.run)["changes"]
        self.assertEqual(change["after_step"], 300)
        return change["accepted"]

    def test_a_plan_that_was_edited(self):
        self.unfinished()
        plan = self.run / "plan.yaml"
        text = plan.read_text()
        plan.write_text(text.replace("seed: 0\n", "seed: 5\n", 1).replace("hidden: [9]", "hidden: [9] # more?"))
        said = self.refused()
        self.assertIn("run.json: this run began with another plan: seed was 0 and is 5; put the config back", said)
        self.assertTrue(said.rstrip().endswith(FORCED), said)
        plan.write_text(text.replace("steps: 400", "steps: 500"))
        self.assertIn("this run began with another plan: train.steps was 400 and is 500; `assay resume RUN_DIR` with this "
                      "key as a setting changes the length", self.refused())

    def test_a_finished_run_whose_plan_was_edited(self):
        self.assay("run", "small.yaml")
        plan = self.run / "plan.yaml"
        text = plan.read_text()
        plan.write_text(text.replace("seed: 0\n", "seed: 5\n", 1))
        self.assertIn("run.json: this run began with another plan: seed was 0 and is 5; put the config back", self.refused())
        plan.write_text(text + "]")
        self.assertIn("plan.yaml:", self.refused(expect=program.USAGE_ERROR))
        plan.write_text(text.replace("threads: 1\n", "threads: 2\n"))
        process = self.assay("resume", "run")
        self.assertIn("this run is finished after 400 steps", process.stdout)
        self.assertIn("plan.yaml: its text was changed or damaged since the run wrote it, in what does not change the "
                      "result\n", process.stderr)
        self.assertIn("but its text is not the one that the run wrote",
                      self.assay("verify", "run", expect=program.RUN_FAILED).stdout)
        plan.write_text(text)
        process = self.assay("resume", "run")
        self.assertEqual(process.stderr, "")

    def test_a_plan_whose_text_was_changed(self):
        whole = self.whole()
        self.unfinished()
        plan = self.run / "plan.yaml"
        plan.write_text(plan.read_text().replace("threads: 1\n", "threads: 2\n"))
        said = self.assay("resume", "run").stderr
        self.assertIn("plan.yaml: its text was changed or damaged since the run wrote it; it is written anew\n", said)
        assert_same(self, self.run, whole)
        self.assay("verify", "run")

    def test_a_record_whose_checksum_does_not_fit(self):
        self.assay("run", "small.yaml")
        record = self.run / "run.json"
        damaged = record.read_text().replace('"name": "small"', '"name": "smalk"')
        record.write_text(damaged)
        words = "run.json: its text is not the one that its checksum was taken of, so it was changed or damaged"
        process = self.assay("resume", "run")
        self.assertIn(words, process.stderr)
        self.assertIn("this run is finished", process.stdout)
        record.write_text(damaged.replace('"seed": 0', '"seed": 1').replace('"kernels": "', '"kernels": "x'))
        said = self.refused("train.steps=450")
        self.assertIn(words, said.splitlines()[0])
        self.assertIn("this run began with the kernels x", said)
        record.write_text(damaged)
        said = self.assay("resume", "run", "train.steps=450").stderr
        self.assertIn(words + "; the run goes on by what it says\n", said)
        self.assay("verify", "run")

    def test_a_log_that_was_changed(self):
        """A digit in a line that can still be read."""
        self.unfinished()
        log = self.run / "metrics.jsonl"
        text = log.read_text()
        place = text.index('"wall_time":') + 14
        log.write_text(text[:place] + ("8" if text[place] == "9" else "9") + text[place + 1:])
        said = self.assay("resume", "run", expect=program.PARTLY_FAILED).stderr
        self.assertRegex(said, "metrics.jsonl: its first [0-9,]+ bytes are not those that the run had logged: the file was "
                               "changed or damaged since")
        (failure,) = program.record(self.run)["failures"]
        self.assertIn("are not those that the run had logged", failure)

    def test_a_plan_that_is_forced(self):
        """A run takes up what fits: a hook less, another optimizer, but no other layer."""
        self.unfinished()
        said = self.assay("resume", "run", "optimizer={type: sgd, learning_rate: 0.1}", "--force").stderr
        self.assertIn("optimizer.type was adam and is sgd", said)
        self.assertIn("'optimizer/mu/layer1.bias' of the checkpoint is left out: nothing in this run remembers it", said)
        accepted = self.accepted()
        self.assertIn("optimizer.type was adam and is sgd", accepted[0])
        self.assertEqual(len(accepted), 1 + 8)
        self.assertEqual(program.record(self.run)["steps"], 400)
        self.assertIn("type: sgd", (self.run / "plan.yaml").read_text())
        # A run that is killed after that goes on as the run that it has become.
        shutil.rmtree(self.run)
        self.unfinished()
        self.assertIn("'layer1.bias' is F32 [9]; expected F32 [8]", self.refused("model.hidden=[8]", "--force"))

    def test_data(self):
        """The digest of a small file is taken before training, that of a large one beside it."""
        for rows in (300, 60_000):
            with self.subTest(rows=rows):
                self.write_data(rows)
                self.data_of(rows)
                for run in ("run", "whole", "kept"):
                    shutil.rmtree(self.folder / run)

    def data_of(self, rows):
        whole = self.whole()
        self.unfinished()
        samples = self.folder / "samples.npy"
        files = {entry["file"]: entry for entry in program.record(self.run)["data"]}
        self.assertEqual(set(files), {str(samples.resolve()), str((self.folder / "targets.npy").resolve())})
        for path, entry in files.items():
            self.assertEqual(entry["size"], pathlib.Path(path).stat().st_size)
            self.assertEqual(entry["modified_ns"], pathlib.Path(path).stat().st_mtime_ns)
            self.assertRegex(entry["digest"], r"^[0-9a-f]{32}$")
        kept = self.run.rename(self.folder / "kept")
        shutil.copytree(kept, self.run)
        os.utime(samples)  # its content is the same
        self.assay("resume", "run")
        assert_same(self, self.run, whole)
        shutil.rmtree(self.run)
        shutil.copytree(kept, self.run)
        data = bytearray(samples.read_bytes())
        data[-3] ^= 1
        samples.write_bytes(data)
        said = self.refused()
        self.assertRegex(said, r"run.json: the data in \S+/samples.npy have changed: their digest was \w{32} and is \w{32}")
        self.assertTrue(said.rstrip().endswith(FORCED), said)
        self.assay("resume", "run", "--force")
        self.assertRegex(self.accepted()[0], "the data in .*/samples.npy have changed: ")
        shutil.rmtree(self.run)
        shutil.copytree(kept, self.run)
        before = {name: (self.folder / name).stat().st_size for name in ("samples.npy", "targets.npy")}
        self.write_data(rows + 1)
        said = self.refused()
        for name, size in before.items():
            self.assertIn(f"{name} have changed: it had {size:,} bytes and has "
                          f"{(self.folder / name).stat().st_size:,}", said)

    def test_several_changes_are_told_one_by_one(self):
        self.unfinished()
        record = program.record(self.run)
        record["kernels"] = "generic"
        for plugin in record["plugins"]:
            if plugin["name"] == "optimizers":
                plugin |= {"digest": "0" * 32, "version": "0.9.0"}
        program.write_record(self.run, record)
        found = [json.loads(line) for line in self.refused("seed=4", "--format", "json").splitlines()]
        messages = [line["message"] for line in found]
        self.assertEqual(len(messages), 2, messages)
        self.assertIn("seed was 0 and is 4", messages[0])
        self.assertRegex(messages[1], "another library of the plugin 'optimizers': .* was version 0.9.0 with the digest "
                                      r"0{32}, but \S+ is version \S+ with the digest \w{32}")

    def test_other_kernels(self):
        self.unfinished()
        began = program.record(self.run)["kernels"]
        if began == "generic":
            self.skipTest("this CPU has one kind of kernels")
        said = self.assay("resume", "run", "--kernels", "generic", "--force").stderr
        self.assertIn(f"this run began with the kernels {began}, but would continue with generic", said)
        self.assertEqual(len(self.accepted()), 2)  # the key of the plan, and what it comes to
        self.assertEqual(program.record(self.run)["kernels"], "generic")

    def test_damaged_checkpoints_one_object_each(self):
        self.unfinished()
        for step in checkpoints(self.run):
            path = self.run / "checkpoints" / f"step_{step}.safetensors"
            path.write_bytes(path.read_bytes()[:100])
        found = [json.loads(line) for line in self.refused("--format", "json").splitlines()]
        self.assertEqual(len(found), 2 + 1, found)
        for line, step in zip(found, checkpoints(self.run)):
            self.assertIn(f"step_{step}.safetensors: not a whole", line["message"])
        self.assertIn("it has no whole checkpoint to resume from", found[-1]["message"])

    def test_a_named_checkpoint_that_is_damaged(self):
        self.unfinished("+hooks.saving={type: saving, at: [50]}")
        kept = self.run / "checkpoints" / "kept.safetensors"
        kept.write_bytes(kept.read_bytes()[:-4] + b"oops")
        said = self.assay("resume", "run", expect=program.PARTLY_FAILED).stderr
        words = "kept.safetensors: not a whole safetensors file"
        self.assertIn(words, said)
        self.assertTrue(any(words in failure for failure in program.record(self.run)["failures"]))

    def test_logs_that_were_removed(self):
        whole = self.whole()
        self.unfinished()
        (events,) = self.run.glob("events.out.*")
        events.unlink()
        (self.run / "metrics.jsonl").unlink()
        said = self.assay("resume", "run", expect=program.PARTLY_FAILED).stderr
        self.assertRegex(said, r"run/metrics.jsonl: the file was removed, and with it [\d,]+ bytes that the run had logged")
        self.assertIn(f"{events.name}: cannot be opened again: No such file or directory", said)
        self.assertEqual(lines(self.run), [line for line in lines(whole) if line["step"] > 300])
        failures = program.record(self.run)["failures"]
        self.assertEqual(len(failures), 2, failures)
        self.assertEqual(program.record(self.run)["weights_digest"], program.record(whole)["weights_digest"])

    def test_failures_that_are_made_good(self):
        whole = self.whole()
        self.unfinished()
        record = program.record(self.run)
        record["failures"] = ["hooks.test failed at step 305 and is left out from now on: it is gone"]
        program.write_record(self.run, record)
        self.assay("resume", "run")
        assert_same(self, self.run, whole)

    @unittest.skipIf(os.geteuid() != 0, "only root can become somebody else")
    def test_folders_that_are_out_of_reach(self):
        self.unfinished()
        self.folder.chmod(0o755)
        for folder in (self.run, self.run / "checkpoints"):
            with self.subTest(folder=folder.name):
                said = self.assay("resume", "run", expect=program.RUN_FAILED, user=65534).stderr
                self.assertIn("the run cannot be continued, since nothing can be written to this folder: Permission denied", said)
                self.assertNotIn("goes on after", said)
                folder.chmod(0o777)
        self.run.chmod(0o700)
        for command in ("resume", "describe"):
            said = self.assay(command, "run", expect=program.USAGE_ERROR, user=65534).stderr
            self.assertIn("run: cannot be entered: Permission denied", said)

    def test_check_looks_at_the_run_that_would_be_taken_up(self):
        config = ["check", "small.yaml", "resume=true"]
        self.unfinished("resume=true")
        before = {path: path.stat().st_mtime_ns for path in self.run.rglob("*")}
        self.assertIn("run goes on after step 300\n", self.assay(*config).stdout)
        said = self.assay(*config, "seed=4", expect=program.RUN_FAILED).stderr
        self.assertIn("this run began with another plan: seed was 0 and is 4", said)
        for step in checkpoints(self.run):
            path = self.run / "checkpoints" / f"step_{step}.safetensors"
            kept = path.read_bytes()
            path.write_bytes(kept[:100])
        self.assertIn("not a whole safetensors file", self.assay(*config, expect=program.RUN_FAILED).stderr)
        self.assertEqual(set(before), set(self.run.rglob("*")))
        shutil.rmtree(self.run)
        self.assay("run", *config[1:])
        self.assertIn("run is finished after 400 steps, so nothing is left to do", self.assay(*config).stdout)

    def test_describe_tells_how_to_go_on(self):
        self.unfinished()
        said = self.assay("describe", "run").stdout
        self.assertIn("its newest checkpoint is that of step 300; `assay resume run` continues from it", said)
        self.assay("resume", "run")
        self.assertNotIn("assay resume", self.assay("describe", "run").stdout)

    def test_a_record_that_is_damaged(self):
        self.unfinished()
        text = (self.run / "run.json").read_text()
        whole = json.loads(text)
        for damaged, words in ((text[:-20], "its text is not JSON from line 1 on"),
                               ("", "it is empty"), ("[]", "expected an object"),
                               (json.dumps({**whole, "steps": "many"}), "'steps' has a value that no run writes there"),
                               (json.dumps({**whole, "plugins": 3}), "'plugins': expected a list"),
                               (json.dumps({**whole, "data": [{"size": []}]}), "'data.0.size' has a value"),
                               (json.dumps({key: whole[key] for key in whole if key != "state"}), "'state' is missing")):
            with self.subTest(words=words):
                (self.run / "run.json").write_text(damaged)
                said = self.refused()
                self.assertIn(f"run/run.json: this is not a record of a run: {words}", said)
                self.assertNotIn("json.exception", said)


if __name__ == "__main__":
    unittest.main()
