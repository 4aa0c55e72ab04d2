"""A model that begins with the weights of a file, frozen weights, and rates with a factor, against optax."""

import json
import pathlib
import re
import unittest

import numpy
from safetensors.numpy import load_file, save_file

import program

CONFIG = """
name: small
seed: 5
dataset: {type: digits, split: {test: 0.25}}
model: {type: mlp, hidden: [20, 12], activation: tanh}
loss: softmax_cross_entropy
optimizer: {type: sgd, learning_rate: 0.002, momentum: 0.9}
train: {steps: 40}
checkpoints: {every_seconds: never}
hooks:
  norm: {type: scalar, tag: norm, value: batch.gradient_norm, every: 10}
loggers: [jsonl]
"""

TUNED = ["optimizer.freeze=[layer1.*, layer2.bias]", "optimizer.rates={\"*.bias\": 10, layer2.*: 0.25}"]
OPTIMIZERS = {
    "sgd": "optimizer={type: sgd, learning_rate: 0.002, momentum: 0}",
    "momentum": "optimizer={type: sgd, learning_rate: 0.002, momentum: 0.9}",
    "adam": "optimizer={type: adam, learning_rate: 0.003}",
}
CLIPPED = "gradient_transforms=[{type: clip_by_global_norm, max_norm: 20}]"


def checkpoint(run, step):
    return run / "checkpoints" / f"step_{step}.safetensors"


def begin():
    """The weights that tuned.json begins with (make_tuned_reference.py)."""
    random = numpy.random.RandomState(7)
    shapes = {"layer1.kernel": (64, 8), "layer1.bias": (8,), "layer2.kernel": (8, 6), "layer2.bias": (6,),
              "layer3.kernel": (6, 10), "layer3.bias": (10,)}
    return {name: (random.standard_normal(shape) / numpy.sqrt(4 * shape[0])).astype(numpy.float32)
            for name, shape in shapes.items()}


