"""`assay verify`: what is said of the files of a run, and of runs that are taken up."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import time
import unittest

import program

CONFIGS = sorted(program.CONFIGS.glob("*.yaml"))
SMALL = """
dataset: {type: synthetic, rows: 90, shape: [4], classes: 3, split: {test: 0.2}}
model: {type: mlp, hidden: [6]}
loss: softmax_cross_entropy
optimizer: {type: sgd, learning_rate: 0.1}
train: {steps: 30, batch_size: 16}
run_dir: run
loggers: [jsonl, tensorboard]
"""


class Folder(unittest.TestCase):
    def setUp(self):
        folder = program.temporary_folder()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "small.yaml").write_text(SMALL)

    def verify(self, *arguments, expect, **options):
        process = program.assay("verify", *arguments, folder=self.folder, **options)
        self.assertEqual((process.returncode, process.stderr), (expect, ""), process.stdout)
        return process.stdout


class Files(Folder):
    def found(self, expect):
        """Returns what is said of each file, and of the run."""
        lines = [json.loads(line) for line in self.verify("run", "--format", "json", expect=expect).splitlines()]
        return {line["file"]: line for line in lines[:-1]}, lines[-1]

    def test_a_whole_run(self):
        run = shutil.copytree(program.tutorial_run(), self.folder / "run")
        said = self.verify("run", expect=program.DONE)
        for file in run.rglob("*"):
            if file.is_file():
                self.assertRegex(said, rf"(?m)^{file.relative_to(run)} +whole")
        self.assertTrue(said.endswith("run: all is whole; newest whole checkpoint: step 3,000; the run is finished\n"))

    def test_damage_has_a_place(self):
        run = program.run("small.yaml", folder=self.folder)
        (events,) = run.glob("*tfevents*")
        data = bytearray(events.read_bytes())
        data[len(data) // 2] ^= 1
        events.write_bytes(data)
        files, whole = self.found(program.RUN_FAILED)
        broken = files[events.name]
        self.assertEqual(broken["state"], "damaged")
        self.assertLess(0, broken["whole_bytes"])
        self.assertFalse(whole["whole"])
        self.assertEqual([name for name, file in files.items() if file["state"] != "whole"], [events.name])
        # The real TensorBoard reads what is said to be whole, and not a record more.
        from tensorboard.backend.event_processing.event_file_loader import RawEventFileLoader
        part = self.folder / "part"
        part.write_bytes(data[:broken["whole_bytes"]])
        records = len(list(RawEventFileLoader(str(part)).Load()))
        self.assertTrue(broken["about"].startswith(f"{records} records whole up to byte {broken['whole_bytes']:,}"))
        self.assertEqual(len(list(RawEventFileLoader(str(events)).Load())), records)

    def test_a_run_that_lives_and_one_that_was_killed(self):
        process = subprocess.Popen([str(program.ASSAY), "run", "small.yaml", "train.steps=100000000",
                                    "checkpoints={every: 100, keep: 2}"], cwd=self.folder, stdout=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + 60
            while len(list((self.folder / "run").glob("checkpoints/*.safetensors"))) < 2:
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.01)
            for _ in range(5):
                _, run = self.found(program.DONE)
                self.assertEqual((run["running"], run["can_go_on"]), (True, False))
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
        files, run = self.found(program.DONE)
        self.assertTrue(run["can_go_on"])
        self.assertIn("left over", [file["state"] for file in files.values()])
        said = self.verify("run", expect=program.DONE)
        self.assertIn("; `assay resume run` continues from there", said)
        process = subprocess.Popen([str(program.ASSAY), "resume", "run"], cwd=self.folder, stdout=subprocess.PIPE, text=True)
        self.assertIn("goes on after step {:,}\n".format(run["newest_checkpoint"]), process.stdout)
        process.kill()
        process.communicate()

    def test_what_is_no_run_folder(self):
        for what, words in (("small.yaml", "expected a run folder"), (".", "neither run.json nor plan.yaml")):
            process = program.assay("verify", what, folder=self.folder)
            self.assertEqual(process.returncode, program.USAGE_ERROR)
            self.assertIn(words, process.stderr)


class Resumed(Folder):
    def resumed(self, *arguments, expect):
        """As a user with a folder for temporary files, which is empty afterwards."""
        temporary = self.folder / "temporary files"
        temporary.mkdir(exist_ok=True)
        said = self.verify("--resume", *arguments, expect=expect, env={**os.environ, "TMPDIR": str(temporary)})
        self.assertEqual(list(temporary.iterdir()), [])
        self.assertFalse((self.folder / "run").exists())
        return said

    def test_every_config(self):
        said = self.resumed(*CONFIGS, "--format", "json", expect=program.DONE)
        proofs = [json.loads(line) for line in said.splitlines()]
        self.assertEqual([proof["config"] for proof in proofs], [str(config) for config in CONFIGS])
        for proof in proofs:
            with self.subTest(config=proof["config"]):
                self.assertEqual((proof["same"], proof["differences"]), (True, []))
                self.assertLessEqual({1, min(proof["steps_per_epoch"], proof["steps"] - 1)}, set(proof["taken_up"]))
                self.assertEqual(proof["steps"], min(proof["steps_of_plan"], max(10, 2 * proof["steps_per_epoch"])))

    def test_a_run_that_is_shorter_and_arguments(self):
        self.assertEqual(self.resumed("small.yaml", "train.steps=4", expect=program.DONE),
                         "small.yaml: 4 steps, resumed after steps 1, 2: the same to the last bit\n"
                         "  an epoch has 5 steps, so no run was resumed at the end of one; `--steps 6` includes one\n")
        self.assertEqual(self.resumed("small.yaml", "--steps", 6, expect=program.DONE),
                         "small.yaml: 6 steps of the plan's 30, resumed after steps 1, 2, 5: the same to the last bit\n")

    def test_options_behind_resume_are_no_configs(self):
        (self.folder / "plugins").mkdir()
        said = "small.yaml: 6 steps of the plan's 30, resumed after steps 1, 2, 5: the same to the last bit\n"
        for words in (("--plugin-path", "plugins", "small.yaml", "--steps", 6),
                      ("--steps", 6, "small.yaml", "--plugin-path", "plugins"),
                      ("--steps", 6, "--plugin-path", "plugins", "small.yaml")):
            self.assertEqual(self.resumed(*words, expect=program.DONE), said)
        self.assertEqual(self.verify("small.yaml", "--resume", "--steps", 6, expect=program.DONE), said)

    def test_state_that_is_not_declared_is_found(self):
        (self.folder / "plugins").mkdir()
        shutil.copy(program.BUILD / "tests" / "zoo" / "forgetful.so", self.folder / "plugins")
        path = ("--plugin-path", "plugins")
        self.assertEqual(
            self.resumed("small.yaml", "optimizer={type: forgetful_optimizer}", "hooks={}", *path,
                         expect=program.RUN_FAILED).splitlines()[0],
            "small.yaml: 10 steps of the plan's 30, resumed after step 1: the run differs")
        hooked = self.resumed("small.yaml", "hooks={counts: {type: forgetful_hook, every: 1}}", *path,
                              expect=program.RUN_FAILED)
        self.assertIn("  step 2: last_values/times: element 0 of 1 was 2 and is 1\n"
                      "    computed by hook counts of type 'forgetful_hook' (plugin 'forgetful'), loss "
                      "'softmax_cross_entropy' (plugin 'losses'), model 'mlp' (plugin 'mlp'), dataset 'synthetic' "
                      "(plugin 'datasets')\n", hooked)

    def test_a_config_with_errors(self):
        process = program.assay("verify", "--resume", "small.yaml", "sede=1", folder=self.folder)
        self.assertEqual((process.returncode, process.stdout), (program.USAGE_ERROR, ""))
        self.assertIn("did you mean 'seed'?", process.stderr)

    def test_a_signal_ends_it(self):
        process = subprocess.Popen([str(program.ASSAY), "verify", "--resume", "small.yaml", "train.steps=100000000",
                                    "--steps", "100000000"], cwd=self.folder, stdout=subprocess.PIPE,
                                   env={**os.environ, "TMPDIR": str(self.folder)})
        deadline = time.monotonic() + 60
        while not list(self.folder.glob("assay-verify-*/whole/checkpoints/*")):
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)
        process.terminate()
        self.assertEqual(process.communicate(timeout=60)[0], b"")
        self.assertEqual(process.returncode, 143)
        self.assertEqual(list(self.folder.glob("assay-verify-*")), [])


if __name__ == "__main__":
    unittest.main()
