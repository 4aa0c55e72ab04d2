"""Assay as installed, for tests that build plugins as an outsider does: from outside the source, with what was
installed and nothing else."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import program


class Installed:
    """An installation in a temporary folder."""

    def __init__(self):
        if program.EMULATOR:
            raise unittest.SkipTest("what is installed here is for another CPU")
        self._folder = tempfile.TemporaryDirectory(prefix="assay-installed-")
        subprocess.run(["meson", "install", "-C", program.BUILD, "--no-rebuild", "--quiet",
                        "--destdir", self._folder.name], check=True, stdout=subprocess.DEVNULL)
        # Moved, so that no place it was built for is where it is.
        (staged,) = pathlib.Path(self._folder.name).glob("**/bin/assay")
        self.prefix = pathlib.Path(self._folder.name) / "moved"
        shutil.move(staged.parent.parent, self.prefix)
        (pc,) = self.prefix.glob("lib/**/pkgconfig/assay.pc")
        self.environment = {**os.environ, "PKG_CONFIG_PATH": str(pc.parent),
                            "PATH": f"{self.prefix / 'bin'}:{os.environ['PATH']}"}
        for name in ("CXX", "CXXFLAGS", "LDFLAGS", "ASSAY_PLUGIN_PATH"):
            self.environment.pop(name, None)

    def remove(self):
        self._folder.cleanup()

    def shell(self, command, folder, expect=0, **environment):
        """Runs a command with the installed program and pkg-config file at hand; returns what it printed."""
        process = subprocess.run(["bash", "-euo", "pipefail", "-c", command], cwd=folder, text=True, timeout=600,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                 env={**self.environment, **environment})
        print(f"$ {command}\n{process.stdout}")
        assert process.returncode == expect, (command, process.returncode, process.stdout)
        return process.stdout


class OutsiderCase(unittest.TestCase):
    """A test that works in a temporary folder, outside the source."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="assay-outsider-")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)


def blocks(path):
    """(text in front, language, code) of every code block of a Markdown file."""
    parts = pathlib.Path(path).read_text().split("\n```")
    for before, block in zip(parts[::2], parts[1::2]):
        language, _, code = block.partition("\n")
        yield before.strip(), language, code + "\n"


def blocks_of(path, language):
    return [code for _, of, code in blocks(path) if of == language]
