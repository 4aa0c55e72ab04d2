"""A signal stops a run after its step: everything is written but pictures that are not drawn yet."""

import pathlib
import signal
import subprocess
import time
import unittest

import metrics
import program

DIGITS = (program.CONFIGS / "digits.yaml")


class Signals(unittest.TestCase):
    def interrupted(self, number, folder, times=1):
        process = subprocess.Popen(
            [str(program.ASSAY), "run", str(DIGITS), "run_dir=run", "train.epochs=10000000",
             "~hooks.training_data", "~hooks.test_sheet"],  # pictures that a stopped run drops
            cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL))
        run = pathlib.Path(folder) / "run"
        deadline = time.monotonic() + 60
        while not (run / "metrics.jsonl").exists() or (run / "metrics.jsonl").stat().st_size < 1000:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)
        for _ in range(times):
            process.send_signal(number)
            time.sleep(0.001)
        output, errors = process.communicate(timeout=60)
        self.assertEqual(errors, "")
        return process.returncode, output, run

    def test_ctrl_c(self):
        with program.temporary_folder() as folder:
            code, output, run = self.interrupted(signal.SIGINT, folder)
            self.assertEqual(code, 130)
            record = program.record(run)
            self.assertEqual(record["state"], "stopped")
            self.assertIn("stopped after", output)
            losses = metrics.scalars(run)["Loss"]
            self.assertEqual([step for _, step, _ in losses], list(range(1, record["steps"] + 1)))
            self.assertTrue((run / "checkpoints" / f"step_{record['steps']}.safetensors").exists())
            (events,) = run.glob("events.out.tfevents.*")
            from tensorboard.backend.event_processing.event_file_loader import RawEventFileLoader
            self.assertGreater(len(list(RawEventFileLoader(str(events)).Load())), len(losses))

    def test_kill(self):
        for number, expected in ((signal.SIGTERM, 143), (signal.SIGHUP, 129)):
            with self.subTest(signal=number), program.temporary_folder() as folder:
                code, _, run = self.interrupted(number, folder)
                self.assertEqual(code, expected)
                self.assertEqual(program.record(run)["state"], "stopped")

    def test_a_signal_that_comes_twice_at_once_is_one(self):
        """As timeout(1) sends it, to its child and to the group."""
        with program.temporary_folder() as folder:
            code, _, run = self.interrupted(signal.SIGTERM, folder, times=2)
            self.assertEqual(code, 143)
            record = program.record(run)
            self.assertEqual(record["state"], "stopped")
            self.assertTrue((run / "checkpoints" / f"step_{record['steps']}.safetensors").exists())

    def test_pictures_that_are_not_drawn_yet_are_dropped(self):
        """Far more pictures than can be drawn: they would take minutes."""
        sheets = ("hooks.test_sheet={type: image, tag: Sheet, renderer: {type: test_sheet, split: test}, every: 1, "
                  "save: [png, svg, pdf]}")
        with program.temporary_folder() as folder:
            process = subprocess.Popen(
                [str(program.ASSAY), "run", str(DIGITS), "run_dir=run", "train.epochs=10000000", "model.hidden=[4]",
                 sheets], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            run = pathlib.Path(folder) / "run"
            deadline = time.monotonic() + 120
            while len(list(run.glob("images/*.pdf"))) < 2:
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.05)
            process.send_signal(signal.SIGTERM)
            output, errors = process.communicate(timeout=60)
            self.assertEqual(process.returncode, 143)
            print(errors)
            record = program.record(run)
            (failure,) = record["failures"]
            self.assertRegex(failure, r"^[\d,]+ pictures? (was|were) not drawn: the run was asked to stop \(Terminated\)$")
            # On a busy machine one picture may take longer than the run waits for one.
            self.assertEqual([line for line in errors.splitlines() if ": waiting for " not in line], [f"assay: warning: {failure}"])
            self.assertIn(f"warning: {failure}\n", (run / "log.txt").read_text())
            self.assertEqual(record["state"], "stopped")
            losses = metrics.scalars(run)["Loss"]
            self.assertEqual([step for _, step, _ in losses], list(range(1, record["steps"] + 1)))
            dropped = int(failure.split()[0].replace(",", ""))
            drawn = len(list(run.glob("images/*_Sheet.png")))
            self.assertEqual(dropped + drawn, record["steps"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
