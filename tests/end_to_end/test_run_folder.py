"""A run leaves a whole folder behind, and can be repeated to the last bit."""

import datetime
import json
import os
import pathlib
import re
import resource
import struct
import subprocess
import unittest

import numpy
from safetensors.numpy import load_file, save_file

import metrics
import program


def values(run):
    """metrics.jsonl without the times."""
    return [{k: v for k, v in record.items() if k != "wall_time"} for record in metrics.read(run)]


class RunFolder(unittest.TestCase):
    def test_the_tutorials_folder(self):
        run = program.tutorial_run()
        self.assertRegex(run.name, r"^\d{8}-\d{6}$")
        names = {path.name for path in run.iterdir()}
        self.assertLessEqual(
            {"plan.yaml", "config.yaml", "run.json", "metrics.jsonl", "log.txt", "checkpoints"}, names)
        self.assertEqual(len([n for n in names if n.startswith("events.out.tfevents.")]), 1)
        self.assertEqual((run / "config.yaml").read_bytes(),
                         (program.CONFIGS / "digits.yaml").read_bytes())

    def test_a_config_without_hooks_logs_the_loss(self):
        config = ("model: {type: mlp, hidden: [8]}\nloss: softmax_cross_entropy\n"
                  "optimizer: {type: sgd, learning_rate: 0.01}\nthreads: 1\n")
        digits = "dataset: {type: digits, split: {test: 0.25}}"
        small = "dataset: {type: synthetic, rows: 40, shape: [3], classes: 2, split: {test: 0.25}}"
        for data, train, epochs, evaluations in (
                (digits, "{epochs: 3, batch_size: 100}", [14, 28, 42], list(range(1, 43))),
                # The last epoch is not whole.
                (digits, "{steps: 300, batch_size: 100}", [*range(14, 300, 14), 300], list(range(3, 301, 3))),
                # 2500 epochs of whole batches.
                (small, "{epochs: 2500}", [(5 * n + 1) // 2 for n in range(1, 1001)], list(range(25, 2501, 25)))):
            with self.subTest(train=train), program.temporary_folder() as folder:
                home = pathlib.Path(folder)
                (home / "bare.yaml").write_text(config + f"{data}\ntrain: {train}\n")
                process = program.assay("run", "bare.yaml", "run_dir=run", folder=folder)
                self.assertEqual((process.returncode, process.stderr), (program.DONE, ""))
                logged = metrics.scalars(home / "run")
                self.assertEqual(set(logged), {"loss/train", "loss/eval"})
                self.assertEqual([step for _, step, _ in logged["loss/train"]], epochs)
                self.assertEqual([step for _, step, _ in logged["loss/eval"]], evaluations)
                for tag, points in logged.items():
                    self.assertLess(points[-1][2], points[0][2])
                    self.assertRegex(process.stdout, rf"(?m)^  {tag} +{points[-1][2]:.6g}$")
                # The plan says all that, and running it repeats the run.
                plan = (home / "run" / "plan.yaml").read_text()
                self.assertIn("    value: epoch.loss\n", plan)
                self.assertIn("    times: 100\n", plan)
                (home / "run").rename(home / "first")
                again = program.run("first/plan.yaml", folder=folder)
                self.assertEqual((again / "plan.yaml").read_text(), plan)
                self.assertEqual(values(again), values(home / "first"))
                # Nothing is logged where nothing is asked for, and training is the same.
                (home / "run").rename(home / "second")
                silent = program.run("bare.yaml", "hooks={}", folder=folder)
                self.assertEqual(metrics.scalars(silent), {})
                self.assertEqual(program.record(silent)["weights_digest"],
                                 program.record(home / "first")["weights_digest"])

    def test_run_json(self):
        record = program.record(program.tutorial_run())
        self.assertEqual(record["state"], "finished")
        self.assertEqual((record["steps"], record["total_steps"], record["seed"]), (3000, 3000, 0))
        self.assertEqual(set(record["final"]), {"Loss", "Accuracy"})
        self.assertEqual(record["failures"], [])
        for key in ("threads", "lanes", "block_rows", "kernels", "plan_digest", "weights_digest",
                    "host", "assay", "training_seconds"):
            self.assertIn(key, record)
        start, end = (datetime.datetime.fromisoformat(record[k].rstrip("Z")) for k in ("start", "end"))
        self.assertLessEqual(start, end)
        self.assertEqual({p["name"] for p in record["plugins"]},
                         {"datasets", "mlp", "losses", "optimizers", "metrics", "hooks", "sheet", "loggers",
                          "tensorboard"})

    def test_what_was_asked_and_said(self):
        with program.temporary_folder() as folder:
            process = program.assay("run", program.CONFIGS / "digits.yaml", "train.epochs=2",
                                    "loggers=[]", "run_dir=run", folder=folder)
            run = program.pathlib.Path(folder) / "run"
            self.assertEqual(program.record(run)["overrides"],
                             ["train.epochs=2", "loggers=[]", "run_dir=run"])
            said = [re.sub(r"^[\d-]+ [\d:]+ ", "", line) for line in (run / "log.txt").read_text().splitlines()]
            # Paths are relative to the folder that the first line names.
            self.assertRegex(said[0], rf"^assay \d+\.\d+\.\d+, started in {re.escape(os.path.realpath(folder))}$")
            self.assertEqual(said[1:], process.stdout.splitlines())

    def test_the_folder_is_shown_as_it_was_given(self):
        with program.temporary_folder() as temporary:
            folder = pathlib.Path(temporary).resolve()
            (folder / "here").mkdir()
            for given, shown, parent in ((folder / "here" / "run", folder / "here" / "run", folder / "here"),
                                         ("runs/a", "runs/a", "runs"), ("b", "b", "."), ("../c", "../c", "..")):
                process = program.assay("run", program.CONFIGS / "digits.yaml", "train.epochs=1", f"run_dir={given}",
                                        folder=folder / "here")
                self.assertEqual(process.returncode, program.DONE, process.stderr)
                self.assertIn(f"\n  folder  {shown}\n", process.stdout)
                self.assertRegex(process.stdout, rf"\n  run folder +{re.escape(str(shown))}\n")
                self.assertRegex(process.stdout, rf"\n  TensorBoard +\S+ view {re.escape(str(parent))}\n")

    def test_git_state(self):
        with program.temporary_folder() as folder:
            for command in (["init", "-q"], ["-c", "user.name=n", "-c", "user.email=e", "commit", "-q",
                                             "--allow-empty", "-m", "x"]):
                subprocess.run(["git", *command], cwd=folder, check=True)
            head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=folder, check=True,
                                  capture_output=True, text=True).stdout.strip()
            run = program.run(program.CONFIGS / "digits.yaml", "train.epochs=1", folder=folder)
            self.assertEqual(program.record(run)["git"], {"commit": head, "dirty": False})

    def test_weights_are_readable_from_python(self):
        tensors = load_file(program.tutorial_run() / "checkpoints" / "step_3000.safetensors")
        shapes = {name: tensor.shape for name, tensor in
                  program.weights(program.tutorial_run() / "checkpoints" / "step_3000.safetensors").items()}
        self.assertEqual(tensors["step"], 3000)
        self.assertEqual(shapes, {
            "layer1.kernel": (64, 100), "layer1.bias": (100,), "layer2.kernel": (100, 100),
            "layer2.bias": (100,), "layer3.kernel": (100, 10), "layer3.bias": (10,)})
        jax = load_file(program.REFERENCE / "state_step3000.safetensors")
        for name in shapes:
            self.assertEqual(tensors[name].dtype, numpy.float32)
            print(name, "differs from JAX's by at most", abs(tensors[name] - jax[name]).max())

    def test_the_plan_repeats_the_run_to_the_last_bit(self):
        first = program.tutorial_run()
        with program.temporary_folder() as folder:
            again = program.run(first / "plan.yaml", folder=folder)
            self.assertEqual(values(again), values(first))
            self.assertEqual(program.record(again)["weights_digest"],
                             program.record(first)["weights_digest"])
            self.assertEqual(program.record(again)["plan_digest"],
                             program.record(first)["plan_digest"])
            plan = (first / "plan.yaml").read_text()
            self.assertEqual((again / "plan.yaml").read_text(),
                             re.sub(r"run_dir: .*", 'run_dir: run', plan))

    def test_the_plan_keeps_the_template_of_run_dir(self):
        self.assertIn('run_dir: "runs/test/${now:%Y%m%d-%H%M%S}"',
                      (program.tutorial_run() / "plan.yaml").read_text())

    def test_any_number_of_threads_gives_the_same_bits(self):
        for config, steps in (("digits.yaml", "train.epochs=300"), ("digits_minibatch.yaml", "train.epochs=5")):
            results = []
            for threads in (1, 2, 4):
                with program.temporary_folder() as folder:
                    run = program.run(program.CONFIGS / config, steps, f"threads={threads}",
                                      folder=folder)
                    self.check_threads(program.record(run), threads)
                    results.append((values(run), program.record(run)["weights_digest"]))
            self.assertEqual(results[0], results[1])
            self.assertEqual(results[0], results[2])

    def check_threads(self, record, asked_for):
        """At most so many were used, and no more than there are cores."""
        self.assertEqual(record["threads"], min(asked_for, len(os.sched_getaffinity(0))))
        self.assertTrue(1 <= record["mean_threads"] <= record["threads"], record["mean_threads"])

    def test_another_seed_gives_other_bits(self):
        digests = set()
        for seed in (0, 1):
            with program.temporary_folder() as folder:
                run = program.run(program.CONFIGS / "digits.yaml", "train.epochs=2", f"seed={seed}",
                                  "loggers=[]", folder=folder)
                digests.add(program.record(run)["weights_digest"])
        self.assertEqual(len(digests), 2)

    def test_two_runs_in_one_second_have_folders_of_their_own(self):
        with program.temporary_folder() as folder:
            config = program.CONFIGS / "digits.yaml"
            command = [str(program.ASSAY), "run", str(config), "train.epochs=1",
                       "run_dir=runs/${now:%Y}"]
            processes = [subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
                         for _ in range(4)]
            self.assertEqual([p.wait(timeout=60) for p in processes], [0] * 4)
            year = datetime.datetime.now().year
            self.assertEqual(sorted(p.name for p in (program.pathlib.Path(folder) / "runs").iterdir()),
                             [f"{year}", f"{year}-2", f"{year}-3", f"{year}-4"])

    def test_an_existing_folder_is_left_alone(self):
        with program.temporary_folder() as folder:
            run = program.run(program.CONFIGS / "digits.yaml", "train.epochs=1", folder=folder)
            before = sorted((p.name, p.stat().st_mtime_ns) for p in run.iterdir())
            process = program.assay("run", program.CONFIGS / "digits.yaml", "run_dir=run", folder=folder)
            self.assertEqual(process.returncode, program.USAGE_ERROR)
            self.assertIn("exists already", process.stderr)
            self.assertEqual(sorted((p.name, p.stat().st_mtime_ns) for p in run.iterdir()), before)

    def test_pictures_as_files(self):
        with program.temporary_folder() as folder:
            run = program.run(program.CONFIGS / "digits.yaml", "train.epochs=1",
                              "hooks.test_sheet.save=[png, svg, pdf]", folder=folder)
            starts = {p.name: p.read_bytes()[:5] for p in (run / "images").iterdir()}
            name = "1_Step_1_Accuracy_Testsheet"
            self.assertEqual(starts, {f"{name}.png": b"\x89PNG\r", f"{name}.svg": b"<?xml",
                                      f"{name}.pdf": b"%PDF-"})


class Describe(unittest.TestCase):
    def test_a_run(self):
        run = program.tutorial_run()
        process = program.assay("describe", run, folder="/")
        self.assertEqual(process.returncode, 0, process.stderr)
        print(process.stdout)
        self.assertIn("17,610 parameters, 70.4 kB", process.stdout)
        kernel = load_file(run / "checkpoints" / "step_3000.safetensors")["layer2.kernel"]
        line = next(l for l in process.stdout.split("layer2")[1].splitlines() if "kernel" in l)
        self.assertIn("float32 [100, 100]", line)
        shown = dict(re.findall(r"(mean|deviation|min|max) (\S+?)(?:,|$)", line))
        expected = {"mean": kernel.mean(dtype="float64"), "deviation": kernel.std(dtype="float64"),
                    "min": kernel.min(), "max": kernel.max()}
        for key, value in expected.items():
            self.assertAlmostEqual(float(shown[key]), float(value), delta=abs(value) * 1e-3)
        self.assertIn(f"{(kernel == 0).sum()} zeros", line)

    def test_what_failed(self):
        with program.temporary_folder() as folder:
            run = program.run(program.CONFIGS / "digits.yaml", "train.epochs=1", folder=folder)
            self.assertNotIn("failure", program.assay("describe", run, folder="/").stdout)
            record = program.record(run)
            record["failures"] = ["logger jsonl: disk full", "two\nlines", *(f"failure {i}" for i in range(1010))]
            program.write_record(run, record)
            lines = program.assay("describe", run, folder="/").stdout.splitlines()
            print("\n".join(lines[:13]))
            self.assertEqual(lines[:3], ["run: finished after step 1 of 1", "failure: logger jsonl: disk full",
                                         "failure: two\\nlines"])
            self.assertEqual(lines[10:12], ["failure: failure 7", "and 1,002 more failures in run.json"])

    def test_at_the_end_of_a_run(self):
        with program.temporary_folder() as folder:
            process = program.assay("run", program.CONFIGS / "digits.yaml", "train.epochs=1",
                                    "--describe", folder=folder)
            self.assertIn("layer3: Linear 100 -> 10", process.stdout)

    def test_whatever_lies_in_place_of_a_checkpoint(self):
        """Each is answered with its path, at once and without memory for what a file claims to hold."""
        def header(text, data=b""):
            return lambda path: path.write_bytes(struct.pack("<Q", len(text)) + text.encode() + data)

        def sparse(path):
            text = '{"w": {"dtype": "F32", "shape": [1610612734], "data_offsets": [0, 6442450936]}}'
            header(text)(path)
            os.truncate(path, 8 + len(text) + 6442450936)

        kinds = {
            "a folder": (lambda path: path.mkdir(), "expected a file, found a folder"),
            "a pipe": (os.mkfifo, "expected a file, found a pipe"),
            "a device": (lambda path: path.symlink_to("/dev/zero"), "expected a file, found a device"),
            "a link to nowhere": (lambda path: path.symlink_to("nowhere"), "No such file or directory"),
            "6 GB of another model": (sparse, "it has no 'layer1.kernel' of shape 64x100"),
            "an empty file": (lambda path: path.write_bytes(b""), "it has less than 8 bytes"),
            "a long header": (lambda path: path.write_bytes(struct.pack("<Q", 2**60)), "its header is cut short"),
            "nested JSON": (header("[" * 5_000_000), "its header is not a JSON object"),
            "NaN": (header("NaN"), "its header is not JSON"),
            "two of a name": (header('{"w": {"dtype": "F32", "shape": [], "data_offsets": [0, 4]}, '
                                     '"w": {"dtype": "F32", "shape": [], "data_offsets": [0, 4]}}', bytes(4)),
                              "'w' occurs in its header twice"),
            "an unknown type": (header('{"w": {"dtype": "Q7", "shape": [], "data_offsets": [0, 4]}}', bytes(4)),
                                "'w' has the dtype Q7; expected F32, F64, I32, I64 or U8"),
        }
        def limit():
            resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))

        for kind, (make, expected) in kinds.items():
            with self.subTest(kind), program.temporary_folder() as folder:
                run = program.run(program.CONFIGS / "digits.yaml", "train.epochs=1", "loggers=[]", "hooks={}",
                                  folder=folder)
                path = run / "checkpoints" / "step_9.safetensors"
                make(path)
                process = program.assay("describe", "run", folder=folder, preexec_fn=limit)
                print(process.stderr[:300], end="")
                self.assertEqual((process.returncode, process.stdout), (program.RUN_FAILED, ""))
                self.assertIn(f"{pathlib.Path('run/checkpoints/step_9.safetensors')}: ", process.stderr)
                self.assertIn(expected, process.stderr)
                self.assertLess(len(process.stderr), 2000)

    def test_a_checkpoint_that_python_wrote(self):
        with program.temporary_folder() as folder:
            run = program.run(program.CONFIGS / "digits.yaml", "train.epochs=1", folder=folder)
            expected = program.assay("describe", run, folder="/").stdout
            (path,) = (run / "checkpoints").iterdir()
            save_file(load_file(path), path, metadata={"note": "ä\n😀"})
            process = program.assay("describe", run, folder="/")
            self.assertEqual((process.stdout, process.stderr), (expected, ""))

    def test_a_folder_that_is_no_run(self):
        with program.temporary_folder() as folder:
            process = program.assay("describe", folder, folder=folder)
            self.assertEqual(process.returncode, program.USAGE_ERROR)
            self.assertIn("no plan.yaml", process.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
