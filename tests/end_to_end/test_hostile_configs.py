"""Whatever is given as a config: one clear answer, with little memory, and no waiting. Times are printed;
only a hang fails."""

import os
import pathlib
import re
import resource
import shutil
import subprocess
import threading
import time
import unittest

import program

MEGABYTE = 1024 * 1024
MOST_MEMORY = 256 * MEGABYTE
HANG = 120  # seconds; a busy machine is no hang
VALID = """\
dataset: digits
model: mlp
loss: softmax_cross_entropy
optimizer: {type: sgd, learning_rate: 0.1}
train: {epochs: 1}
"""


class Answer:
    """An `assay run CONFIG` in a folder: how it ended, and the most memory that it held."""

    def __init__(self, folder, config, *arguments, stdin=subprocess.DEVNULL):
        def limit():  # so that a mistake does not take the machine down
            resource.setrlimit(resource.RLIMIT_AS, (4096 * MEGABYTE, 4096 * MEGABYTE))

        start = time.monotonic()
        process = subprocess.Popen(
            [*program.EMULATOR, str(program.ASSAY), "run", config, *arguments], cwd=folder, stdin=stdin,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            preexec_fn=None if program.EMULATOR else limit)
        watch = threading.Timer(HANG, process.kill)
        watch.start()
        self.text = process.stdout.read().decode("utf-8")
        _, status, usage = os.wait4(process.pid, 0)
        watch.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        self.code = process.returncode
        self.memory = usage.ru_maxrss * 1024
        self.seconds = time.monotonic() - start


