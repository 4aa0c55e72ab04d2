"""Command lines, right and wrong, and what the commands say to them."""

import json
import os
import pathlib
import pty
import re
import shutil
import subprocess
import unittest

import program

DIGITS = program.CONFIGS / "digits.yaml"


class Wrong(unittest.TestCase):
    def check(self, arguments, message, code=program.USAGE_ERROR, folder="/"):
        process = program.assay(*arguments, folder=folder)
        print(process.stderr)
        self.assertEqual(process.returncode, code)
        self.assertEqual(process.stderr, f"assay: error: {message}\n")

    def test_messages_have_one_style(self):
        self.check([], "a command is missing  (run, resume, eval, predict, batch, work, runs, check, show, describe, verify, view, plugins)")
        self.check(["--nope"], "there is no option '--nope'  (`assay --help` shows all)")
        commands = "(list, check, describe, new, schema, reference)"
        self.check(["plugins", "nope"], f"plugins: there is no command 'nope'  {commands}")
        self.check(["plugins", "lst"],
                   f"plugins: there is no command 'lst'; did you mean 'list'?  {commands}")
        self.check(["run"], "run: CONFIG is required  (`assay run --help` shows all)")
        self.check(["run", DIGITS, "--nope"],
                   "run: there is no option '--nope'  (`assay run --help` shows all)")
        self.check(["plugins", "list", "--plugin-path", "/nonexistent"],
                   "--plugin-path /nonexistent: No such file or directory")

    def test_a_config_that_is_missing(self):
        """Every command says the same of it."""
        for command in (["run"], ["check"], ["show"], ["show", "--diff"], ["describe"]):
            for near, hint in (("", ""), ("nope.yml", "      = did you mean 'nope.yml'?\n"),
                               ("nopee/plan.yaml", "      = did you mean 'nopee'?\n")):
                with self.subTest(command=command, near=near), program.temporary_folder() as folder:
                    missing = "nope.yaml" if near == "nope.yml" else "nope"
                    if near:
                        (pathlib.Path(folder) / near).parent.mkdir(exist_ok=True)
                        (pathlib.Path(folder) / near).touch()
                    second = [missing] if "--diff" in command else []
                    process = program.assay(*command, missing, *second, folder=folder)
                    said = f"{missing}: error: there is no such file\n{hint}"
                    self.assertEqual((process.returncode, process.stdout), (program.USAGE_ERROR, ""))
                    self.assertEqual(process.stderr, said * (1 + len(second)))

    def test_a_run_folder_instead_of_a_config(self):
        with program.temporary_folder() as folder:
            program.run(DIGITS, "train.epochs=1", folder=folder)
            self.check(["run", "run"], "run: this is a folder, expected a config file; "
                       "to repeat that run: assay run run/plan.yaml run_dir=run-2", folder=folder)


class Right(unittest.TestCase):
    def test_common_options_after_the_command(self):
        with program.temporary_folder() as folder:
            run = program.run(DIGITS, "train.epochs=1", "--kernels", "generic", folder=folder)
            self.assertEqual(program.record(run)["kernels"], "generic")

    def test_every_split_is_shown(self):
        with program.temporary_folder() as folder:
            process = program.assay("run", DIGITS, "train.epochs=1", "dataset.split.validation=0.1",
                                    folder=folder)
            self.assertRegex(process.stdout, r"data +digits: 1,16\d train, 450 test, 1[78]\d validation rows")


