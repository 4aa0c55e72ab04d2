"""The tab HParams of the real TensorBoard, with both of its loaders: a batch whose runs differ in their keys, a run
that failed, and a run that was stopped and taken up."""

import json
import pathlib
import signal
import subprocess
import time
import unittest

import program
from tensorboard_server import TensorBoard

SHORT = ["train.epochs=2", "loggers=[tensorboard, jsonl]"]
SWEEPS = ["seed=1,2", "optimizer.learning_rate=0.001,0.01", "also", "optimizer={type: sgd, learning_rate: 0.1}",
          "model.hidden=[16],[8, 8]", "also", "dataset.split.test=0.5", "model.activation=tanh"]


def setUpModule():
    global FOLDER, BATCH, ENDS
    temporary = program.temporary_folder()
    unittest.addModuleCleanup(temporary.cleanup)
    FOLDER = pathlib.Path(temporary.name)
    BATCH, ENDS = FOLDER / "b", FOLDER / "ends"
    ENDS.mkdir()
    process = program.assay("batch", program.CONFIGS / "digits_minibatch.yaml", *SHORT, *SWEEPS, "--dir", "b",
                            folder=FOLDER)
    assert process.returncode == program.DONE, process.stdout + process.stderr
    run_that_fails()
    run_that_is_taken_up()


def run_that_fails():
    program.run(program.CONFIGS / "digits_minibatch.yaml", *SHORT, "optimizer={type: sgd, learning_rate: 1e30}",
                folder=FOLDER, expect=program.RUN_FAILED).rename(ENDS / "failed")


def run_that_is_taken_up():
    """Leaves a run that was stopped, and a copy of it that was taken up to its end."""
    command = [program.ASSAY, "run", program.CONFIGS / "digits_minibatch.yaml", "loggers=[tensorboard, jsonl]",
               "optimizer.learning_rate=0.001", "train.epochs=1000000", "run_dir=ends/stopped"]
    process = subprocess.Popen(list(map(str, command)), cwd=FOLDER, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    end = time.monotonic() + 60
    log = ENDS / "stopped" / "metrics.jsonl"
    while not (log.exists() and log.stat().st_size > 0):
        assert time.monotonic() < end and process.poll() is None, "the run logs nothing"
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGTERM, output
    subprocess.run(["cp", "-a", "stopped", "taken_up"], cwd=ENDS, check=True)
    # It ends soon, and not before it goes on.
    record = program.record(ENDS / "taken_up")
    epochs = record["steps"] * 1000000 // record["total_steps"] + 2
    process = program.assay("resume", "ends/taken_up", f"train.epochs={epochs}", folder=FOLDER)
    assert process.returncode == program.DONE, process.stdout + process.stderr


class LoaderTests:
    """Run for each of TensorBoard's loaders."""

    def sessions(self, folder, is_whole):
        """Returns the columns, the metrics, and the answer for each run by its name, once they are whole."""
        board = self.enterContext(TensorBoard(folder, load_fast=self.load_fast))

        def ask():
            experiment = board.post("/data/plugin/hparams/experiment", {"experimentName": ""})
            groups = board.post("/data/plugin/hparams/session_groups", {
                "experimentName": "", "startIndex": 0, "sliceSize": 1000,
                "allowedStatuses": ["STATUS_SUCCESS", "STATUS_FAILURE", "STATUS_RUNNING", "STATUS_UNKNOWN"],
                "colParams": [{"hparam": info["name"]} for info in experiment.get("hparamInfos", [])]
                + [{"metric": info["name"]} for info in experiment.get("metricInfos", [])]})
            found = {group["sessions"][0]["name"]: group for group in groups.get("sessionGroups", [])}
            return is_whole(found) and (experiment, found)

        experiment, found = board.wait_for("all runs with their values", ask)
        columns = {info["name"]: info for info in experiment["hparamInfos"]}
        return columns, {info["name"]["tag"] for info in experiment["metricInfos"]}, found

    def test_every_run_has_every_swept_key_and_every_metric(self):
        runs = sorted(path.name for path in (BATCH / "runs").iterdir())
        self.assertEqual(len(runs), 7)
        columns, metrics, found = self.sessions(
            BATCH / "runs", lambda found: len(found) == len(runs) and all(
                len(group["metricValues"]) == 2 and "endTimeSecs" in group["sessions"][0] for group in found.values()))
        self.assertEqual(metrics, {"Accuracy", "Loss"})
        self.assertEqual(sorted(found), runs)
        differing = {name for name, info in columns.items() if info.get("differs")}
        self.assertEqual(differing, {
            "seed", "train.epochs", "optimizer.type", "optimizer.learning_rate", "model.hidden", "dataset.split.test",
            "model.activation"})
        for name, group in found.items():
            with self.subTest(run=name):
                record = program.record(BATCH / "runs" / name)
                # The values that decide the result, no more and no fewer.
                self.assertEqual(set(group["hparams"]), set(record["plan"]))
                for key, value in group["hparams"].items():
                    self.assert_same_value(value, record["plan"][key])
                final = {metric["name"]["tag"]: metric["value"] for metric in group["metricValues"]}
                self.assertEqual(set(final), set(record["final"]))
                for tag, value in final.items():
                    self.assertAlmostEqual(value, record["final"][tag], delta=1e-6 * abs(value))
                [session] = group["sessions"]
                self.assertEqual(session["status"], "STATUS_SUCCESS")
                self.assertLessEqual(session["startTimeSecs"], session["endTimeSecs"])

    def assert_same_value(self, value, text):
        """Compares a value of TensorBoard's with that of run.json, which is YAML."""
        if isinstance(value, bool):
            self.assertEqual(str(value).lower(), text)
        elif isinstance(value, (int, float)):
            self.assertEqual(float(value), float(text))
        else:
            self.assertEqual(value, json.loads(text) if text.startswith('"') else text)

    def test_how_runs_ended(self):
        def statuses(found):
            return {name: group["sessions"][0]["status"] for name, group in found.items()}

        expected = {"failed": "STATUS_FAILURE", "stopped": "STATUS_FAILURE", "taken_up": "STATUS_SUCCESS"}
        _, _, found = self.sessions(ENDS, lambda found: len(found) == 3 and "STATUS_RUNNING" not in statuses(found).values())
        self.assertEqual(statuses(found), expected)


class FastLoader(LoaderTests, unittest.TestCase):
    load_fast = True


class PythonLoader(LoaderTests, unittest.TestCase):
    load_fast = False


if __name__ == "__main__":
    unittest.main(verbosity=2)
