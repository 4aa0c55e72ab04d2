"""The installed SDK: a plugin builds against it with Meson, CMake and g++, in a folder that knows nothing of
Assay's source, and trains to the bits that Assay's own optimizer gives."""

import json
import os
import pathlib
import re
import shutil
import unittest

import installed
import program

CONFIG = """
dataset: {type: digits, split: {test: 0.25, seed: 0}}
model: {type: mlp, hidden: [16]}
loss: softmax_cross_entropy
optimizer: {type: momentum, learning_rate: 0.002, decay: 0.9}
train: {steps: 20, batch_size: 64}
hooks: {loss: {type: scalar, tag: loss, value: test.loss, every: 10}}
"""
DESCENT = """
#include <cstdlib>

#include "assay/optimizer.h"
#include "assay/plugin.h"

namespace {

class Descent final : public assay::Optimizer {
 public:
  static constexpr assay::About about = {.name = "descent", .doc = "Plain descent."};
  struct Options {
    assay::Rate learning_rate;
  };
  static constexpr auto table =
      assay::options(assay::required("learning_rate", &Options::learning_rate, "step size"));
  explicit Descent(const Options& options) : rate_(options.learning_rate) {}
  void begin_step(std::int64_t count) override {
    step_ = static_cast<float>(rate_.at(count));
  }
  void update(const assay::UpdateSlice& slice) const override {
    if (!elementwise() && static_cast<std::int64_t>(slice.values.size()) != slice.shape.elements()) std::abort();
    for (std::size_t i = 0; i < slice.values.size(); ++i) slice.values[i] -= step_ * slice.gradient[i];
  }
  // more

 private:
  assay::Rate rate_;
  float step_ = 0;
};

}  // namespace
ASSAY_PLUGIN("descent", "1.0.0", "MIT", Descent)
"""
# Warnings that a user may well make errors of.
STRICT = "-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wold-style-cast -Wnon-virtual-dtor -Werror"


def setUpModule():
    global sdk
    sdk = installed.Installed()
    unittest.addModuleCleanup(sdk.remove)


class Case(installed.OutsiderCase):
    def shell(self, command, **options):
        return sdk.shell(command, self.folder, **options)


class ThreeWays(Case):
    def setUp(self):
        super().setUp()
        for before, language, code in installed.blocks(program.SOURCE / "docs" / "writing-a-plugin.md"):
            if language in ("cpp", "meson", "cmake"):
                (self.folder / re.search(r"`([\w.]+)`:$", before)[1]).write_text(code)
        (self.folder / "c.yaml").write_text(CONFIG)

    def check(self, plugins):
        self.assertEqual(self.shell(f"nm -D --defined-only {plugins}/momentum.so").split()[2:],
                         ["assay_plugin_manifest"])
        self.shell(f"assay run c.yaml run_dir=mine --plugin-path {plugins}")
        own = "{type: sgd, learning_rate: 0.002, momentum: 0.9}"
        self.shell(f"assay run c.yaml run_dir=own 'optimizer={own}'")
        mine, own = (json.loads((self.folder / name / "run.json").read_text()) for name in ("mine", "own"))
        self.assertEqual(mine["weights_digest"], own["weights_digest"])

    def test_meson(self):
        self.assertEqual(len((self.folder / "meson.build").read_text().splitlines()), 3)
        self.shell("meson setup build -Dwerror=true && meson compile -C build", CXXFLAGS=STRICT)
        self.check("build")

    def test_cmake(self):
        self.shell("cmake -S . -B build && cmake --build build", CXXFLAGS=STRICT)
        self.check("build")

    def test_compilers(self):
        for compiler in ("g++", "clang++"):
            with self.subTest(compiler):
                self.shell(f"rm -rf mine own; {compiler} {STRICT} -O2 -shared momentum.cpp -o momentum.so "
                           "$(pkg-config --cflags --libs assay)")
                self.check(".")

    def test_what_is_missing_is_said_when_it_is_linked(self):
        source = (self.folder / "momentum.cpp").read_text()
        source = source.replace("namespace {", "double elsewhere();\nnamespace {", 1)
        (self.folder / "bad.cpp").write_text(source.replace("rate_ = static_cast<float>(",
                                                            "rate_ = static_cast<float>(elsewhere() * "))
        text = self.shell("g++ -shared bad.cpp -o bad.so $(pkg-config --cflags --libs assay)", expect=1)
        self.assertIn("undefined reference to `elsewhere()'", text)


