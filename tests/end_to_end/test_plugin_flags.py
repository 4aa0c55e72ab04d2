"""Plugins that are built otherwise than the program: with other instructions, without optimization, by clang++,
with other alignments of Eigen's. They work, and what cannot work is refused before any of its code runs."""

import pathlib
import re
import unittest

import numpy

import installed
import program

CONFIG = """
dataset: {type: digits, split: {test: 0.25, seed: 0}}
model: linear
loss: softmax_cross_entropy
optimizer: {type: sgd, learning_rate: 0.001}
train: {steps: 50, batch_size: 100}
hooks: {loss: {type: scalar, tag: loss, value: test.loss, every: 10}}
loggers: [jsonl]
"""
LEVELS = {"x86-64-v2": "generic", "x86-64-v3": "avx2", "x86-64-v4": "avx512"}
LINEAR = program.SOURCE / "tests" / "end_to_end" / "outsider" / "linear.cpp"
COMPILE = " && meson compile -C BUILD"


def setUpModule():
    global sdk
    sdk = installed.Installed()
    unittest.addModuleCleanup(sdk.remove)


class Flags(installed.OutsiderCase):
    def setUp(self):
        super().setUp()
        (self.folder / "c.yaml").write_text(CONFIG)
        for _, language, code in installed.blocks(program.SOURCE / "docs" / "writing-a-plugin.md"):
            if language in ("cpp", "meson"):
                (self.folder / {"cpp": "momentum.cpp", "meson": "meson.build"}[language]).write_text(code)

    def build(self, flags, compiler="g++", source="momentum.cpp"):
        """The folder of the plugin."""
        folder = self.folder / re.sub(r"\W+", "_", compiler + flags)
        folder.mkdir()
        sdk.shell(f"{compiler} {flags} -shared {source} -o {folder}/{pathlib.Path(source).stem}.so "
                  "$(pkg-config --cflags --libs assay eigen3)", self.folder)
        return folder

    def weights(self, name, arguments):
        sdk.shell(f"assay run c.yaml run_dir=runs/{name} {arguments}", self.folder)
        return program.weights(self.folder / "runs" / name / "checkpoints" / "step_50.safetensors")

    def test_they_give_the_same_result(self):
        """As Assay's own model without a hidden layer; sums in another order may differ in their last bits."""
        own = self.weights("own", "'model={type: mlp, hidden: []}'")
        cpu = re.search(r"this CPU has (\w+)", sdk.shell("assay --version", self.folder))[1]
        order = list(LEVELS.values())
        levels = [level for level, needs in LEVELS.items() if order.index(needs) <= order.index(cpu)]
        self.assertIn("x86-64-v2", levels)
        builds = [("g++", "-O0"), ("g++", "-O2 -DEIGEN_MAX_ALIGN_BYTES=0"), ("clang++", "-O2"),
                  *(("g++", f"-O2 -march={level}") for level in levels),
                  ("clang++", f"-O2 -march={levels[-1]}")]
        for compiler, flags in builds:
            with self.subTest(compiler=compiler, flags=flags):
                plugins = self.build(flags, compiler, LINEAR)
                mine = self.weights(plugins.name, f"--plugin-path {plugins}")
                self.assertEqual({k: v.shape for k, v in mine.items()}, {k: v.shape for k, v in own.items()})
                deviation = max(numpy.abs(mine[name] - own[name]).max() for name in own)
                largest = max(numpy.abs(value).max() for value in own.values())
                print(f"{compiler} {flags}: the weights deviate by up to {deviation:.2g}; the largest is {largest:.2g}")
                self.assertLess(deviation, 2e-6 * largest)

    def test_undefined_behaviour_is_looked_for(self):
        """A sound plugin passes its check: clang++'s runtime leaves the signals to the program."""
        runtime = pathlib.Path(sdk.shell("clang++ -print-file-name=libclang_rt.ubsan_standalone-x86_64.so",
                                         self.folder).strip()).parent
        for compiler, flags in (("g++", "-fsanitize=undefined"),
                                ("clang++", f"-fsanitize=undefined -shared-libsan -Wl,-rpath,{runtime}")):
            with self.subTest(compiler):
                folder = self.build("-O1 " + flags, compiler)
                print(sdk.shell(f"assay plugins check {folder}/momentum.so", self.folder))

    def test_what_does_not_fit_is_refused(self):
        debug = ("debug_mode: the plugin has 'on', this assay 'off'; rebuild the plugin without -D_GLIBCXX_DEBUG: "
                 "meson configure BUILD -Dcpp_debugstl=false" + COMPILE)
        for flags, expected in (
                ("-D_GLIBCXX_DEBUG", debug),
                ("-fsanitize=address", "sanitizers: the plugin has 'address', this assay 'none'; rebuild the plugin "
                 "without -fsanitize: meson configure BUILD -Db_sanitize=none" + COMPILE),
                ("-fsanitize=thread", "sanitizers: the plugin has 'thread', this assay 'none'; "),
                ("-D_GLIBCXX_USE_CXX11_ABI=0", "standard_library: the plugin has 'libstdc++ old', this assay "
                 "'libstdc++ cxx11'; rebuild the plugin with g++, or clang++ -stdlib=libstdc++, and without "
                 "-D_GLIBCXX_USE_CXX11_ABI=0")):
            with self.subTest(flags):
                folder = self.build("-O1 " + flags)
                listing = sdk.shell(f"assay plugins list optimizer --plugin-path {folder}", self.folder)
                self.assertRegex(listing, rf"refused: .*/momentum\.so\n  {re.escape(expected)}")
                self.assertNotRegex(listing, r"optimizer +momentum")
                text = sdk.shell(f"assay run c.yaml run_dir=run model=mlp optimizer.type=momentum --plugin-path {folder}",
                                 self.folder, expect=program.USAGE_ERROR)
                self.assertIn("no optimizer 'momentum'", text)
                self.assertIn(expected, text)
        self.assertIn(debug + "\n", (program.SOURCE / "docs" / "writing-a-plugin.md").read_text())

    def test_instructions_that_the_cpu_lacks(self):
        folder = self.build("-O1 -march=x86-64-v3")
        listing = sdk.shell(f"qemu-x86_64 -cpu Nehalem {sdk.prefix}/bin/assay plugins list --plugin-path {folder}",
                            self.folder)
        self.assertIn("instructions: the plugin needs 'avx2', this CPU has 'generic'; rebuild the plugin without "
                      "-march", listing)

    def test_the_command_that_mends(self):
        """Doing what the refusal says helps."""
        for wrong in ("-Dcpp_debugstl=true", "-Db_sanitize=address -Db_lundef=false"):
            sdk.shell(f"rm -rf BUILD; meson setup BUILD {wrong} && meson compile -C BUILD", self.folder)
            listing = sdk.shell("assay plugins list optimizer --plugin-path BUILD", self.folder)
            (command,) = re.findall(r"refused: .*\n.*: (meson .*)", listing)
            sdk.shell(command, self.folder)
            self.assertRegex(sdk.shell("assay plugins list optimizer --plugin-path BUILD", self.folder), r"optimizer +momentum")


if __name__ == "__main__":
    unittest.main(verbosity=2)
