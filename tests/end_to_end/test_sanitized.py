"""The program with the address and undefined behaviour sanitizers (`./dev sanitize`): nothing that they know
happens in it, and in a plugin that is built with them, from outside, they find what does."""

import pathlib
import tempfile
import unittest

import installed
import program

STRICT = {"UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
          "LSAN_OPTIONS": f"print_suppressions=0:suppressions={program.SOURCE}/tests/leaks.supp"}
FOUND = ("runtime error:", "Sanitizer")
BROKEN = """
#include <limits>
#include <vector>

#include "assay/plugin.h"
#include "assay/schedule.h"

class Schedule final : public assay::Schedule {
 public:
  static constexpr assay::About about = {.name = "broken", .doc = "Breaks rules of the language."};
  double value(std::int64_t) const override {
    std::vector<double> values(3);
    volatile int three = 3, largest = std::numeric_limits<int>::max();
    return WRONG;
  }
};

ASSAY_PLUGIN("broken", "1.0.0", "MIT", Schedule)
"""


def setUpModule():
    global sdk
    sdk = installed.Installed()
    sdk.environment.update(STRICT)
    unittest.addModuleCleanup(sdk.remove)


class Sanitized(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="assay-sanitized-")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def shell(self, command, folder=None, **how):
        said = sdk.shell(command, folder or self.folder, **how)
        if "expect" not in how:
            self.assertFalse([word for word in FOUND if word in said])
        return said

    def test_it_has_them(self):
        self.assertIn("sanitizers=address", self.shell("assay --version"))

    def test_built_in_plugins(self):
        for plugin in sorted((sdk.prefix / "lib").glob("**/plugins/*.so")):
            with self.subTest(plugin.stem):
                self.shell(f"assay plugins check {plugin}")

    def test_the_tutorial(self):
        self.shell(f"assay run {program.CONFIGS}/digits.yaml run_dir=run train.epochs=2 hooks.accuracy.every=1")
        self.shell("assay describe run")

    def test_plugins_from_outside(self):
        for kind, name in (("optimizer", "momentum"), ("model", "softmax_regression"), ("renderer", "how_sure")):
            with self.subTest(kind):
                self.shell(f"assay plugins new {kind} {name}")
                home = self.folder / name
                self.shell("meson setup build && meson compile -C build", home)
                self.shell(f"assay plugins check build/{name}.so", home)
                self.shell(f"assay run {name}.yaml --plugin-path build", home)

    def test_what_they_find(self):
        (self.folder / "broken.cpp").write_text(BROKEN)
        compiled = "g++ -g -shared broken.cpp -o broken.so $(pkg-config --cflags --libs assay) "
        for wrong, found in (("values.data()[three]", "AddressSanitizer: heap-buffer-overflow"),
                             ("largest + three", "runtime error: signed integer overflow")):
            with self.subTest(wrong):
                self.shell(f"{compiled} '-DWRONG={wrong}'")
                said = self.shell("assay plugins check broken.so", expect=program.RUN_FAILED)
                self.assertRegex(said, f"FAILED   schedule broken: values are finite: called exit.1.; it printed: .*{found}")

    def test_a_plugin_without_them_is_refused(self):
        (self.folder / "broken.cpp").write_text(BROKEN)
        said = self.shell("g++ -shared broken.cpp -o broken.so -DWRONG=1 "
                          "$(pkg-config --cflags --libs assay | sed 's/-fsanitize=[a-z,]*//g'); "
                          "assay plugins check broken.so", expect=program.RUN_FAILED)
        self.assertIn("FAILED   library: was built for this assay: sanitizers: the plugin has 'none', this assay "
                      "'address'; rebuild the plugin with -fsanitize=address: meson configure BUILD "
                      "-Db_sanitize=address && meson compile -C BUILD", said)


if __name__ == "__main__":
    unittest.main(verbosity=2)
