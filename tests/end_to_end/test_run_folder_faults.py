"""Runs whose folder is moved, removed, full, read-only or on a failing disk."""

import errno
import json
import os
import pathlib
import re
import resource
import shlex
import shutil
import signal
import subprocess
import time
import unittest

from safetensors.numpy import load_file

import metrics
import program

DIGITS = program.CONFIGS / "digits.yaml"
PATIENCE = 120  # seconds; only against hanging
FAIL_CALL = program.BUILD / "tests" / "end_to_end" / "fail_call.so"


def wait_until(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError("waited too long")
        time.sleep(0.05)


def is_writing(run):
    metrics_file = run / "metrics.jsonl"
    return metrics_file.exists() and metrics_file.stat().st_size > 1000


class LongRun:
    """A run into FOLDER/run that lasts until it is ended."""

    def __init__(self, folder, *overrides):
        self.folder = pathlib.Path(folder) / "run"
        self.process = subprocess.Popen(
            [str(program.ASSAY), "run", str(DIGITS), "run_dir=run", "train.epochs=100000000", *overrides],
            cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        wait_until(lambda: is_writing(self.folder) or self.process.poll() is not None)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def end(self, number=signal.SIGINT):
        """Exit code, standard output and standard error, but for what is said of pictures that still waited."""
        self.process.send_signal(number)
        output, errors = self.process.communicate(timeout=PATIENCE)
        errors = re.sub(r"assay: warning: \d+ pictures? w\w+ not drawn: the run was asked to stop .*\n", "", errors)
        return self.process.returncode, output, errors


class Moved(unittest.TestCase):
    def test_each_run_writes_into_the_folder_that_it_made(self):
        with program.temporary_folder() as folder, LongRun(folder, "hooks.test_sheet.save=[png]") as long:
            moved = pathlib.Path(folder) / "moved"
            long.folder.rename(moved)
            other = program.run(DIGITS, "train.epochs=3", "hooks.test_sheet.save=[png]", folder=folder)
            code, output, errors = long.end()
            self.assertEqual((code, errors), (130, ""))
            steps = program.record(moved)["steps"]
            self.assertEqual(program.record(moved)["state"], "stopped")
            self.assertEqual([p.name for p in (moved / "checkpoints").iterdir()], [f"step_{steps}.safetensors"])
            self.assertIn("stopped after", (moved / "log.txt").read_text())
            self.assertRegex(output, r"run folder +moved\n +\(it was renamed; it was run\)\n")
            self.assertEqual((program.record(other)["state"], program.record(other)["steps"]), ("finished", 3))
            self.assertEqual([p.name for p in (other / "checkpoints").iterdir()], ["step_3.safetensors"])
            self.assertEqual([p.name for p in (other / "images").iterdir()], ["1_Step_1_Accuracy_Testsheet.png"])
            self.assertLessEqual({"1_Step_1_Accuracy_Testsheet.png"}, {p.name for p in (moved / "images").iterdir()})
            self.assertNotIn("stopped", (other / "log.txt").read_text())

    def test_a_folder_that_is_removed(self):
        with program.temporary_folder() as folder, LongRun(folder) as long:
            shutil.rmtree(long.folder)
            code, output, errors = long.end()
            print(output, errors)
            self.assertEqual(code, program.RUN_FAILED)
            self.assertRegex(errors, r"run/checkpoints: cannot be created: its folder was removed meanwhile")
            self.assertRegex(errors, r"run/run.json: cannot be created: its folder was removed meanwhile")
            self.assertRegex(output, r"run folder +run \(it was removed while the run wrote to it\)")
            self.assertFalse(long.folder.exists())

    def test_a_planted_link_is_not_followed(self):
        with program.temporary_folder() as folder, LongRun(folder) as long:
            victim = pathlib.Path(folder) / "victim"
            victim.write_text("mine")
            for name in ("run.json.part", "plan.yaml.part", "checkpoints"):
                (long.folder / name).symlink_to(victim)
            (long.folder / "run.json").unlink()
            (long.folder / "run.json").symlink_to(victim)
            code, _, errors = long.end()
            self.assertEqual(code, program.RUN_FAILED)
            self.assertIn("run/checkpoints: cannot be opened as a folder: Not a directory", errors)
            self.assertEqual(victim.read_text(), "mine")
            self.assertFalse((long.folder / "run.json").is_symlink())
            record = program.record(long.folder)
            self.assertEqual(record["state"], "failed")
            self.assertIn("the weights are lost", record["reason"])


class Killed(unittest.TestCase):
    def describe(self, run):
        process = program.assay("describe", run, folder="/")
        self.assertEqual((process.returncode, process.stderr), (program.DONE, ""))
        self.assertIn("\nweights: none were saved; shown as initialized with seed 0\n", process.stdout)
        return process.stdout

    def test_a_run_that_lives_and_one_that_was_killed(self):
        with program.temporary_folder() as folder, LongRun(folder) as long:
            # The step may be in the record before the values of its hooks, which pass through the queue of the log.
            wait_until(lambda: program.record(long.folder)["steps"] > 0 and
                       set(program.record(long.folder)["final"]) == {"Loss", "Accuracy"})
            self.assertEqual(program.record(long.folder)["state"], "running")
            self.assertRegex(self.describe(long.folder), r"^run: running, after step [\d,]+ of 100,000,000 when its record was last written, at ")
            long.end(signal.SIGKILL)
            steps = program.record(long.folder)["steps"]
            self.assertRegex(self.describe(long.folder),
                             f"^run: ended without a word, after step {steps:,} of 100,000,000 when its record was "
                             "last written, at .*; the process was killed, or its machine went down\n")

    def test_a_run_that_ended(self):
        process = program.assay("describe", program.tutorial_run(), folder="/")
        self.assertTrue(process.stdout.startswith("run: finished after step 3,000 of 3,000\nweights: "), process.stdout)

    def test_a_record_that_is_none(self):
        with program.temporary_folder() as folder:
            run = program.run(DIGITS, "train.epochs=1", "loggers=[]", folder=folder)
            (run / "run.json").write_text("{")
            process = program.assay("describe", run, folder="/")
            self.assertEqual(process.returncode, program.DONE)
            self.assertRegex(process.stdout, r"^run: its state is unknown: \S+/run/run.json: this is not a record of a run: ")


@unittest.skipUnless(program.ISOLATED, "this user may not mount file systems, not even in a namespace of its own")
class SmallDisk(unittest.TestCase):
    def run_on(self, size, *overrides):
        """Runs on a tmpfs; gives the process and a copy of its run folder."""
        folder = self.enterContext(program.temporary_folder())
        home = pathlib.Path(folder)
        (home / "disk").mkdir()
        command = shlex.join([str(program.ASSAY), "run", str(DIGITS), "run_dir=disk/run", *overrides])
        script = (f"mount -t tmpfs -o {size} none disk || exit 99\n{command}\ncode=$?\n"
                  "if [ -e disk/run ]; then cp -r disk/run run; fi\nexit $code\n")
        process = subprocess.run([*program.ISOLATED, "sh", "-c", script], cwd=home, capture_output=True, text=True,
                                 timeout=600)
        print(size, process.returncode, process.stderr)
        self.assertNotEqual(process.returncode, 99, process.stderr)
        return process, home / "run"

    def test_no_room_for_weights(self):
        """Without room for weights the run has failed, and its record says so."""
        for size in ("size=64k", "nr_inodes=7", "nr_inodes=8", "size=300k"):
            with self.subTest(size):
                process, run = self.run_on(size, "train.epochs=1500", "hooks.test_sheet.every=100")
                self.assertEqual(process.returncode, program.RUN_FAILED, process.stderr)
                self.assertIn("No space left on device", process.stderr)
                record = program.record(run)
                self.assertEqual(record["state"], "failed")
                self.assertIn("the weights are lost: ", record["reason"])
                self.assertEqual(record["steps"], 1500)
                self.assertTrue(record["failures"])

    def test_no_room_for_logs(self):
        process, run = self.run_on("size=1m", "train.epochs=3000", "hooks.test_sheet.every=1000",
                                   "hooks.accuracy.every=1")
        record = program.record(run)
        self.assertIn(record["state"], ("finished", "failed"))
        self.assertEqual(process.returncode, {"finished": 3, "failed": 1}[record["state"]])
        self.assertEqual(record["steps"], 3000)

    def test_no_room_to_begin(self):
        for size in ("size=4k", "size=8k", "size=20k", "nr_inodes=2", "nr_inodes=4"):
            with self.subTest(size):
                process, run = self.run_on(size, "train.epochs=1")
                self.assertEqual(process.returncode, program.RUN_FAILED)
                self.assertIn("No space left on device", process.stderr)
                self.assertFalse(run.exists())


def whole(run):
    """Returns what a run folder holds, without times; what differs from run to run is left out."""
    record = program.record(run)
    kept = {key: record[key] for key in ("state", "steps", "final", "failures", "weights_digest", "plan_digest")}
    lines = [re.sub(r"^[\d-]+ [\d:]+ ", "", line) for line in (run / "log.txt").read_text().splitlines()]
    (events,) = run.glob("events.out.tfevents.*")
    return {
        "record": kept,
        "log": [line for line in lines if not re.match(r"(\w+) after 1 step|assay .* started in ", line)],
        "values": [{k: v for k, v in record.items() if k != "wall_time"} for record in metrics.read(run)],
        "events": events.stat().st_size,
        "files": {str(p.relative_to(run)): p.read_bytes() for p in run.rglob("*")
                  if p.suffix in (".yaml", ".png")},
        # How long log files are depends on the times in them.
        "state": {str(p.relative_to(run)): {name: tensor.tobytes() for name, tensor in load_file(p).items()
                                            if "logs/" not in name}
                  for p in run.rglob("*.safetensors")},
    }


class FailingCalls(unittest.TestCase):
    """Each system call of a short run on its folder fails in turn. The run neither crashes nor hangs, never
    exits with 0 when something is lost, and says what."""

    ARGUMENTS = [DIGITS, "run_dir=run", "train.epochs=1", "hooks.test_sheet.save=[png]", "threads=1"]
    CALLS = {
        "write": (errno.ENOSPC, errno.EIO),
        "fsync": (errno.EIO,),
        "close": (errno.EDQUOT,),
        "rename": (errno.ENOSPC,),
        "open": (errno.EDQUOT,),
        "mkdir": (errno.ENOSPC,),
        "truncate": (errno.EIO,),
        "allocate": (errno.EOPNOTSUPP,),
        "lock": (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS),
    }

    def run_with(self, folder, call, at, error):
        told = pathlib.Path(folder) / "told"
        process = program.assay(
            "run", *self.ARGUMENTS, folder=folder, start_new_session=True,
            env={**os.environ, "LD_PRELOAD": str(FAIL_CALL), "FAIL_FOLDER": str(pathlib.Path(folder) / "run"),
                 "FAIL_CALL": call, "FAIL_AT": str(at), "FAIL_ERROR": str(error), "FAIL_TOLD": str(told)})
        return process, told.read_text() if told.exists() else None

    def judge(self, process, run, call, path, error, expected):
        self.assertIn(process.returncode, (program.DONE, program.RUN_FAILED, program.PARTLY_FAILED))
        if process.returncode == program.DONE:
            if call == "lock":
                self.assertIn("this file system has no locks", process.stderr)
                self.assertIs(program.record(run)["locked"], False)
                return
            self.assertEqual(process.stderr, "")
            found = whole(run)
            for part, value in expected.items():
                self.assertEqual(found[part], value)
            return
        self.assertRegex(process.stderr, rf"assay: error: .*{re.escape(os.strerror(error))}")
        self.assertIn(pathlib.Path(path).name.split(".")[0], process.stderr)
        if not run.exists():
            self.assertEqual(process.returncode, program.RUN_FAILED)
            return
        record = program.record(run)
        self.assertEqual(record["state"], "failed" if process.returncode == program.RUN_FAILED else "finished")
        self.assertTrue(record["failures"])
        self.assertEqual(list(run.glob("*.part")), [])

    def test_in_turn(self):
        if program.EMULATOR:
            self.skipTest("nothing can be preloaded into an emulated program")
        with program.temporary_folder() as folder:
            program.assay("run", *self.ARGUMENTS, folder=folder)
            expected = whole(pathlib.Path(folder) / "run")
        for call, errors in self.CALLS.items():
            failed = 0
            for error in errors:
                at = 1
                while True:
                    with program.temporary_folder() as folder:
                        process, path = self.run_with(folder, call, at, error)
                        if path is None:
                            break
                        with self.subTest(call=call, at=at, path=path, error=os.strerror(error)):
                            self.judge(process, pathlib.Path(folder) / "run", call, path, error, expected)
                    at += 1
                    failed += 1
            print(call, failed)
            if call != "truncate":  # which only follows a write that failed
                self.assertGreater(failed, 0, call)


    def test_a_lock_that_somebody_else_holds_for_a_moment(self):
        """Whoever asks how a run stands takes its lock for that."""
        if program.EMULATOR:
            self.skipTest("nothing can be preloaded into an emulated program")
        with program.temporary_folder() as folder:
            process, path = self.run_with(folder, "lock", 1, errno.EWOULDBLOCK)
            self.assertIsNotNone(path)
            self.assertEqual((process.returncode, process.stderr), (program.DONE, ""))
            self.assertNotIn("locked", program.record(pathlib.Path(folder) / "run"))


class Limits(unittest.TestCase):
    def test_any_number_of_open_files(self):
        """From one that the program cannot even start with to one that is enough."""
        with program.temporary_folder() as folder:
            expected = whole(program.run(DIGITS, "train.epochs=1", folder=folder))
        enough = False
        for number in range(4, 64):
            def limit():
                resource.setrlimit(resource.RLIMIT_NOFILE, (number, number))
            with self.subTest(number), program.temporary_folder() as folder:
                process = program.assay("run", DIGITS, "run_dir=run", "train.epochs=1", folder=folder,
                                        preexec_fn=limit)
                run = pathlib.Path(folder) / "run"
                self.assertGreaterEqual(process.returncode, 0, process.stderr)
                if process.returncode == program.DONE:
                    self.assertEqual(whole(run), {**expected, "files": whole(run)["files"]})
                    enough = True
                    break
                self.assertNotEqual(process.stderr, "")
                if process.returncode == program.PARTLY_FAILED:
                    self.assertEqual(program.record(run)["state"], "finished")
        self.assertTrue(enough)

    def test_any_size_of_files(self):
        for size in (0, 1, 500, 1500, 2500, 4000, 8000, 20_000, 60_000, 100_000):
            def limit():
                resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
            with self.subTest(size), program.temporary_folder() as folder:
                process = program.assay("run", DIGITS, "run_dir=run", "train.epochs=200",
                                        "hooks.test_sheet.every=10", folder=folder, preexec_fn=limit)
                run = pathlib.Path(folder) / "run"
                self.assertIn(process.returncode, (program.RUN_FAILED, program.PARTLY_FAILED), process.stderr)
                self.assertIn("File too large", process.stderr)
                if run.exists():
                    record = program.record(run)
                    self.assertEqual(record["state"],
                                     "failed" if process.returncode == program.RUN_FAILED else "finished")
                    self.assertEqual(record["steps"], 200)


class Places(unittest.TestCase):
    def test_a_working_folder_that_was_removed(self):
        with program.temporary_folder() as folder:
            script = 'mkdir gone && cd gone && rmdir ../gone && exec "$0" "$@"'
            plugin = program.PLUGINS / "assay_schedules.so"
            for command in (["run", DIGITS, f"run_dir={folder}/run"], ["run", DIGITS, "run_dir=run"], ["run", "a.yaml"],
                            ["check", DIGITS], ["check", DIGITS, DIGITS], ["show", DIGITS], ["show", "--diff", DIGITS, "a"],
                            ["describe", DIGITS], ["describe", "run", "again"], ["view"], ["plugins", "list"],
                            ["plugins", "describe", "sgd"], ["plugins", "check", plugin], ["plugins", "schema"],
                            ["plugins", "new", "loss", "mine"]):
                with self.subTest(command):
                    process = subprocess.run(["sh", "-c", script, str(program.ASSAY), *map(str, command)], cwd=folder,
                                             capture_output=True, text=True, timeout=PATIENCE)
                    self.assertEqual(process.returncode, program.RUN_FAILED)
                    self.assertEqual(process.stderr, "assay: error: the working folder cannot be found (No such file "
                                     "or directory); change to one that exists\n")
                    self.assertEqual(os.listdir(folder), [])

    def test_a_name_that_is_not_utf8(self):
        with program.temporary_folder() as folder:
            home = os.fsencode(folder) + b"/d\xff"
            try:
                os.mkdir(home)
            except OSError as error:
                self.skipTest(f"this file system has no such names: {error}")
            process = subprocess.run([str(program.ASSAY), "run", str(DIGITS), "train.epochs=1", "run_dir=run"], cwd=home,
                                     capture_output=True, timeout=PATIENCE)
            self.assertEqual(process.returncode, program.DONE, process.stderr)
            with open(home + b"/run/run.json", encoding="utf-8") as file:
                self.assertEqual(json.load(file)["state"], "finished")
            process = subprocess.run([str(program.ASSAY), "describe", home + b"/run"], capture_output=True,
                                     timeout=PATIENCE)
            self.assertEqual(process.returncode, program.DONE, process.stderr)
            self.assertIn(b"run: finished after step 1 of 1\n", process.stdout)

    def test_a_folder_that_cannot_be_written_to_any_more(self):
        """As another user than root, who may write anywhere."""
        with program.temporary_folder() as folder:
            os.chmod(folder, 0o777)

            def be_nobody():
                if os.geteuid() == 0:
                    os.setgroups([])
                    os.setgid(65534)
                    os.setuid(65534)

            process = subprocess.Popen(
                [str(program.ASSAY), "run", str(DIGITS), "run_dir=run", "train.epochs=100000000"], cwd=folder,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=be_nobody)
            run = pathlib.Path(folder) / "run"
            wait_until(lambda: is_writing(run) or process.poll() is not None)
            if process.poll() is not None:
                self.skipTest("another user may not read this build: " + process.communicate()[1])
            run.chmod(0o500)
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=PATIENCE)
            self.assertEqual(process.returncode, program.RUN_FAILED)
            self.assertIn("run/checkpoints: cannot be created: Permission denied", errors)
            record = program.record(run)
            self.assertEqual(record["state"], "failed")
            self.assertIn("the weights are lost", record["reason"])
            run.chmod(0o700)


if __name__ == "__main__":
    unittest.main(verbosity=2)
