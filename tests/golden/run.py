#!/usr/bin/env python3
"""The answers of the program to wrong configs and command lines, word for word.

A case is FOLDER/NAME.yaml, run as `assay run NAME.yaml` or as its first line says (`#$ assay ...`), and
FOLDER/NAME.txt, what is to be seen: the output and the exit code.

    run.py [CASE ...]            compares all cases, or those whose path holds one of the words
    run.py --accept [CASE ...]   rewrites what is expected
"""

import difflib
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
BUILD = pathlib.Path(os.environ.get("ASSAY_TEST_BUILD", HERE.parent.parent / "build"))
COMMAND = "#$ assay "
# Only these, so that a new plugin is not in the lists of every case; packs come from meson.build.
PLUGINS = ("logger_tensorboard", "model_mlp", "renderer_sheet")


def install(home):
    """The program as it is built, with PLUGINS and the packs; the path of the program."""
    (home / "runner").mkdir(parents=True)
    (home / "plugins").mkdir()
    shutil.copy(BUILD / "runner" / "assay", home / "runner")
    shutil.copytree(BUILD / "data", home / "data")
    for plugin in PLUGINS:
        shutil.copy(BUILD / "plugins" / f"assay_{plugin}.so", home / "plugins")
    for pack in (BUILD / "tests" / "golden").glob("*.so"):
        shutil.copy(pack, home / "plugins")
    return home / "runner" / "assay"


def arguments(case):
    with open(case, encoding="utf-8-sig", errors="replace") as file:
        first = file.readline()
    return shlex.split(first[len(COMMAND):]) if first.startswith(COMMAND) else ["run", case.name]


def transcript(case, assay, root):
    """Returns what is seen, with $ROOT for the folder that all happens in."""
    emulator = os.environ.get("ASSAY_TEST_EMULATOR", "").split()
    environment = {"HOME": "/home/ada", "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    process = subprocess.run([*emulator, str(assay), *arguments(case)], cwd=root / "cases" / case.parent.name,
                             env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, timeout=300)
    seen = process.stdout.decode("utf-8").replace(str(root), "$ROOT")
    return f"{seen}exit code {process.returncode}\n"


def main(words):
    accept = "--accept" in words
    words = [word for word in words if word != "--accept"]
    cases = [case for case in sorted(HERE.glob("*/*.yaml"))
             if not words or any(word in str(case.relative_to(HERE)) for word in words)]
    different = []
    with tempfile.TemporaryDirectory(prefix="assay-golden-") as folder:
        root = pathlib.Path(folder).resolve()
        shutil.copytree(HERE, root / "cases")
        assay = install(root / "build")
        for case in cases:
            expected = case.with_suffix(".txt")
            before = expected.read_text(encoding="utf-8") if expected.exists() else ""
            now = transcript(case, assay, root)
            if now == before:
                continue
            different.append(str(case.relative_to(HERE).with_suffix("")))
            if accept:
                expected.write_text(now, encoding="utf-8")
            name = f"tests/golden/{different[-1]}.txt"
            sys.stdout.writelines(line if line.endswith("\n") else line + "\n" for line in difflib.unified_diff(
                before.splitlines(True), now.splitlines(True), name, "what is seen"))
    print(f"{len(cases)} cases, {len(different)} {'accepted' if accept else 'different'}")
    if different and not accept:
        print(f"If that is right: ./dev accept {' '.join(different) if len(different) < 9 else ''}".rstrip())
    return 0 if cases and (accept or not different) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