class Problems(unittest.TestCase):
    """How they are told; what they say is in tests/golden/."""

    def test_as_json(self):
        with program.temporary_folder() as folder:
            config = pathlib.Path(folder) / "bad.yaml"
            config.write_text("# é\nname: \"漢字\"\noptimizer: {type: sdg}\n")
            process = program.assay("run", "bad.yaml", "sede=1", "--format", "json", folder=folder)
            self.assertEqual((process.returncode, process.stdout), (program.USAGE_ERROR, ""))
            problems = [json.loads(line) for line in process.stderr.splitlines()]
            found = [(p["line"], p["column"], p["end_column"], p["key"]) for p in problems]
            self.assertIn((3, 19, 22, "optimizer.type"), found)
            self.assertEqual(found[-1], (1, 1, 5, "sede"))
            for p in problems:
                self.assertEqual(list(p), ["severity", "file", "source", "line", "column", "end_column", "key",
                                           "message", "hint", "config"])
                self.assertEqual(p["severity"], "error")
                self.assertEqual(p["file"], None if p["key"] == "sede" else os.path.realpath(config))
            self.assertEqual(problems[-1]["source"], "argument 1")

    def test_warnings_as_json(self):
        with program.temporary_folder() as folder:
            process = program.assay("run", DIGITS, "train.epochs=74", "hooks.loss.every=1000000",
                                    "--format=json", folder=folder)
            self.assertEqual(process.returncode, program.DONE)
            self.assertEqual(json.loads(process.stderr)["severity"], "warning")

    def on_a_terminal(self, **environment):
        with program.temporary_folder() as folder:
            leader, terminal = pty.openpty()
            process = subprocess.run([*program.EMULATOR, str(program.ASSAY), "run", "no.yaml"], cwd=folder,
                                     stderr=terminal, env={**os.environ, "TERM": "xterm", **environment})
            os.close(terminal)
            self.assertEqual(process.returncode, program.USAGE_ERROR)
            text = os.read(leader, 10_000).decode()
            os.close(leader)
            return text

    def test_colours_on_a_terminal_only(self):
        self.assertIn("\x1b[1;31merror:\x1b[0m there is no such file", self.on_a_terminal(NO_COLOR=""))
        self.assertNotIn("\x1b", self.on_a_terminal(NO_COLOR="1"))
        self.assertNotIn("\x1b", self.on_a_terminal(NO_COLOR="", TERM="dumb"))
        self.assertNotIn("\x1b", program.assay("run", "no.yaml", folder="/").stderr)


class Describe(unittest.TestCase):
    def test_several_runs_without_all_that_ran_them(self):
        """Two runs, a checkpoint, and a problem in between that does not hide the rest."""
        with program.temporary_folder() as folder:
            one = program.run(DIGITS, "train.epochs=1", folder=folder)
            two = shutil.copytree(one, pathlib.Path(folder) / "two")
            process = program.assay("describe", one, "nope", two,
                                    two / "checkpoints" / "step_1.safetensors", folder=folder)
            self.assertEqual(process.returncode, program.USAGE_ERROR)
            self.assertIn("nope: error: there is no such file", process.stderr)
            weights = re.findall(r"^weights: (.*)", process.stdout, re.MULTILINE)
            self.assertEqual(weights, ["run/checkpoints/step_1.safetensors"]
                             + ["two/checkpoints/step_1.safetensors"] * 2)
            self.assertEqual(process.stdout.count("run: finished after step 1 of 1\n"), 2)
            process.stdout = process.stdout.replace("run: finished after step 1 of 1\n", "")
            trees = [part.split("\n", 1)[1].strip() for part in process.stdout.split("weights: ")[1:]]
            self.assertEqual(len(set(trees)), 1)


