"""Plugins that were built with the headers of SDK 1.0 work in this Assay. tests/sdk/1.0/ holds these headers and
plugins of every kind as they were; they never change."""

import hashlib
import pathlib
import tempfile
import unittest

import installed
import program

RELEASED = program.SOURCE / "tests" / "sdk" / "1.0"
# The SHA-256 of all files of the folder, in the order of their names.
DIGEST = "3d72249d96a88a8f00788a2ddacb2f5b92d6fcd683fa2fb8b5a1b6cd39b6ef6c"
CONFIG = """
seed: 1
dataset: {type: digits, split: {test: 0.25, seed: 0}}
transforms: [z_score]
model: {type: mlp, hidden: [16]}
loss: {type: scaled, factor: 0.5, loss: softmax_cross_entropy}
optimizer: {type: momentum, learning_rate: 0.02, decay: 0.9}
train: {steps: 20, batch_size: 64}
metrics: {confusion: confusion, auc: auc}
hooks:
  norms: {type: norms, every: 5}
  f1: {type: scalar, tag: F1, value: test.confusion.f1, at_end: true}
  area: {type: scalar, tag: Area, value: test.auc, at_end: true}
  stopping: {type: early_stopping, value: test.loss, every: 5}
  weights: {type: image, tag: Weights, renderer: heat_map, at_end: true}
loggers: [jsonl, settings]
"""


class ReleasedSdk(unittest.TestCase):
    def test_nobody_changed_it(self):
        files = sorted(path for path in RELEASED.rglob("*") if path.is_file())
        digest = hashlib.sha256()
        for path in files:
            digest.update(f"{path.relative_to(RELEASED)}\n".encode() + path.read_bytes())
        self.assertEqual(digest.hexdigest(), DIGEST)

    def test_its_plugins_work(self):
        sdk = installed.Installed()
        self.addCleanup(sdk.remove)
        with tempfile.TemporaryDirectory(prefix="assay-released-") as name:
            folder = pathlib.Path(name)
            sources = sorted((RELEASED / "plugins").glob("*.cpp"))
            self.assertGreater(len(sources), 9)
            for source in sources:
                sdk.shell(f"g++ -O2 -shared -I '{RELEASED}/include' '{source}' -o {source.stem}.so "
                          "$(pkg-config --cflags --libs assay cairo)", folder)
                self.assertIn("sdk=1.0", sdk.shell(f"readelf -p .note.assay {source.stem}.so", folder))
                needs = {"lookahead": " --set fast='{type: sgd, learning_rate: 0.01}'",
                         "scaled_loss": " --set loss=softmax_cross_entropy",
                         "early_stopping": " --set value=test.loss"}.get(source.stem, "")
                sdk.shell(f"assay plugins check {source.stem}.so{needs}", folder)
            (folder / "c.yaml").write_text(CONFIG)
            sdk.shell("assay run c.yaml run_dir=run --plugin-path .", folder)
            record = program.record(folder / "run")
            self.assertEqual((record["state"], record["failures"]), ("finished", []))


if __name__ == "__main__":
    unittest.main()
