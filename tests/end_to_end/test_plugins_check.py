"""The arguments of `assay plugins check`: files, settings and limits. What it says of broken plugins is in
test_zoo.py."""

import json
import pathlib
import shutil
import unittest

import program
from zoo import ZOO


@unittest.skipIf(program.EMULATOR, "the processes that a check starts would have no emulator")
class PluginsCheck(unittest.TestCase):
    def test_several_files_and_settings(self):
        with program.temporary_folder() as folder:
            good, bad = pathlib.Path(folder) / "good.so", pathlib.Path(folder) / "empty.so"
            shutil.copy(ZOO / "good.so", good)
            bad.touch()
            process = program.assay("plugins", "check", bad, good, folder=folder)
            self.assertEqual(process.returncode, program.RUN_FAILED)
            self.assertIn("empty.so: 0 passed, 1 failed", process.stdout)
            self.assertRegex(process.stdout, r"good.so: \d+ passed, 0 failed")
            process = program.assay("plugins", "check", folder=folder)
            self.assertEqual(process.returncode, program.USAGE_ERROR)

    def test_settings_that_are_wrong(self):
        """They are the user's mistake, and told as those of `assay run` are."""
        sgd = program.PLUGINS / "assay_optimizers.so"
        for setting, said in {
                "momentum=7": "momentum: expected a number from 0 to 1, found '7'\n"
                              "      | momentum=7\n      |          ^\n",
                "momentun=7": "momentun: no component of assay_optimizers.so has this option\n"
                              "      | momentun=7\n      | ^~~~~~~~ did you mean 'momentum'?",
                "learning_rate={type: constant, value: x}": "learning_rate.value: expected a number, found 'x'\n",
                "momentum": "expected key=value",
                "momentum=[": ""}.items():
            with self.subTest(setting), program.temporary_folder() as folder:
                process = program.assay("plugins", "check", sgd, "--set", setting, folder=folder)
                print(process.stderr)
                self.assertEqual(process.returncode, program.USAGE_ERROR)
                self.assertTrue(process.stderr.startswith(f"--set: error: {said}"), process.stderr)
                self.assertEqual(process.stdout, "")
                process = program.assay("--format", "json", "plugins", "check", sgd, "--set", setting, folder=folder)
                problem = json.loads(process.stderr.splitlines()[0])
                self.assertEqual((problem["source"], problem["severity"]), ("--set", "error"))

    def test_settings_for_one_component(self):
        """denormals.so has an optimizer and a logger of that name; only the optimizer has options."""
        wrong = {
            "optimizer.denormals.learning_rate=x": "learning_rate: expected a number or a schedule, found 'x'\n"
                "      | optimizer.denormals.learning_rate=x\n"
                "      |                                   ^",
            "learning_rate=x": "learning_rate: expected a number or a schedule, found 'x'\n",
            "optimizer.denormals.learning_rat=1": "learning_rat: the optimizer denormals has no such option\n"
                "      | optimizer.denormals.learning_rat=1\n"
                "      |                     ^~~~~~~~~~~~ did you mean 'learning_rate'?",
            "denormals.learning_rate=1": "denormals: several components of denormals.so have this name\n"
                "      | denormals.learning_rate=1\n"
                "      | ^~~~~~~~~ name one: optimizer.denormals.learning_rate=1\n",
            "logger.denormals.learning_rate=1": "learning_rate: the logger denormals has no such option\n",
            "optimizer.denormal.learning_rate=1": "denormal: denormals.so has no optimizer of this name\n"
                "      | optimizer.denormal.learning_rate=1\n"
                "      |           ^~~~~~~~ did you mean 'denormals'?",
            "metric.confusion.truth=1": "confusion: denormals.so has no metric of this name\n",
            "truth=1": "truth: no component of denormals.so has this option\n"}
        for setting, said in wrong.items():
            with self.subTest(setting), program.temporary_folder() as folder:
                process = program.assay("plugins", "check", ZOO / "denormals.so", "--set", setting, folder=folder)
                print(process.stderr)
                self.assertEqual(process.returncode, program.USAGE_ERROR)
                self.assertTrue(process.stderr.startswith(f"--set: error: {said}"), process.stderr)
        with program.temporary_folder() as folder:
            for setting in ("optimizer.sgd.momentum=0.5", "sgd.momentum=0.5", "momentum=0.5",
                            "sgd.learning_rate={type: constant, value: 0.5}"):
                process = program.assay("plugins", "check", program.PLUGINS / "assay_optimizers.so", "--set",
                                        setting, folder=folder)
                self.assertEqual(process.returncode, program.DONE, process.stdout + process.stderr)

    def test_limits_that_are_wrong(self):
        for option, values, expected in [
                ("--timeout", ["0", "-1", "1e300", "nan", "inf", "soon", ""], "seconds: more than 0, 86400 (a day) at most"),
                ("--memory", ["0", "63", "-64", "1e99", "much", ""], "MiB: 64 to 16777216")]:
            for value in values:
                with self.subTest(option=option, value=value):
                    process = program.assay("plugins", "check", option, value, "x.so", folder="/")
                    self.assertEqual(process.returncode, program.USAGE_ERROR)
                    self.assertEqual(process.stderr, f"assay: error: plugins check: {option}: expected {expected}, "
                                     f"found '{value}'  (`assay plugins check --help` shows all)\n")

    def test_built_in_plugins_pass(self):
        with program.temporary_folder() as folder:
            for plugin in sorted(program.PLUGINS.glob("*.so")):
                with self.subTest(plugin.stem):
                    process = program.assay("plugins", "check", plugin, folder=folder)
                    print(process.stdout, end="")
                    self.assertEqual(process.returncode, 0, process.stdout + process.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
