"""`assay plugins new`: what it writes builds against what is installed, keeps its kind's promises and
runs, for every kind."""

import csv
import json
import pathlib
import subprocess
import tempfile
import unittest

import installed
import program

KINDS = ["dataset", "transform", "model", "loss", "gradient_transform", "optimizer", "schedule", "metric", "hook",
         "renderer", "logger", "launcher"]
# Warnings that a user may well make errors of.
STRICT = "-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wold-style-cast -Wnon-virtual-dtor -Werror"


class Case(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="assay-new-")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)


class EveryKind(Case):
    @classmethod
    def setUpClass(cls):
        cls.sdk = installed.Installed()
        cls.addClassCleanup(cls.sdk.remove)

    def shell(self, command, folder, **options):
        return self.sdk.shell(command, folder, **options)

    def make(self, kind, name):
        """New, built, checked and run; returns the folder of the run."""
        said = self.shell(f"assay plugins new {kind} {name}", self.folder)
        home = self.folder / name
        self.assertEqual(sorted(path.name for path in home.iterdir()),
                         sorted([".gitignore", "README.md", "meson.build", f"{name}.cpp", f"{name}.yaml"]
                                + [f"{name}_test.cpp"] * (kind == "optimizer")))
        # The commands are those that it prints and those of its README.
        commands = [line.strip() for line in said.splitlines() if line.startswith("  ")]
        (readme,) = [code for _, language, code in installed.blocks(home / "README.md") if language == "sh"]
        self.assertEqual(commands, [f"cd {name}", *readme.splitlines()])
        for command in commands[1:]:
            self.shell(command, home, CXXFLAGS=STRICT)
        if kind == "launcher":
            (batch,) = home.glob("batches/*/*")
            return batch
        (run,) = home.glob("runs/*/*")
        return run

    def values(self, run, tag):
        lines = map(json.loads, (run / "metrics.jsonl").read_text().splitlines())
        return [line["value"] for line in lines if line["tag"] == tag]

    def test_dataset(self):
        self.assertGreater(self.values(self.make("dataset", "spirals"), "Accuracy")[-1], 0.9)

    def test_transform(self):
        """The pixels are 0 to 16; scaled to 0 to 1 they are learnt at the same rate."""
        self.assertGreater(self.values(self.make("transform", "min_max"), "Accuracy")[-1], 0.85)

    def test_model(self):
        self.assertGreater(self.values(self.make("model", "softmax_regression"), "Accuracy")[-1], 0.85)

    def test_loss(self):
        loss = self.values(self.make("loss", "squared_error"), "Loss")
        self.assertLess(loss[-1], 0.5 * loss[0])

    def test_optimizer(self):
        """It trains to the bits of Assay's own sgd with momentum, in no more than 40 lines."""
        run = self.make("optimizer", "momentum")
        self.assertLessEqual(len((self.folder / "momentum" / "momentum.cpp").read_text().splitlines()), 40)
        theirs = self.values(run, "Loss")
        self.shell("assay run momentum.yaml run_dir=own"
                   " 'optimizer={type: sgd, learning_rate: 0.002, momentum: 0.9}'", self.folder / "momentum")
        own = self.values(self.folder / "momentum" / "own", "Loss")
        difference = max(abs(a / b - 1) for a, b in zip(theirs, own, strict=True))
        print(f"loss differs from sgd's by {difference:.1e}")
        self.assertLess(difference, 1e-3)
        # Another formula is a sound optimizer too; only its own test can tell.
        home = self.folder / "momentum"
        source = home / "momentum.cpp"
        source.write_text(source.read_text().replace("+ decay_ *", "+ 0.99 * decay_ *"))
        said = self.shell("meson compile -C build && meson test -C build --print-errorlogs", home, expect=1)
        self.assertRegex(said, r"conformance +OK")
        self.assertRegex(said, r"closed form +FAIL")
        self.assertRegex(said, r"momentum: off its formula by \d\.\de[-+]\d\d \(1e-05 is allowed\)")

    def test_gradient_transform(self):
        """Its steps are no longer than max_delta allows."""
        run = self.make("gradient_transform", "clip_elements")
        self.assertGreater(self.values(run, "Accuracy")[-1], 0.8)
        home = self.folder / "clip_elements"
        self.shell("assay run clip_elements.yaml --plugin-path build run_dir=still gradient_transforms.0.max_delta=0", home)
        loss = self.values(home / "still", "Loss")
        self.assertEqual(loss, loss[:1] * len(loss))

    def test_schedule(self):
        """Half of the first value after transition_steps: in 100 steps as 0.02 * 0.5 ** (step / 100)."""
        loss = self.values(self.make("schedule", "halving"), "Loss")
        self.assertLess(loss[-1], loss[0])

    def test_metric(self):
        run = self.make("metric", "top_k")
        top, accuracy = self.values(run, "Top 3"), self.values(run, "Accuracy")
        self.assertTrue(all(t >= a for t, a in zip(top, accuracy, strict=True)))
        self.assertGreater(top[-1], 0.95)

    def test_hook(self):
        gaps = self.values(self.make("hook", "gap"), "Gap")
        self.assertEqual(len(gaps), 10)
        self.assertTrue(all(abs(gap) < 10 for gap in gaps))

    def test_renderer(self):
        run = self.make("renderer", "how_sure")
        self.assertEqual(len(list((run / "images").glob("*.png"))), 2)

    def test_logger(self):
        run = self.make("logger", "csv")
        lines = (run / "csv.csv").read_text().splitlines()
        self.assertEqual(lines[0], "step,tag,value")
        self.assertEqual([line.split(",")[:2] for line in lines[1:3]], [["20", "Loss"], ["20", "Accuracy"]])
        self.assertEqual(len(lines), 21)

    def test_launcher(self):
        """Its workers run the batch, and print to a file in the batch's folder."""
        batch = self.make("launcher", "sessions")
        with open(batch / "table.csv", newline="") as file:
            self.assertEqual([row["state"] for row in csv.DictReader(file)], ["finished"] * 2)
        (printed,) = (path.read_text() for path in (batch / "logs").glob("assay-sessions-*.txt"))
        self.assertIn("seed=1  finished", printed)
        self.assertIn("seed=2  finished", printed)

    def test_every_kind_is_here(self):
        for kind in KINDS:
            self.assertTrue(hasattr(self, f"test_{kind}"))
        process = program.assay("plugins", "new", "nope", "a", folder="/")
        self.assertIn(f"(kinds: {', '.join(KINDS)})", process.stderr)


