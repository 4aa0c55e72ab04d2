"""Shells and `man` know the program: completions in real shells, and the manual page. Both are made from
what the commands declare; here they are held against what `--help` says."""

import fcntl
import os
import pathlib
import pty
import re
import select
import subprocess
import tempfile
import termios
import time
import unittest

import installed
import program


def setUpModule():
    global sdk
    sdk = installed.Installed()
    unittest.addModuleCleanup(sdk.remove)


def help_of(*command):
    """(names of commands, of options, of arguments) that `assay COMMAND --help` shows."""
    text = program.assay(*command, "--help", folder="/").stdout
    parts = dict(re.findall(r"^(\w+):\n((?: .*\n)+)", text, re.MULTILINE))
    return (re.findall(r"^  (\w\S*)", parts.get("Subcommands", ""), re.MULTILINE),
            re.findall(r"^  .*?(--[\w-]+)", parts.get("Options", ""), re.MULTILINE),
            re.findall(r"^  (\S+)", parts.get("Positionals", ""), re.MULTILINE))


def commands(*above):
    """All commands with all that their help shows."""
    names, options, arguments = help_of(*above)
    yield above, names, options, arguments
    for name in names:
        yield from commands(*above, name)


def complete(*words):
    """The candidates, and the lines for the shell (:files ...)."""
    process = program.assay("complete", "--", *words, folder="/")
    assert process.returncode == program.DONE, process.stderr
    lines = [line.split("\t")[0] for line in process.stdout.splitlines()]
    return ([line for line in lines if not line.startswith(":")],
            [line for line in lines if line.startswith(":")])


