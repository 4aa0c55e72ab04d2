"""Runs Assay and the peers, each in a process of its own and a folder that goes away."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

BENCH = pathlib.Path(__file__).resolve().parent
ROOT = BENCH.parent
BUILD = pathlib.Path(os.environ.get("ASSAY_TEST_BUILD", ROOT / "build"))
ASSAY = BUILD / "runner" / "assay"
PYTHON = sys.executable  # of .venv-bench
DEBIAN_PYTHON = "/usr/bin/python3"  # has Debian's packages


class Absent(Exception):
    """A program that is not here; the message says what is missing."""


class Failed(Exception):
    """A program that failed; the message is what it said."""


def folder():
    return tempfile.TemporaryDirectory(prefix="assay-bench-")


def environment(python):
    """The caller's, without what is set there for old builds of OpenBLAS where Python has a current one: the
    variables would keep it from its best kernels."""
    names = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE") if python == PYTHON else ()
    return {name: value for name, value in os.environ.items() if name not in names}


def _run(command, where):
    process = subprocess.run(list(map(str, command)), cwd=where, capture_output=True, text=True,
                             env=environment(command[0]))
    last_words = process.stderr.strip().rpartition("\n")[2]
    if last_words.startswith("ModuleNotFoundError"):
        raise Absent(last_words.partition(": ")[2])
    if process.returncode != 0:
        raise Failed(f"{' '.join(map(str, command))}: status {process.returncode}\n"
                     f"{process.stdout}{process.stderr}")
    return process.stdout


def _answer(command):
    """The JSON object in the last line that a program prints."""
    with folder() as where:
        answer = json.loads(_run(command, where).splitlines()[-1])
    if "absent" in answer:
        raise Absent(answer["absent"])
    return answer


def peer(script, *arguments, python=PYTHON):
    return _answer([python, BENCH / "peers" / script, *arguments])


def built(program, *arguments):
    """A program of bench/meson.build."""
    path = BUILD / "bench" / program
    if not path.exists():
        raise Absent(f"{path.relative_to(ROOT)} is not built")
    return _answer([path, *arguments])


def assay(config, *overrides):
    """run.json of a run of bench/configs/CONFIG."""
    with folder() as where:
        _run([ASSAY, "run", BENCH / "configs" / config, "run_dir=run", *overrides], where)
        return json.loads(pathlib.Path(where, "run", "run.json").read_text())


def process(*command):
    """{"seconds": from its start to its exit, "megabytes": its peak memory}"""
    with folder() as where:
        launcher = [PYTHON, "-I", "-S", BENCH / "launch.py"]
        return json.loads(_run([*launcher, *command], where).splitlines()[-1])


def plugins(kind):
    return [line.split()[1] for line in _run([ASSAY, "plugins", "list", kind], ROOT).splitlines()]


def cores():
    return len(os.sched_getaffinity(0))