class Wrong(Case):
    def check(self, arguments, message, code=program.USAGE_ERROR):
        process = program.assay("plugins", "new", *arguments, folder=self.folder)
        print(process.stderr)
        self.assertEqual(process.returncode, code)
        self.assertIn(f"assay: error: plugins new: {message}", process.stderr)

    def test_kinds(self):
        self.check(["optimiser", "a"], "there is no kind 'optimiser'; did you mean 'optimizer'?  (kinds: dataset")
        self.check(["momentum", "optimizer"],
                   "there is no kind 'momentum'; did you mean `assay plugins new optimizer momentum`?  (kinds: ")
        self.check(["zzz", "a"], "there is no kind 'zzz'  (kinds: ")

    def test_names(self):
        self.check(["optimizer", "../momentum"], "'../momentum' is not a name for a plugin")
        self.check(["optimizer", "MyMomentum"], "'MyMomentum' is not a name for a plugin: expected lower-case words "
                   "joined by single underscores, such as top_k; did you mean 'my_momentum'?")
        self.check(["optimizer", "install"], "'install' cannot be the name of a plugin")
        self.check(["optimizer", "sgd"], "there is optimizer sgd already, in ")
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_a_refused_plugin_has_its_name(self):
        plugins = self.folder / "plugins"
        plugins.mkdir()
        (plugins / "gap.so").write_bytes(b"")
        good = (program.BUILD / "tests" / "zoo" / "good.so").read_bytes()
        (plugins / "other.so").write_bytes(good.replace(b"debug_mode=off", b"debug_mode=why"))
        self.check(["hook", "gap", "--plugin-path", "plugins"], "there is hook gap already, in plugins/gap.so, which "
                   "is refused: it is empty; fix or remove it, or choose another name")
        self.check(["schedule", "good", "--plugin-path", "plugins"], "there is schedule good already, in "
                   "plugins/other.so, which is refused: debug_mode: the plugin has 'why'")
        process = program.assay("plugins", "new", "hook", "good", "--plugin-path", "plugins", folder=self.folder)
        self.assertEqual(process.returncode, program.DONE, process.stderr)

    def test_folders(self):
        self.check(["optimizer", "a", "--dir", "none"], "--dir none: No such file or directory")
        (self.folder / "a").mkdir()
        (self.folder / "b").write_text("mine")
        self.check(["optimizer", "a"], "a exists already; choose another name or --dir")
        self.check(["optimizer", "b"], "b exists already")
        self.check(["optimizer", "a", "--dir", "b"], "--dir b: this is not a folder")
        self.assertEqual(list((self.folder / "a").iterdir()), [])

    def test_dir(self):
        (self.folder / "some where").mkdir()
        process = program.assay("plugins", "new", "hook", "gap", "--dir", "some where", folder=self.folder)
        self.assertEqual(process.returncode, program.DONE, process.stderr)
        self.assertIn("  cd 'some where/gap'\n", process.stdout)
        self.assertEqual(len(list((self.folder / "some where" / "gap").iterdir())), 5)

    def test_names_that_would_be_macros(self):
        for kind, name in [("metric", "e_o_f"), ("schedule", "n_a_n"), ("loss", "i"), ("hook", "f_i_l_e")]:
            process = program.assay("plugins", "new", kind, name, folder=self.folder)
            self.assertEqual(process.returncode, program.DONE, process.stderr)
            subprocess.run(["g++", "-std=c++20", "-fsyntax-only", "-I", program.SOURCE / "include",
                            self.folder / name / f"{name}.cpp"], check=True)

    def test_half_a_folder_is_never_left(self):
        """The file system takes no file of more than 1024 bytes."""
        process = program.assay("optimizer", "momentum", folder=self.folder, emulator=[
            "bash", "-c", "trap '' XFSZ; ulimit -f 1; exec \"$0\" plugins new \"$@\""])
        print(process.stderr)
        self.assertEqual(process.returncode, program.RUN_FAILED)
        self.assertIn("momentum.cpp: File too large", process.stderr)
        self.assertEqual(list(self.folder.iterdir()), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