class Complete(unittest.TestCase):
    def test_every_command_and_option_of_the_help(self):
        common = help_of()[1]
        count = 0
        for path, names, options, _ in commands():
            self.assertEqual(complete(*path, "")[0][:len(names)], names, path)
            self.assertEqual(set(complete(*path, "--")[0]), {*options, *common} - ({"--version"} - set(common)), path)
            count += 1
        print(count, "commands")
        self.assertGreaterEqual(count, 7)

    def test_every_argument_of_the_help(self):
        """Who names an argument differently has to say in complete.cpp what it is, if a shell can know."""
        known = {"CONFIG": ":files yaml yml", "RUN_DIR": ":files yaml yml safetensors", "DIR": ":files",
                 "FILE": ":files so"}
        for path, _, _, arguments in commands():
            for argument in arguments[:1]:
                found, files = complete(*path, "")
                with self.subTest(command=path, argument=argument):
                    if argument in known:
                        self.assertEqual(files, [known[argument]])
                    else:
                        self.assertIn(argument, ("KIND", "NAME"))
                        self.assertIn({"KIND": "renderer", "NAME": "softmax_cross_entropy"}[argument], found)

    def test_names(self):
        self.assertEqual(complete("plugins", "describe", "ad")[0], ["adam"])
        self.assertEqual(complete("plugins", "list", "o")[0], ["optimizer"])
        self.assertEqual(complete("--plugin-path", "/", "plugins", "list", "--why", "o")[0], ["optimizer"])
        self.assertEqual(complete("plugins", "list", "optimizer", ""), ([], []))
        self.assertEqual(complete("--kernels", "")[0], ["generic", "avx2", "avx512"])
        self.assertEqual(complete("run", "--plugin-path", ""), ([], [":files"]))
        self.assertEqual(complete("batch", "--launcher", "")[0], ["local"])
        self.assertEqual(complete("batch", "a.yaml", "--launcher", "local", "--launcher.")[0], ["--launcher.nice="])
        self.assertEqual(complete("batch", "--launcher.n")[0], ["--launcher.nice="])
        self.assertEqual(complete("run", "--launcher.")[0], [])
        self.assertEqual(complete("nonsense", ""), complete(""))

    def test_keys(self):
        """Behind a config: those that it has, by the types that it and the arguments before say."""
        with program.temporary_folder() as folder:
            config = pathlib.Path(folder) / "a.yaml"
            config.write_text("dataset: digits\nmodel: mlp\nloss: softmax_cross_entropy\n"
                              "optimizer: {type: sgd, learning_rate: 0.1}\ntrain: {epochs: 1}\n"
                              "hooks: {loss: {type: scalar, tag: Loss, value: train.loss, every: 1}}\n")
            config = str(config)
            for words, expected in ((["opt"], ["optimizer."]),
                                    (["optimizer.mo"], ["optimizer.momentum="]),
                                    (["optimizer.type=a", ], ["optimizer.type=adam"]),
                                    (["optimizer=adam", "optimizer.mo"], []),
                                    (["seed=1", "train.sh"], ["train.shuffle="]),
                                    (["train.shuffle=t"], ["train.shuffle=true"]),
                                    (["train.on_nan="], ["train.on_nan=stop", "train.on_nan=ignore"]),
                                    (["hooks."], ["hooks.loss."]),
                                    (["hooks.loss.at"], ["hooks.loss.at=", "hooks.loss.at_end="]),
                                    (["~hooks.l"], ["~hooks.loss", "~hooks.loss."]),
                                    (["~hooks.loss.ev"], ["~hooks.loss.every"]),
                                    (["~hooks.loss.every="], ["~hooks.loss.every=1"]),
                                    (["~se"], []),
                                    (["seed=1", "~se"], ["~seed"]),
                                    (["~tr"], ["~train", "~train."]),
                                    (["~model."], ["~model.hidden."]),  # a default
                                    (["~optimizer."], ["~optimizer.learning_rate"]),
                                    (["~logg"], ["~loggers."]),
                                    (["~loggers.2"], ["~loggers.2"]),
                                    (["+hooks."], []),
                                    (["+hooks.loss.f"], ["+hooks.loss.from="]),
                                    (["+hooks.loss.t"], ["+hooks.loss.times="]),
                                    (["seed=1", "+se"], []),
                                    (["+se"], ["+seed="]),
                                    (["+loggers."], ["+loggers.3="]),
                                    (["++model.init.b"], ["++model.init.bias="]),
                                    (["nonsense."], [])):
                with self.subTest(words=words):
                    self.assertEqual(complete("run", config, *words), (expected, []))
            keys, files = complete("show", config, "")
            self.assertEqual(files, [":files yaml yml"])
            self.assertEqual(keys, complete("run", f"{folder}/nothing_here.yaml", "")[0])
            self.assertLess({"seed=", "model.", "hooks."}, set(keys))
            # A config that is wrong in other places.
            pathlib.Path(config).write_text("optimizer: adam\ntrain: nonsense\n")
            self.assertEqual(complete("check", config, "optimizer.lear"), (["optimizer.learning_rate="], []))

    def test_what_is_offered_for_removal_works(self):
        """And so does what may be added, with a value."""
        with program.temporary_folder() as folder:
            config = pathlib.Path(folder) / "a.yaml"
            config.write_text("dataset: digits\nmodel: {type: mlp, hidden: [20]}\nloss: softmax_cross_entropy\n"
                              "optimizer: {type: sgd, learning_rate: 0.1}\ntrain: {epochs: 1, batch_size: 10}\n"
                              "hooks: {loss: {type: scalar, tag: Loss, value: train.loss, every: 1}}\n")
            config = str(config)
            refusals = ("there is no value", "the config sets no such key", "there is such", "has no element",
                        "nothing of this name")
            waiting, count = ["~", "+"], 0
            while waiting:
                for word in complete("run", config, waiting.pop())[0]:
                    if word.endswith("."):
                        waiting.append(word)
                        continue
                    said = program.assay("show", config, word + "1" * word.endswith("="), folder=folder).stderr
                    count += 1
                    with self.subTest(word=word, said=said):
                        self.assertFalse([refusal for refusal in refusals if refusal in said])
            print(count, "words")
            self.assertGreater(count, 30)

    def test_a_plugin_path_on_the_line(self):
        with program.temporary_folder() as folder:
            (pathlib.Path(folder) / "built").symlink_to(program.PLUGINS)
            self.assertEqual(complete("--plugin-path", f"{folder}/built", "plugins", "describe", "ad")[0], ["adam"])


