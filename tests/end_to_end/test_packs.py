"""Packs, libraries with a source file for each component: as the documentation says, with all compilers, linkers and
flags that an author may use."""

import json
import pathlib
import re
import shutil
import unittest

import installed
import program

PAGE = program.SOURCE / "docs" / "writing-a-plugin.md"
PARTS = program.SOURCE / "tests" / "end_to_end" / "outsider"
STRICT = "-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wold-style-cast -Wnon-virtual-dtor -Werror"
CONFIG = """
dataset: {type: digits, split: {test: 0.25, seed: 0}}
model: {type: mlp, hidden: [16]}
loss: softmax_cross_entropy
optimizer: {type: momentum, learning_rate: 0.002, decay: 0.9}
train: {steps: 20, batch_size: 64}
hooks: {}
loggers: []
"""
PACK = '#include "assay/plugin.h"\nASSAY_PACK("numbers", "1.0.0", "MIT")\n'
# name -> what it returns; those that are more have the value of their letter.
VALUES = {"one": 1, "two": 2, "three": 3, "a_more": 97, "b_more": 98, "c_more": 99, "d_more": 100}
SECTIONS = "-ffunction-sections -fdata-sections -Wl,--gc-sections"
BUILDS = [
    ("g++", "-O0"),
    ("g++", f"-O3 {SECTIONS}"),
    ("g++", "-O2 -flto"),
    ("g++", f"-O2 -fuse-ld=gold {SECTIONS}"),
    ("g++", f"-O2 -fuse-ld=lld {SECTIONS}"),
    ("g++", "-O1 -fsanitize=address"),
    ("clang++", "-O0"),
    ("clang++", f"-O3 {SECTIONS}"),
    ("clang++", f"-O2 -flto {SECTIONS}"),
    ("clang++", f"-O2 -fuse-ld=lld {SECTIONS}"),
    ("clang++", f"-O2 -flto -fuse-ld=lld {SECTIONS}"),
    ("clang++", "-O1 -fsanitize=address -shared-libsan"),
]


def setUpModule():
    global sdk
    sdk = installed.Installed()
    unittest.addModuleCleanup(sdk.remove)


class Case(installed.OutsiderCase):
    def setUp(self):
        super().setUp()
        (self.folder / "pack.cpp").write_text(PACK)

    def shell(self, command, **options):
        return sdk.shell(command, self.folder, **options)

    def part(self, name, flags="-O1", compiler="g++", more=""):
        """The object of a source file with this schedule."""
        self.shell(f"{compiler} {STRICT} {flags} -DNAME={name} -DNUMBER={VALUES[name]} {more} -c {PARTS}/pack_part.cpp "
                   f"-o {name}.o $(pkg-config --cflags assay)")
        return f"{name}.o"

    def pack(self, parts, flags="-O1", compiler="g++", expect=0):
        """Links a pack of these objects; returns what was printed."""
        return self.shell(f"mkdir -p built; {compiler} {STRICT} {flags} -shared {' '.join(parts)} pack.cpp "
                          "-o built/numbers.so $(pkg-config --cflags --libs assay)", expect=expect)

    def listed(self, more=""):
        return self.shell(f"assay plugins list --why --plugin-path built {more}")


class Documented(Case):
    """The files of the section in docs/writing-a-plugin.md."""

    def setUp(self):
        super().setUp()
        (momentum,) = installed.blocks_of(PAGE, "cpp")
        section = PAGE.read_text().partition("\n## Several components in one library\n")[2].partition("\n## ")[0]
        component, pack, meson = re.findall(r"```text\n(.*?)```", section, re.DOTALL)
        source = re.sub(r"ASSAY_PLUGIN\(.*\)\n", component, momentum)
        self.assertIn("ASSAY_COMPONENT(Momentum)", source)
        for name, text in {"momentum.cpp": source, "pack.cpp": pack, "meson.build": meson, "c.yaml": CONFIG,
                           "plain.cpp": source.replace('"momentum"', '"plain"').replace("Momentum", "Plain")}.items():
            (self.folder / name).write_text(text)
        self.shell("meson setup build -Dwerror=true && meson compile -C build", CXXFLAGS=STRICT)

    def test_it_runs(self):
        self.assertRegex(self.shell("assay plugins list optimizer --plugin-path build"),
                         r"(?m)^optimizer +momentum +1\.0\.0 (.*\n)+optimizer +plain +1\.0\.0 ")
        self.assertIn(" 0 failed", self.shell("assay plugins check build/descents.so"))
        for name in "momentum", "plain":
            self.shell(f"assay run c.yaml run_dir={name} 'optimizer={{type: {name}, learning_rate: 0.002}}' "
                       "--plugin-path build")
        self.shell("assay run c.yaml run_dir=own 'optimizer={type: sgd, learning_rate: 0.002, momentum: 0.9}'")
        records = [json.loads((self.folder / run / "run.json").read_text()) for run in ("momentum", "plain", "own")]
        self.assertEqual(len({record["weights_digest"] for record in records}), 1)
        self.assertIn("descents", {plugin["name"] for plugin in records[0]["plugins"]})

    def test_the_manifest_is_all_that_it_exports(self):
        self.assertEqual(self.shell("nm -D --defined-only build/descents.so").split()[2:], ["assay_plugin_manifest"])