class FineTuning(unittest.TestCase):
    def setUp(self):
        folder = program.temporary_folder()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "small.yaml").write_text(CONFIG)

    def train(self, name, *arguments):
        run = program.run("small.yaml", *arguments, folder=self.folder)
        return run.rename(self.folder / name)

    def weights(self, name, step=40):
        return program.weights(checkpoint(self.folder / name, step))

    def said(self, *arguments, expect=program.DONE):
        process = program.assay(*arguments, folder=self.folder)
        self.assertEqual(process.returncode, expect, process.stdout + process.stderr)
        return process.stdout + process.stderr

    def assert_equal(self, found, expected):
        self.assertEqual(found.dtype, numpy.float32)
        numpy.testing.assert_array_equal(found, expected)

    def test_against_optax(self):
        """optax.multi_transform, and optax.set_to_zero for masked weights."""
        reference = json.loads((program.REFERENCE / "tuned.json").read_text())
        first = begin()
        save_file(first, self.folder / "begin.safetensors")
        worst = 0
        for i, expected in enumerate(reference["runs"]):
            with self.subTest(expected["optimizer"], max_norm=expected["max_norm"]):
                options = json.dumps({"type": "adam" if expected["optimizer"] == "adam" else "sgd",
                                      **expected["arguments"]})
                clip = f"gradient_transforms=[{{type: clip_by_global_norm, max_norm: {expected['max_norm']}}}]"
                arguments = [f"optimizer={options}", *TUNED, "hooks.norm.every=1", f"train.steps={reference['steps']}",
                             "model={hidden: [8, 6], init_from: begin.safetensors}"]
                if expected["max_norm"]:
                    arguments.append(clip)
                run = self.train(f"optax_{i}", *arguments)
                found = self.weights(f"optax_{i}", reference["steps"])
                for name, values in expected["weights"].items():
                    numpy.testing.assert_allclose(found[name], values, atol=1e-6, rtol=0, err_msg=name)
                    worst = max(worst, abs(found[name] - values).max())
                    self.assertGreater(abs(found[name] - first[name]).max(), 1e-4)
                for name in set(found) - set(expected["weights"]):
                    self.assert_equal(found[name], first[name])
                norms = [json.loads(line)["value"] for line in (run / "metrics.jsonl").read_text().splitlines()]
                numpy.testing.assert_allclose(norms, expected["norms"], rtol=1e-5)
        print(f"weights: at most {worst:.1e} off")

    def test_frozen_weights_stay_and_have_no_slots(self):
        self.train("tuned", OPTIMIZERS["adam"], *TUNED, CLIPPED)
        self.train("first", "train.steps=1", "checkpoints.every=1", OPTIMIZERS["adam"], *TUNED)
        first, last = self.weights("first", 1), self.weights("tuned")
        for weight in first:
            same = weight in ("layer1.kernel", "layer1.bias", "layer2.bias")
            self.assertEqual(first[weight].tobytes() == last[weight].tobytes(), same, weight)
        slots = [name for name in load_file(checkpoint(self.folder / "tuned", 40)) if name.startswith("optimizer/mu/")]
        self.assertEqual(sorted(slots), [f"optimizer/mu/{name}" for name in ("layer2.kernel", "layer3.bias",
                                                                              "layer3.kernel")])

    def test_any_number_of_threads_gives_the_same_bits(self):
        bits = set()
        for threads in (1, 2, 3):
            run = self.train(f"threads_{threads}", f"threads={threads}", "train.lanes=5", OPTIMIZERS["adam"], *TUNED,
                             CLIPPED)
            bits.add(program.record(run)["weights_digest"])
        self.assertEqual(len(bits), 1)

    def test_factors_of_one_and_patterns_of_nothing_change_nothing(self):
        plain = self.train("plain")
        same = self.train("same", "optimizer.rates={layer1.*: 1}")
        self.assertEqual(program.record(plain)["weights_digest"], program.record(same)["weights_digest"])

    def test_a_new_head_on_a_trained_network(self):
        self.train("digits", "optimizer.learning_rate=0.02", "train.steps=100")
        trained = program.weights(checkpoint(self.folder / "digits", 100))
        arguments = ["model.hidden=[20, 12, 7]", "optimizer.freeze=[layer1.*]", "train.steps=30",
                     "model.init_from={file: digits/checkpoints/step_100.safetensors, "
                     "rename: {layer3.*: null}, missing: [layer3.*, layer4.*]}"]
        told = self.said("check", "small.yaml", *arguments)
        self.assertRegex(told, r"weights +from digits/checkpoints/step_100\.safetensors: 4 tensors; "
                               r"random: layer3\.kernel, layer3\.bias, layer4\.kernel, layer4\.bias; "
                               r"left out: layer3\.bias, layer3\.kernel")
        self.assertRegex(told, r"423 of 1,723 weights are trained; frozen: layer1\.kernel, layer1\.bias")
        run = self.train("other", *arguments)
        found = self.weights("other", 30)
        for weight in ("layer1.kernel", "layer1.bias"):
            self.assert_equal(found[weight], trained[weight])
        self.assertFalse(numpy.array_equal(found["layer2.kernel"], trained["layer2.kernel"]))
        self.assertLess(abs(found["layer2.kernel"] - trained["layer2.kernel"]).max(), 0.2)
        self.assertIn("frozen: layer1.kernel, layer1.bias", self.said("describe", "other"))
        self.assertIn("random: layer3.kernel", self.said("describe", run / "plan.yaml"))

    def test_files_of_other_programs(self):
        """All kinds of floating point numbers, names by pattern, tensors of types that Assay does not know."""
        random = numpy.random.default_rng(3)
        shapes = {"encoder.0.weight": (64, 20), "encoder.0.bias": (20,), "encoder.1.weight": (20, 12),
                  "encoder.1.bias": (12,), "head.weight": (12, 10), "head.bias": (10,)}
        wide = {name: random.normal(size=shape) for name, shape in shapes.items()}
        for kind in (numpy.float16, numpy.float32, numpy.float64):
            with self.subTest(kind=kind.__name__):
                tensors = {name: values.astype(kind) for name, values in wide.items()}
                tensors["encoder.0.bias"][:3] = [0, numpy.finfo(kind).smallest_subnormal, -1]
                save_file({**tensors, "flags": numpy.array([True]), "small": numpy.ones(2, numpy.int16)},
                          self.folder / "theirs.safetensors")
                run = self.train(kind.__name__, "optimizer.freeze=[layer1.*, layer2.*, layer3.kernel]",
                                 "train.steps=1", "model.init_from={file: theirs.safetensors, extra: [flags, small], "
                                 "rename: {encoder.0.weight: layer1.kernel, encoder.1.weight: layer2.kernel, "
                                 "encoder.0.*: layer1.*, encoder.1.*: layer2.*, head.weight: layer3.kernel, "
                                 "head.*: layer3.*}}")
                found = self.weights(kind.__name__, 1)
                names = {"layer1.kernel": "encoder.0.weight", "layer1.bias": "encoder.0.bias",
                         "layer2.kernel": "encoder.1.weight", "layer2.bias": "encoder.1.bias",
                         "layer3.kernel": "head.weight"}
                for ours, theirs in names.items():
                    self.assert_equal(found[ours], tensors[theirs].astype(numpy.float32))
                self.assertEqual(program.record(run)["initial_weights"]["file"],
                                 str(self.folder / "theirs.safetensors"))

    def test_bfloat16(self):
        """NumPy has no such type: its numbers are the upper halves of those of float32."""
        bits = numpy.random.RandomState(4).standard_normal((64, 20)).astype(numpy.float32).view(numpy.uint32)
        header = b'{"layer1.kernel":{"dtype":"BF16","shape":[64,20],"data_offsets":[0,2560]}}'
        (self.folder / "theirs.safetensors").write_bytes(
            len(header).to_bytes(8, "little") + header + (bits >> 16).astype(numpy.uint16).tobytes())
        self.train("bfloat16", "optimizer.freeze=[layer1.*]", "train.steps=1",
                   "model.init_from={file: theirs.safetensors, missing: allow}")
        self.assert_equal(self.weights("bfloat16", 1)["layer1.kernel"], (bits >> 16 << 16).view(numpy.float32))

    def test_a_changed_file_is_another_run(self):
        self.train("begin", "train.steps=1")
        arguments = ["model.init_from=begin/checkpoints/step_1.safetensors"]
        run = self.train("tuned", *arguments)
        before = program.record(run)["initial_weights"]
        self.assertRegex(before["digest"], r"^[0-9a-f]{32}$")
        path = checkpoint(self.folder / "begin", 1)
        tensors = program.weights(path)
        tensors["layer1.bias"] = tensors["layer1.bias"] + numpy.float32(0.5)
        save_file(tensors, path)
        (run / "run.json").write_text((run / "run.json").read_text().replace('"finished"', '"stopped"', 1))
        said = self.said("resume", "tuned", expect=program.RUN_FAILED)
        self.assertIn("this run began with other weights in", said)
        self.assertIn(before["digest"], said)
        again = self.train("again", *arguments)
        self.assertNotEqual(program.record(again)["initial_weights"]["digest"], before["digest"])
        self.assertNotEqual(program.record(again)["weights_digest"], program.record(run)["weights_digest"])

    def test_a_damaged_checkpoint_is_refused(self):
        self.train("begin", "train.steps=1")
        path = checkpoint(self.folder / "begin", 1)
        content = bytearray(path.read_bytes())
        content[-5] ^= 1
        path.write_bytes(content)
        said = self.said("check", "small.yaml", f"model.init_from={path}", expect=program.USAGE_ERROR)
        self.assertIn("its bytes do not match its checksum", said)
        self.assertEqual(len(re.findall("error:", said)), 1, said)

    def test_the_plan_repeats_the_run(self):
        self.train("begin", "train.steps=1")
        arguments = ["model.init_from={file: begin/checkpoints/step_1.safetensors, rename: {layer3.*: null}, "
                     "missing: layer3.*, extra: allow}", *TUNED]
        run = self.train("tuned", *arguments)
        again = program.run("tuned/plan.yaml", folder=self.folder)
        for key in ("plan_digest", "weights_digest"):
            self.assertEqual(program.record(run)[key], program.record(again)[key])


if __name__ == "__main__":
    unittest.main()
