"""subprojects/assay-idx, a plugin in a project of its own: built, tested and installed against the installed SDK
only, where no source of Assay is around it."""

import json
import pathlib
import shutil
import struct
import tempfile
import unittest

import numpy

import installed
import program

CONFIG = """
dataset: {{{dataset}, split: {{test: 0.25, seed: 1}}}}
model: {{type: mlp, hidden: [16], activation: tanh}}
loss: softmax_cross_entropy
optimizer: {{type: sgd, learning_rate: 0.0005}}
train: {{steps: 10, batch_size: 100}}
loggers: []
"""


def setUpModule():
    global sdk
    sdk = installed.Installed()
    unittest.addModuleCleanup(sdk.remove)


class AssayIdx(unittest.TestCase):
    def test_build_test_install(self):
        with tempfile.TemporaryDirectory(prefix="assay-outsider-") as temporary:
            folder = pathlib.Path(temporary) / "assay-idx"
            shutil.copytree(program.SOURCE / "subprojects" / "assay-idx", folder)
            for _, language, code in installed.blocks(folder / "README.md"):
                if language == "sh":  # but for the run, which wants MNIST itself; and without a warning
                    sdk.shell(code.replace("assay run example.yaml --plugin-path build", "")
                              .replace("meson setup build", "meson setup build -Dwerror=true"), folder)
            print((folder / "build" / "meson-logs" / "testlog.txt").read_text())
            sdk.shell("meson install -C build", folder)
            self.assertRegex(sdk.shell("assay plugins list dataset", folder), r"dataset +idx +1\.0\.0 ")
            self.same_as_digits(folder)

    def same_as_digits(self, folder):
        """The digits in IDX files give the bits that they give in CSV."""
        table = numpy.loadtxt(program.SOURCE / "data" / "digits.csv", delimiter=",", skiprows=1).astype("uint8")
        rows = len(table)
        (folder / "images.idx3").write_bytes(struct.pack(">4B3I", 0, 0, 8, 3, rows, 8, 8) + table[:, :64].tobytes())
        (folder / "labels.idx1").write_bytes(struct.pack(">4BI", 0, 0, 8, 1, rows) + table[:, 64].tobytes())
        digests = []
        for name, dataset in (("csv", "type: digits"), ("idx", "type: idx, images: images.idx3")):
            (folder / "c.yaml").write_text(CONFIG.format(dataset=dataset))
            sdk.shell(f"assay run c.yaml run_dir={name}", folder)
            digests.append(json.loads((folder / name / "run.json").read_text())["weights_digest"])
        self.assertEqual(digests[0], digests[1])

    def test_our_build_leaves_it_alone(self):
        self.assertFalse([file for file in program.BUILD.glob("**/idx*.so")])


if __name__ == "__main__":
    unittest.main(verbosity=2)
