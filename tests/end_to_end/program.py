"""The installed or built program, for tests that run it as a person would."""

import fcntl
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

SOURCE = pathlib.Path(os.environ["ASSAY_TEST_SOURCE"])
BUILD = pathlib.Path(os.environ["ASSAY_TEST_BUILD"])
ASSAY = BUILD / "runner" / "assay"
PLUGINS = BUILD / "plugins"
CONFIGS = SOURCE / "configs"
REFERENCE = SOURCE / "tests" / "reference"
EMULATOR = os.environ.get("ASSAY_TEST_EMULATOR", "").split()  # of a program for another CPU

# nohup has children ignore this signal, and they stay deaf to it, as users want. Tests send it.
signal.signal(signal.SIGHUP, signal.SIG_DFL)

DONE, RUN_FAILED, USAGE_ERROR, PARTLY_FAILED = 0, 1, 2, 3


def assay(*arguments, folder, emulator=EMULATOR, **options):
    """Runs it in a folder; returns the finished process with its output as text."""
    return subprocess.run(
        [*emulator, str(ASSAY), *map(str, arguments)], cwd=folder, capture_output=True, text=True,
        timeout=600, **options)


def run(config, *overrides, folder, expect=DONE, **options):
    """Runs a config into folder/run; returns that folder."""
    process = assay("run", config, *overrides, "run_dir=run", folder=folder, **options)
    assert process.returncode == expect, (process.returncode, process.stdout, process.stderr)
    return pathlib.Path(folder) / "run"


def weights(checkpoint):
    """The weights in a checkpoint by their names, without the rest of what the run remembers."""
    from safetensors.numpy import load_file
    others = ("step", "hooks_step", "seed", "stop_reason")
    return {name: values for name, values in load_file(checkpoint).items() if "/" not in name and name not in others}


def record(run_folder):
    """run.json"""
    with open(pathlib.Path(run_folder) / "run.json", encoding="utf-8") as file:
        return json.load(file)


def write_record(run_folder, record):
    """Replaces run.json, without a checksum: it is changed on purpose."""
    text = json.dumps({key: value for key, value in record.items() if key != "checksum"})
    (pathlib.Path(run_folder) / "run.json").write_text(text, encoding="utf-8")


def _fingerprint():
    """Changes when the program, a plugin or the config does."""
    files = [ASSAY, CONFIGS / "digits.yaml", *sorted(PLUGINS.glob("*.so")),
             *sorted((BUILD / "runner" / "picture").glob("*.so"))]
    return [[file.name, file.stat().st_mtime_ns, file.stat().st_size] for file in files]


def tutorial_run():
    """The run folder of the finished configs/digits.yaml, made once for all tests: the run's name is
    the date and the time, in runs/test/ as the config says."""
    home = BUILD / "tests" / "tutorial"
    home.mkdir(parents=True, exist_ok=True)
    with open(home / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made_of = home / "made_of.json"
        if not made_of.exists() or json.loads(made_of.read_text()) != _fingerprint():
            made_of.unlink(missing_ok=True)
            shutil.rmtree(home / "runs", ignore_errors=True)
            process = assay("run", CONFIGS / "digits.yaml", folder=home)
            assert process.returncode == DONE, process.stdout + process.stderr
            (home / "output.txt").write_text(process.stdout)
            made_of.write_text(json.dumps(_fingerprint()))
    (folder,) = (home / "runs" / "test").iterdir()
    return folder


def elsewhere(folder):
    """A copy of the program in FOLDER/build, with no source folder around it."""
    home = pathlib.Path(folder) / "build"
    (home / "runner").mkdir(parents=True)
    shutil.copy(ASSAY, home / "runner")
    return home


def temporary_folder():
    return tempfile.TemporaryDirectory(prefix="assay-test-")


def isolated():
    """The command before one that may mount file systems; None where that is not allowed."""
    for command in (["unshare", "--mount"], ["unshare", "--mount", "--map-root-user"]):
        try:
            if subprocess.run([*command, "sh", "-c", "mount -t tmpfs none /mnt"], capture_output=True).returncode == 0:
                return command
        except FileNotFoundError:
            return None
    return None


ISOLATED = isolated()