class BlanksInTheWay(ThreeWays):
    """The same three ways, with blanks in the SDK's folder. Only a shell needs help."""

    def setUp(self):
        super().setUp()
        prefix = self.folder / "my sdk" / "assay 1"
        shutil.copytree(sdk.prefix, prefix)
        (pc,) = prefix.glob("lib/**/pkgconfig/assay.pc")
        self.there = {"PKG_CONFIG_PATH": str(pc.parent), "PATH": f"{prefix / 'bin'}:{os.environ['PATH']}"}

    def shell(self, command, **options):
        if "$(pkg-config" in command:
            command = f'eval "{command}"'
        return super().shell(command, **{**self.there, **options})

    def test_what_is_installed_is_found(self):
        """With `install_dir` as the page has it."""
        page = (program.SOURCE / "docs" / "writing-a-plugin.md").read_text()
        (where,) = re.findall(r"add\s+`(install: true, [^`]+)`", page)
        build = self.folder / "meson.build"
        build.write_text(build.read_text().replace("dependencies: assay)", f"dependencies: assay, {where})"))
        self.shell("meson setup build && meson install -C build")
        self.assertRegex(self.shell("assay plugins list optimizer"), r"(?m)^optimizer +momentum ")

    def test_a_new_plugin(self):
        """It finds the program without a PATH, and the program finds it."""
        self.shell("assay plugins new metric top_y")
        self.shell("cd top_y && meson setup build && meson test -C build --print-errorlogs && meson install -C build",
                   PATH=os.environ["PATH"])
        self.assertRegex(self.shell("assay plugins list metric"), r"(?m)^metric +top_y ")


class PkgConfig(Case):
    def variable(self, name):
        return self.shell(f"pkg-config --variable={name} assay").strip()

    def test_the_stamp_as_the_program_prints_it(self):
        first, second = self.shell("assay --version").splitlines()
        self.assertEqual(second, f"plugins: {self.variable('abi')}")
        self.assertIn(f"(SDK {self.variable('sdk_version')}, ", first)
        self.assertEqual(first.split()[1], self.shell("pkg-config --modversion assay").strip())

    def test_folders(self):
        self.assertEqual(pathlib.Path(self.variable("plugindir")).resolve(),
                         next(sdk.prefix.glob("lib/**/assay/plugins")).resolve())
        self.assertTrue((pathlib.Path(self.variable("bindir")) / "assay").exists())

    def test_a_renderer_takes_cairo(self):
        """Every header of the SDK compiles with what pkg-config says, and a renderer's drawing with Cairo."""
        headers = sorted(file.name for file in sdk.prefix.glob("include/assay/*.h"))
        self.assertEqual(headers, sorted(file.name for file in program.SOURCE.glob("include/assay/*.h")))
        lines = [f"#include <assay/{name}>" for name in headers] + ["#include <cairo.h>"]
        (self.folder / "all.cpp").write_text("\n".join(lines) + "\nvoid f(cairo_t* c) { cairo_paint(c); }\n")
        self.shell(f"g++ {STRICT} -c all.cpp $(pkg-config --cflags assay $(pkg-config --variable=renderer_requires "
                   "assay))")


class ClosedForm(Case):
    """assay/closed_form.h"""

    def follows(self, test, more=""):
        (self.folder / "descent.cpp").write_text(DESCENT.replace("// more", more))
        (self.folder / "test.cpp").write_text(test)
        return self.shell(f"g++ {STRICT} test.cpp -o follows $(pkg-config --cflags assay) && ./follows")

    def example(self):
        comment = (sdk.prefix / "include" / "assay" / "closed_form.h").read_text().partition("#pragma once")[0]
        return "\n".join(line[5:] for line in comment.splitlines() if re.match("//(   |$)", line))

    def test_the_example_of_the_header(self):
        self.assertIn("descent: off its formula by ", self.follows(self.example()))

    def test_who_is_not_elementwise_gets_whole_parameters(self):
        self.follows(self.example(), "bool elementwise() const override { return false; }")


class Program(Case):
    def test_it_draws_and_finds_its_data(self):
        """From its own place: the data, the plugins and the library that draws."""
        (self.folder / "c.yaml").write_text(CONFIG.replace("momentum", "sgd").replace(", decay: 0.9", "").replace(
            "hooks: {", "hooks: {sheet: {type: image, tag: s, renderer: test_sheet, at: 1, save: [png]}, "))
        self.shell("assay run c.yaml run_dir=run")
        self.assertEqual(len(list((self.folder / "run" / "images").iterdir())), 1)
        record = json.loads((self.folder / "run" / "run.json").read_text())
        for plugin in record["plugins"]:
            self.assertTrue(plugin["file"].startswith(str(sdk.prefix.resolve())), plugin)

    def test_nothing_installed_names_where_it_was_built(self):
        for file in sdk.prefix.glob("**/*"):
            if file.is_file() and file.suffix != ".csv":
                data = file.read_bytes()
                for place in (program.BUILD, program.SOURCE):
                    # lib/assay is no sign of a source folder /assay.
                    named = rb"(?<![\w.}-])" + re.escape(str(place).encode()) + rb"(?![\w.-])"
                    self.assertIsNone(re.search(named, data), file)


if __name__ == "__main__":
    unittest.main(verbosity=2)
