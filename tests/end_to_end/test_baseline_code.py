"""Code for one instruction set does not leak into code for a lesser CPU.

Sources that are compiled with -mavx... may use AVX; everything else in the program and its plugins must
run on any x86-64 with SSE4.2. A function that such a source shares with others (an inline function, a
template) would be merged by the linker, which may keep the copy with AVX: so these sources define
no function that the linker sees.
"""

import json
import os
import re
import subprocess
import unittest

import program


def objects():
    """{object file: whether its command allows AVX}, of the program and its plugins."""
    commands = json.loads((program.BUILD / "compile_commands.json").read_text())
    return {program.BUILD / entry["output"]: "-mavx" in entry["command"] for entry in commands
            if entry["output"].startswith(("runner/", "plugins/"))}


def linked():
    return [program.ASSAY, *sorted((program.BUILD / "runner" / "picture").glob("*.so")),
            *sorted(program.PLUGINS.glob("*.so"))]


PREFIXES = {"26", "2e", "36", "3e", "64", "65", "67"}


def newer_than_sse(code, instruction):
    """In 64-bit mode C4, C5 and 62 begin a VEX or EVEX instruction and nothing else."""
    first = next((byte for byte in code.split() if byte not in PREFIXES), "")
    return first in ("c4", "c5", "62") or instruction.startswith(("lzcnt", "movbe"))


def functions_with_avx(*files):
    """{(file, function): its first instruction with AVX}, and the number of instructions seen."""
    process = subprocess.run(["objdump", "--disassemble", "--wide", "--demangle", *map(str, files)],
                             check=True, capture_output=True, text=True,
                             env={**os.environ, "LC_ALL": "C"})
    found, file, function, count = {}, "", "", 0
    for line in process.stdout.splitlines():
        if line.startswith(" "):
            _, code, *text = line.split("\t")
            count += 1
            if text and newer_than_sse(code, text[0]):
                found.setdefault((file, function), text[0].strip())
        elif match := re.fullmatch(r"[0-9a-f]+ <(.*)>:", line):
            function = match[1]
        elif ":     file format" in line:
            file = line.split(":")[0]
    return found, count


def shared_functions(file):
    """Functions of an object file that the linker may take for those of another."""
    process = subprocess.run(["nm", "--demangle", "--defined-only", str(file)], check=True,
                             capture_output=True, text=True)
    symbols = [line.split(maxsplit=2)[1:] for line in process.stdout.splitlines()]
    return [name for kind, name in symbols if kind in "TWVui"]


class BaselineCode(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        all_objects = objects()
        cls.baseline = [file for file, avx in all_objects.items() if not avx]
        cls.with_avx = [file for file, avx in all_objects.items() if avx]

    def test_objects(self):
        found, count = functions_with_avx(*self.baseline)
        print(f"{len(self.baseline)} objects for the baseline: {count} instructions, {len(found)} functions "
              "with AVX")
        self.assertGreater(len(self.baseline), 80)
        self.assertGreater(count, 100_000)
        self.assertEqual(found, {})

    def test_sources_with_avx_share_no_functions(self):
        self.assertGreaterEqual(len(self.with_avx), 4)
        for file in self.with_avx:
            with self.subTest(file):
                self.assertEqual(shared_functions(file), [])

    def test_linked_files(self):
        allowed = {function for _, function in functions_with_avx(*self.with_avx)[0]}
        self.assertGreater(len(allowed), 20)
        for file in linked():
            found, count = functions_with_avx(file)
            self.assertGreater(count, 100)
            with self.subTest(file.name):
                functions = {function: text for (_, function), text in found.items()
                             if function not in allowed}
                self.assertEqual(functions, {})
        self.assertGreater(len(linked()), 10)


if __name__ == "__main__":
    unittest.main(verbosity=2)