class Hostile(unittest.TestCase):
    def setUp(self):
        self.temporary = program.temporary_folder()
        self.addCleanup(self.temporary.cleanup)
        self.folder = pathlib.Path(self.temporary.name)

    def answer(self, name, *arguments, **options):
        answer = Answer(self.folder, name, *arguments, **options)
        print(f"{name[:60]}: {answer.seconds:.2f} s, {answer.memory / MEGABYTE:.0f} MB, exit code {answer.code}\n"
              f"  {answer.text[:300]}")
        if not program.EMULATOR:
            self.assertLess(answer.memory, MOST_MEMORY)
        return answer

    def refused(self, name, *expected, **options):
        answer = self.answer(name, **options)
        self.assertEqual(answer.code, program.USAGE_ERROR)
        for piece in expected:
            self.assertIn(piece, answer.text)
        self.assertIn("error: ", answer.text)

    def refused_text(self, text, *expected):
        (self.folder / "bad.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
        self.refused("bad.yaml", *expected)

    def read_as(self, text):
        """The plan of a config that is fine."""
        shutil.rmtree(self.folder / "run", ignore_errors=True)
        (self.folder / "good.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
        answer = self.answer("good.yaml", "run_dir=run")
        self.assertEqual(answer.code, program.DONE)
        return (self.folder / "run" / "plan.yaml").read_text()


class Texts(Hostile):
    def test_alias_bomb(self):
        lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
        lines += [f"{c}: &{c} [{', '.join(['*' + chr(ord(c) - 1)] * 10)}]" for c in "bcdefghij"]
        self.refused_text("\n".join(lines), "more than 20,000 values, including those that aliases repeat")

    def test_alias_bomb_of_text(self):
        self.refused_text('a: &a "' + "x" * 100_000 + '"\nb: [' + "*a, " * 10_000 + "x]",
                          "aliases repeat more than")

    def test_nesting(self):
        for unit in ("[", "{a: ", "- ", "? ", "a:\n "):
            with self.subTest(unit):
                self.refused_text(unit * 100_000)
                self.refused_text(unit * (250_000 // len(unit)))

    def test_deep_indentation(self):
        self.refused_text("".join(" " * i + "a:\n" for i in range(650)), "nested deeper than 64 levels")

    def test_many_problems(self):
        self.refused_text("".join(f"k{i}: 1\n" for i in range(9_900)), "more problems")
        self.refused_text("".join(f"k: {i}\n" for i in range(9_900)), "more problems")

    def test_long_keys_and_values(self):
        self.refused_text("k" * 1000 + ": 1\n" + VALID, "unknown key")
        self.refused_text("k" * 250_000 + ": 1\n")
        self.refused_text("seed: " + "9" * 250_000)
        self.refused_text("name: '" + "a" * 250_000)
        self.refused_text("optimizer: " + "s" * 250_000)

    def test_references(self):
        self.refused_text("".join(f"k{i}: ${{k{i + 1}}}\n" for i in range(9000)), "too long a chain")
        self.refused_text("name: '" + "${b}" * 60_000 + "'\nb: " + "x" * 1000, "too much text")

    def test_bytes_that_are_no_text(self):
        self.refused_text(b"\0" * 1000, "U+0000")
        self.refused_text(VALID.encode() + b"name: a\0b", "6:8", "U+0000")
        self.refused_text(b"\xff" * 1000, "0xFF is not UTF-8")
        self.refused_text(VALID.encode() + b"name: caf\xe9", "6:10", "0xE9 is not UTF-8")
        self.refused_text(VALID.encode("utf-16"), "UTF-16")
        self.refused_text(os.urandom(100_000))
        self.refused_text(program.ASSAY.read_bytes())

    def test_what_other_tools_write(self):
        """A byte order mark, CRLF, tabs before comments and at the ends of lines."""
        plain = self.read_as("name: x\nrun_dir: run\n" + VALID)
        for text in (b"\xef\xbb\xbf" + ("name: x\n" + VALID).encode(), ("name: x\n" + VALID).replace("\n", "\r\n"),
                     ("name: x\n" + VALID).replace("\n", "\t# comment\n"), "---\nname: x\n" + VALID + "...\n"):
            with self.subTest(text[:20]):
                self.assertEqual(self.read_as(text), plain)

    def test_words_that_other_readers_take_for_something_else(self):
        """Text is text and a number is a number, whatever YAML 1.1 makes of them."""
        for word in ("no", "Norway", "on", "1:30", "017", "0x1F", "1e400", ".nan", "2026-01-01", "1_000", '"null"'):
            with self.subTest(word):
                bare = word.strip('"')
                self.assertRegex(self.read_as(f"name: {word}\n" + VALID), rf'(?m)^name: "?{re.escape(bare)}"?$')
        for word in ("no", "0o17", "017", "0x1F", "1:30", "1e400", ".nan", ".inf", "NaN", "1_000", "!!int 1", "'1'"):
            with self.subTest(word):
                self.refused_text(f"seed: {word}\n" + VALID, "bad.yaml:1:7: error: ")


class Files(Hostile):
    def test_a_gigabyte(self):
        with open(self.folder / "large.yaml", "wb") as file:
            file.write(b"name: x\n")
            file.truncate(1024 * MEGABYTE)  # sparse
        self.refused("large.yaml", "longer than 256 KiB")

    def test_no_regular_file(self):
        self.refused(".", "this is a folder")
        self.refused("/dev/null", "not a regular file")
        self.refused("/dev/zero", "not a regular file")
        os.mkfifo(self.folder / "pipe")
        self.refused("pipe", "not a regular file")
        self.refused("", "there is no such file")
        self.refused("no/such/file.yaml", "there is no such file")
        (self.folder / "loop.yaml").symlink_to("loop.yaml")
        self.refused("loop.yaml", "cannot be read")
        (self.folder / "dangling.yaml").symlink_to("nothing.yaml")
        self.refused("dangling.yaml", "there is no such file")
        self.refused("x" * 5000, "cannot be read")
        self.refused("a\nb\x1b[31m.yaml", "there is no such file")

    def test_files_of_the_system(self):
        """Regular by name: some say another size than they have, some cannot be read at all."""
        self.refused("/proc/self/mem")
        self.refused("/proc/self/maps")
        self.refused("/proc/self/cmdline")
        if pathlib.Path("/proc/kmsg").exists():
            self.refused("/proc/kmsg")

    def test_unreadable(self):
        path = self.folder / "unreadable.yaml"
        path.write_text(VALID)
        path.chmod(0)
        if os.access(path, os.R_OK):
            self.skipTest("root reads all")
        self.refused("unreadable.yaml", "cannot be read: Permission denied")

    def test_a_file_that_changes_all_the_time(self):
        path = self.folder / "changing.yaml"
        path.write_text("seed: x\n" * 2000)
        stop = threading.Event()

        def change():
            while not stop.is_set():
                with open(path, "r+b") as file:
                    file.truncate(5)
                    file.write(b"seed: x\n" * 30_000)

        writer = threading.Thread(target=change)
        writer.start()
        try:
            for _ in range(20):
                self.refused("changing.yaml")
        finally:
            stop.set()
            writer.join()


class Composed(Hostile):
    """The files that a config extends and takes may be as hostile as the config."""

    def files(self, **texts):
        for name, text in texts.items():
            (self.folder / f"{name}.yaml").write_text(text)

    def test_no_regular_file(self):
        os.mkfifo(self.folder / "pipe")
        with open(self.folder / "large.yaml", "wb") as file:
            file.truncate(1024 * MEGABYTE)
        for name in ("pipe", "/dev/zero", "/dev/stdin", "/proc/self/mem", ".", "large.yaml", "", "~", "x" * 5000):
            with self.subTest(name[:20]):
                self.refused_text(f"extends: '{name}'\n" + VALID)
                self.refused_text(VALID.replace("model: mlp", f"model: '@{name}'"))

    def test_long_chain(self):
        self.files(**{f"a{i}": f"extends: a{i + 1}.yaml\n" for i in range(3000)}, a3000=VALID + "sede: 1\n")
        self.refused("a0.yaml", "more than 16 files")

    def test_circles(self):
        self.files(a="extends: [b.yaml, c.yaml]\n", b="extends: c.yaml\n", c="extends: a.yaml\n", d="model: @d.yaml\n")
        self.refused("a.yaml", "in a cycle")
        self.refused("d.yaml", "in a cycle")

    def test_doubling(self):
        """Every file takes the next one twice: 2 to the 15th values."""
        self.files(**{f"a{i}": f"x: @a{i + 1}.yaml\ny: @a{i + 1}.yaml\n" for i in range(15)}, a15="z: 1\n")
        self.refused("a0.yaml", "more than 20,000 values")
        self.files(**{f"b{i}": f"extends: [b{i + 1}.yaml, c{i + 1}.yaml]\n" for i in range(15)},
                   **{f"c{i}": f"extends: [b{i + 1}.yaml, c{i + 1}.yaml]\n" for i in range(15)}, b15=VALID, c15="sede: 1\n")
        self.refused("b0.yaml", "sede: unknown key")

    def test_many_large_files(self):
        comment = "# " + "x" * 250_000 + "\n"
        self.files(**{f"a{i}": comment + "seed: x\n" for i in range(100)})
        self.refused_text("extends: [" + ", ".join(f"a{i}.yaml" for i in range(100)) + "]\n" + VALID)


class Arguments(Hostile):
    def test_hostile_arguments(self):
        (self.folder / "good.yaml").write_text(VALID)
        for argument in ("a." * 40_000 + "b=1", "model.hidden=" + "[" * 100_000, "name=" + "x" * 100_000,
                         "seed=1e400", "seed=.nan", b"name=\xff", b"\xff=1", "=" * 1000, "[" * 1000, "\n", ""):
            with self.subTest(argument[:20]):
                answer = self.answer("good.yaml", "run_dir=/dev/null/x", argument)
                self.assertEqual(answer.code, program.USAGE_ERROR)
                self.assertIn("error: ", answer.text)


if __name__ == "__main__":
    unittest.main(verbosity=2)