class Shell:
    """A shell on a terminal, to type into."""

    def __init__(self, arguments, folder, environment):
        self.terminal, inner = pty.openpty()
        self.process = subprocess.Popen(arguments, cwd=folder, stdin=inner, stdout=inner, stderr=inner,
                                        start_new_session=True, env={**environment, "TERM": "dumb"},
                                        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(inner)
        self.text = ""

    def type(self, text):
        os.write(self.terminal, text.encode())

    def read_until(self, pattern, seconds=60):
        """The text up to and with the pattern."""
        deadline = time.monotonic() + seconds
        while not (match := re.search(pattern, self.text)):
            if not select.select([self.terminal], [], [], max(0, deadline - time.monotonic()))[0]:
                raise AssertionError(f"{pattern!r} is not in {self.text!r}")
            self.text += os.read(self.terminal, 65536).decode(errors="replace")
        text, self.text = self.text[:match.end()], self.text[match.end():]
        return text

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.terminal)


class Shells(unittest.TestCase):
    def check(self, arguments, setup):
        """Words that are begun and completed by the tabulator make a command that does what it should."""
        with tempfile.TemporaryDirectory(prefix="assay-shell-") as folder:
            (pathlib.Path(folder) / "only.yaml").write_text("dataset: nonsense\n")
            (pathlib.Path(folder) / "only.txt").write_text("")
            shell = Shell(arguments, folder, {**sdk.environment, "HOME": folder})
            try:
                shell.type(setup + "\necho set''up\n")
                shell.read_until("setup\r")
                for line, pattern in (("assay plu\tdesc\tada\t", "optimizer adam: "),
                                      ("assay plu\tli\t--wh\t", "searched: "),
                                      ("assay plu\tli\tschedu\t--pl\t/\t", "schedule +constant "),
                                      ("assay run on\t", r"only\.yaml:1:10: error: dataset"),
                                      ("assay run on\ttrai\tsh\tt\tseed=x\n", "argument 2: error: seed"),
                                      ("assay run on\tmodel=mlp mod\thid\tx\n",
                                       "argument 2: error: model.hidden: [^~]*found 'x'")):
                    for part in re.findall(r"[^\t]*\t|[^\t]+$", line):
                        shell.type(part)
                        time.sleep(0.3)  # as fast as one types
                    shell.type("\n")
                    print(shell.read_until(pattern))
            finally:
                shell.close()

    def test_bash(self):
        file = sdk.prefix / "share" / "bash-completion" / "completions" / "assay"
        self.check(["bash", "--norc", "--noprofile", "-i"], f"source '{file}'")

    def test_zsh(self):
        folder = sdk.prefix / "share" / "zsh" / "site-functions"
        self.check(["zsh", "-f", "-i"], f"fpath=('{folder}' $fpath); autoload -Uz compinit; compinit -u -D")

    def test_fish(self):
        folder = sdk.prefix / "share" / "fish" / "vendor_completions.d"
        self.check(["fish", "--no-config", "-i"], f"source '{folder}/assay.fish'")


class Manual(unittest.TestCase):
    def setUp(self):
        self.page = sdk.prefix / "share" / "man" / "man1" / "assay.1"

    def test_it_is_proper_roff(self):
        process = subprocess.run(["groff", "-man", "-ww", "-z", "-Tutf8", self.page], capture_output=True, text=True)
        self.assertEqual((process.returncode, process.stderr), (0, ""))

    def test_man_finds_it(self):
        """By the PATH alone, and its line in `whatis`."""
        text = sdk.shell("man --pager=cat assay | head -5", "/", MANWIDTH="100")
        self.assertIn("assay - run machine-learning experiments from YAML", text)

    def test_it_has_all_that_the_help_has(self):
        text = subprocess.run(["man", "--pager=cat", "-l", self.page], capture_output=True, text=True, check=True,
                              env={**os.environ, "MANWIDTH": "1000", "LC_ALL": "C.UTF-8"}).stdout
        print(text)
        for path, names, options, arguments in commands():
            if not names:
                self.assertRegex(text, rf"(?m)^ +assay {' '.join(path)}\b")
            for word in [option for option in options if option != "--help"] + arguments:
                self.assertRegex(text, rf"(?m)^ +(-\w, *)?{re.escape(word)}\b", path)
        self.assertRegex(text, r"(?m)^ +-v, --verbose\b")
        for code in ("0", "1", "2", "3"):
            self.assertRegex(text, rf"(?m)^ +{code} +[A-Z]")
        self.assertNotIn("complete", text)


if __name__ == "__main__":
    unittest.main(verbosity=2)
