"""Which plugins are there, and which of them a run opens."""

import pathlib
import re
import shutil
import subprocess
import unittest

import program

DIGITS = (program.CONFIGS / "digits.yaml")


class Plugins(unittest.TestCase):
    def test_a_missing_library(self):
        """The same program with one plugin fewer: a copy of the build in another place."""
        with program.temporary_folder() as folder:
            home = pathlib.Path(folder)
            (home / "runner" / "picture").mkdir(parents=True)
            shutil.copy(program.ASSAY, home / "runner")
            shutil.copy(program.BUILD / "runner" / "picture" / "libassay-picture.so",
                        home / "runner" / "picture")
            shutil.copytree(program.PLUGINS, home / "plugins",
                            ignore=lambda _, names: [n for n in names if not n.endswith(".so")])
            shutil.copytree(program.BUILD / "data", home / "data")
            command = [str(home / "runner" / "assay"), "run", str(DIGITS), "train.epochs=1", "run_dir=run"]
            self.assertEqual(subprocess.run(command, cwd=folder, capture_output=True).returncode, 0)
            shutil.rmtree(home / "run")
            (home / "plugins" / "assay_logger_tensorboard.so").unlink()
            process = subprocess.run(command, cwd=folder, capture_output=True, text=True)
            print(process.stderr)
            self.assertEqual(process.returncode, program.USAGE_ERROR)
            self.assertIn("no logger 'tensorboard'", process.stderr)
            self.assertIn("jsonl", process.stderr)
            self.assertIn(str(home / "plugins"), process.stderr)
            self.assertFalse((home / "run").exists())

    def test_list(self):
        process = program.assay("plugins", "list", folder="/")
        self.assertEqual(process.returncode, 0)
        print(process.stdout)
        rows = [re.split(r"\s{2,}", line) for line in process.stdout.splitlines()]
        listed = {(kind, name): (version, file, doc) for kind, name, version, file, doc in rows}
        self.assertIn(("renderer", "test_sheet"), listed)
        names = {line.index(name, len(kind)) for line, (kind, name, *_) in zip(process.stdout.splitlines(), rows)}
        self.assertEqual(len(names), 1, "the names are in one column")
        for version, file, doc in listed.values():
            self.assertRegex(version, r"^\d+\.\d+\.\d+$")
            self.assertTrue(pathlib.Path("/", file).exists(), file)
            self.assertGreater(len(doc), 10)

    def test_no_plugin_is_linked_into_the_program(self):
        symbols = subprocess.run(["nm", "-C", str(program.ASSAY)], capture_output=True, text=True,
                                 check=True).stdout
        needed = subprocess.run(["readelf", "-d", str(program.ASSAY)], capture_output=True, text=True,
                                check=True).stdout
        self.assertNotIn("assay_plugin_manifest", symbols)
        self.assertNotRegex(needed, r"NEEDED.*(cairo|png|protobuf|assay_)")
        for plugin in program.PLUGINS.glob("*.so"):
            exported = subprocess.run(["nm", "-D", "--defined-only", str(plugin)], capture_output=True,
                                      text=True, check=True).stdout.split()
            self.assertEqual(exported[2:], ["assay_plugin_manifest"], plugin.name)

    def test_only_the_plugins_of_the_plan_are_opened(self):
        with program.temporary_folder() as folder:
            run = program.run(DIGITS, "train.epochs=1", "loggers=[]", folder=folder)
            names = {p["name"] for p in program.record(run)["plugins"]}
            self.assertEqual(names, {"datasets", "mlp", "losses", "optimizers", "metrics", "hooks", "sheet"})


if __name__ == "__main__":
    unittest.main(verbosity=2)