class Builds(Case):
    def test_compilers_linkers_and_flags(self):
        for compiler, flags in BUILDS:
            if "-fuse-ld=gold" in flags and shutil.which("ld.gold") is None:
                print("left out, for want of ld.gold:", compiler, flags)  # Debian 13 has it in a package of its own
                continue
            with self.subTest(compiler=compiler, flags=flags):
                if "-shared-libsan" in flags:
                    runtime = self.shell("clang++ -print-file-name=libclang_rt.asan-x86_64.so").strip()
                    flags += f" -Wl,-rpath,{pathlib.Path(runtime).parent}"
                compiled = flags.replace("-Wl,--gc-sections", "")
                quiet = "-Wno-unused-command-line-argument" if compiler == "clang++" else ""
                parts = [self.part("one", f"{compiled} {quiet}", compiler),
                         self.part("two", f"{compiled} {quiet}", compiler, "-DMORE"),
                         self.part("three", f"{compiled} {quiet}", compiler)]
                self.pack(parts, flags, compiler)
                self.shell(f"{compiler} {compiled} {PARTS}/read_pack.cpp -o read_pack -ldl $(pkg-config --cflags assay)")
                found = dict(line.split() for line in self.shell(
                    "./read_pack built/numbers.so", ASAN_OPTIONS="detect_leaks=0").splitlines())
                self.assertEqual(found, {name: str(value) for name, value in VALUES.items()})
                # readelf goes through the notes as the program does.
                notes = self.shell("readelf --notes --wide built/numbers.so")
                self.assertEqual(len(re.findall(r"(?m)^ +Assay ", notes)), len(parts) + 1)
                listing = self.listed()
                if "sanitize" in flags:
                    self.assertIn("numbers.so\n  sanitizers: the plugin has 'address', this assay 'none'", listing)
                else:
                    for name in VALUES:
                        self.assertRegex(listing, rf"(?m)^schedule +{name} +1\.0\.0 ")
                    self.assertRegex(self.shell("assay plugins check built/numbers.so"), r"\d+ passed, 0 failed")

    def test_parts_that_were_built_differently(self):
        self.pack([self.part("one"), self.part("two", "-O1 -D_GLIBCXX_DEBUG")])
        self.assertIn("numbers.so\n  its parts were built differently: debug_mode is 'off' in the source of numbers, 'on' "
                      "in that of schedule two; rebuild all of them with the same flags", self.listed())

    def test_one_part_with_instructions_that_the_cpu_lacks(self):
        self.pack([self.part("one"), self.part("two", "-O1 -march=x86-64-v3"), self.part("three")])
        listing = self.shell(f"qemu-x86_64 -cpu Nehalem {sdk.prefix}/bin/assay plugins list --plugin-path built")
        self.assertIn("instructions: the plugin needs 'avx2', this CPU has 'generic'", listing)

    def test_no_components(self):
        """The linker names what is missing, with the flags of pkg-config and without them."""
        for compiler in "g++", "clang++":
            for flags in "$(pkg-config --cflags --libs assay)", "$(pkg-config --cflags assay)":
                with self.subTest(compiler=compiler, flags=flags):
                    text = self.shell(f"! {compiler} -shared pack.cpp -o none.so {flags}")
                    self.assertIn("__start_assay_components", text)
                    self.assertFalse((self.folder / "none.so").exists())

    def test_no_pack(self):
        self.shell(f"mkdir built; g++ -shared {self.part('one')} -o built/numbers.so")
        self.assertIn("it names no plugin; does one of its source files end in ASSAY_PACK?", self.listed())

    def test_a_plugin_beside_a_component(self):
        (self.folder / "pack.cpp").write_text(
            (PARTS / "pack_part.cpp").read_text().replace("NAME", "four").replace("NUMBER", "4").replace(
                "ASSAY_COMPONENT(First)", 'ASSAY_PLUGIN("numbers", "1.0.0", "MIT", First)'))
        self.pack([self.part("one")])
        self.assertIn("it has both an ASSAY_PLUGIN and an ASSAY_COMPONENT; ", self.listed())


if __name__ == "__main__":
    unittest.main(verbosity=2)