class Plugins(unittest.TestCase):
    def test_its_help_has_an_example_of_its_own(self):
        said = program.assay("plugins", "--help", folder="/").stdout
        self.assertIn("  assay plugins list optimizer", said)
        self.assertNotIn("assay run", said)

    def described(self, *name):
        process = program.assay("plugins", "describe", *name, folder="/")
        self.assertEqual(process.returncode, 0, process.stderr)
        return process.stdout

    def test_describe(self):
        self.assertEqual(self.described("optimizer", "sgd"), self.described("optimizer sgd"))
        self.assertIn("list of integers, >= 1, <= 1048576", self.described("mlp"))
        self.assertIn("list of png|svg|pdf,", self.described("hook", "image"))

    def test_describe_shows_what_stands_beside_a_components_own_options(self):
        for key in ("every", "every_epoch", "at", "from", "until", "at_end"):
            self.assertRegex(self.described("hook", "scalar"), rf"(?m)^ +{key} ")
        self.assertRegex(self.described("digits"), r"(?m)^ +split ")
        self.assertRegex(self.described("digits"), r"(?m)^ +validation +number, >= 0, < 1, default 0$")

    def test_no_description_of_what_does_not_open(self):
        with program.temporary_folder() as folder:
            shutil.copy(program.BUILD / "tests" / "plugin_host" / "fixtures" / "unresolved.so", folder)
            process = program.assay("plugins", "describe", "unresolved", "--plugin-path", folder, folder="/")
            self.assertEqual(process.stdout, "")
            self.assertIn("/unresolved.so: undefined symbol: missing::height(int)", process.stderr)

    def test_names_of_files_are_harmless(self):
        """Those of plugins, wherever they are shown."""
        with program.temporary_folder() as folder:
            for name in "\x1b[31mred", "new\nline", "two\r":
                shutil.copy(program.PLUGINS / "assay_optimizers.so", pathlib.Path(folder, f"{name}.so"))
            pathlib.Path(folder, "empty\n\x1b[2J.so").touch()
            said = ""
            for command in (["list"], ["list", "--why"], ["describe", "sgd"], ["new", "optimizer", "sgd"],
                            ["check", pathlib.Path(folder, "empty\n\x1b[2J.so")]):
                process = program.assay("plugins", *command, "--plugin-path", folder, folder=folder)
                said += process.stdout + process.stderr
            self.assertEqual(re.findall("[\0-\t\v-\x1f\x7f-\x9f]", said), [])
            self.assertNotIn("\nline.so", said.replace(r"\nline.so", ""))
            for shown in r"\x1b[31mred.so", r"new\nline.so", r"two\r.so", r"empty\n\x1b[2J.so":
                self.assertIn(shown, said)

    def test_a_hidden_plugin_is_named(self):
        with program.temporary_folder() as folder:
            shutil.copy(program.PLUGINS / "assay_optimizers.so", folder)
            process = program.assay("plugins", "list", "--why", "--plugin-path", folder, folder="/")
            self.assertIn("hidden: the optimizer sgd of ", process.stdout)
            self.assertIn(f"{os.path.basename(folder)}/assay_optimizers.so was found first",
                          process.stdout)
            self.assertNotIn("hidden", program.assay("plugins", "list", "--why", folder="/").stdout)

    def test_a_component_that_may_not_be_the_one_meant_is_a_warning(self):
        sgd = program.PLUGINS / "assay_optimizers.so"
        with program.temporary_folder() as folder:
            mine = pathlib.Path(folder, "mine")
            mine.mkdir()
            path = ["--plugin-path", mine]
            run = [DIGITS, "train.epochs=1", *path]

            def warnings(*arguments):
                process = program.assay(*arguments, folder=folder)
                self.assertEqual(process.returncode, 0, process.stderr)
                print(process.stderr)
                return process.stderr

            def refused(which, reason):
                return f"warning: {{}}it is taken from {sgd}, since {mine / which}, {reason}"

            shutil.copy(sgd, mine / "sgd.so")
            self.assertEqual(warnings("check", *run), "")  # what the search path is for
            (mine / "sgd.so").chmod(0o666)
            expected = refused("sgd.so", f"which offers it, too, was refused: everybody can write to {mine}/sgd.so")
            for command in ("check", "run"):
                seen = warnings(command, *run)
                self.assertEqual(seen.count("warning: "), 1, seen)
                self.assertRegex(seen.splitlines()[0], r"digits\.yaml:\d+:\d+: warning: ")
                self.assertIn(expected.format("optimizer.type: "), seen)
            [made] = pathlib.Path(folder, "runs").glob("*/*")
            self.assertIn(expected.format("optimizer.type: "), (made / "log.txt").read_text())
            self.assertIn(expected.format("optimizer.type: "), warnings("describe", made, *path))
            self.assertIn(expected.format("optimizer sgd: "), warnings("plugins", "describe", "sgd", *path))
            self.assertEqual(warnings("plugins", "describe", "mlp", *path), "")

            (mine / "sgd.so").rename(mine / "assay_optimizers.so")
            (mine / "assay_optimizers.so").chmod(0o600)
            os.truncate(mine / "assay_optimizers.so", 5000)
            self.assertIn(refused("assay_optimizers.so", "a file of the same name, was refused: ")
                          .format("optimizer.type: "), warnings("check", *run))
            (mine / "assay_optimizers.so").unlink()

            for name in ("a.so", "b.so"):
                shutil.copy(sgd, mine / name)
            self.assertIn(f"warning: optimizer.type: it is taken from {mine}/a.so, but {mine}/b.so in the same "
                          "folder offers it, too", warnings("check", *run))


if __name__ == "__main__":
    unittest.main(verbosity=2)
