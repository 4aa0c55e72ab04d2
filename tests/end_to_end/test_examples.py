"""The plugins in docs/examples/: what users of such tools write for themselves, each in one file that is built from
the installed documentation with the installed SDK alone, in no more lines than is promised. What they compute is compared with formulas written down
here in float64, by NumPy."""

import csv
import pathlib
import tempfile
import unittest

import numpy
import PIL.Image
from safetensors.numpy import load_file, save_file

import installed
import metrics
import program

# The most lines that each may have.
LINES = {"momentum": 32, "early_stopping": 50, "norms": 40, "batch_norm": 130, "confusion": 60, "auc": 60,
         "scaled_loss": 50, "lookahead": 60, "heat_map": 60, "settings": 50, "standardize": 50,
         "remote_shell": 80}
STRICT = "-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wold-style-cast -Wnon-virtual-dtor -Werror"

ROWS, INPUTS, CLASSES = 300, 5, 3
CONFIG = """
seed: 1
dataset: {type: npy, samples: x.npy, targets: y.npy}
model: {type: mlp, hidden: []}
loss: softmax_cross_entropy
optimizer: {type: sgd, learning_rate: 0.1}
train: {steps: 20, batch_size: all}
threads: 2
hooks: {}
loggers: [jsonl]
"""


def setUpModule():
    global sdk, plugins, examples
    sdk = installed.Installed()
    unittest.addModuleCleanup(sdk.remove)
    examples = sdk.prefix / "share" / "doc" / "assay" / "examples"
    folder = tempfile.TemporaryDirectory(prefix="assay-examples-")
    unittest.addModuleCleanup(folder.cleanup)
    plugins = pathlib.Path(folder.name)
    for name in LINES:
        sdk.shell(f"g++ {STRICT} -O2 -shared '{examples}/{name}.cpp' -o {name}.so $(pkg-config --cflags --libs assay cairo)",
                  plugins)


def softmax(logits):
    powers = numpy.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


class Examples(unittest.TestCase):
    def setUp(self):
        temporary = program.temporary_folder()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        generator = numpy.random.default_rng(0)
        self.classes = generator.integers(0, CLASSES, ROWS)
        centres = generator.normal(size=(CLASSES, INPUTS))
        self.samples = (centres[self.classes] + generator.normal(size=(ROWS, INPUTS))).astype(numpy.float32)
        numpy.save(self.folder / "x.npy", self.samples)
        numpy.save(self.folder / "y.npy", self.classes.astype(numpy.int32))
        (self.folder / "c.yaml").write_text(CONFIG)

    def train(self, *overrides, name="run"):
        """The folder of a run with the plugins at hand."""
        options = " ".join(f"'{override}'" for override in overrides)
        sdk.shell(f"assay run c.yaml {options} run_dir={name} --plugin-path '{plugins}'", self.folder)
        return self.folder / name

    def weights(self, run):
        (file,) = (run / "checkpoints").glob("step_*.safetensors")
        return program.weights(file)

    def last(self, run, tag):
        return metrics.scalars(run)[tag][-1][2]

    def gradients(self, kernel, bias):
        """Returns the gradient of the mean cross entropy of a linear layer, in float64."""
        samples = self.samples.astype(numpy.float64)
        slopes = softmax(samples @ kernel + bias)
        slopes[numpy.arange(ROWS), self.classes] -= 1
        return samples.T @ slopes / ROWS, slopes.mean(axis=0)

    def initial(self):
        weights = self.weights(self.train("train.steps=1", "optimizer.learning_rate=0", name="initial"))
        return [weights[name].astype(numpy.float64) for name in ("layer1.kernel", "layer1.bias")]

    def assert_weights(self, run, expected, tolerance=1e-5):
        found = self.weights(run)
        for name, values in zip(("layer1.kernel", "layer1.bias"), expected):
            self.assertLess(numpy.abs(found[name] - values).max(), tolerance, name)

    def test_lines(self):
        for name, most in LINES.items():
            with self.subTest(name):
                lines = len((examples / f"{name}.cpp").read_text().splitlines())
                print(f"{name}: {lines} lines, at most {most}")
                self.assertLessEqual(lines, most)
        self.assertEqual({path.stem for path in examples.glob("*.cpp")}, set(LINES))

    def test_each_passes_its_check(self):
        for name in LINES:
            with self.subTest(name):
                needs = {"lookahead": " --set fast='{type: sgd, learning_rate: 0.01}'",
                         "scaled_loss": " --set loss=softmax_cross_entropy",
                         "early_stopping": " --set value=test.loss"}.get(name, "")
                print(sdk.shell(f"assay plugins check {name}.so{needs}", plugins))

    def test_momentum(self):
        run = self.train("optimizer={type: momentum, learning_rate: 0.05, decay: 0.9}")
        weights = self.initial()
        sums = [numpy.zeros_like(values) for values in weights]
        for _ in range(20):
            for i, gradient in enumerate(self.gradients(*weights)):
                sums[i] = gradient + 0.9 * sums[i]
            weights = [values - 0.05 * total for values, total in zip(weights, sums)]
        self.assert_weights(run, weights)

    def test_standardize(self):
        """The rows that it learns from are those of the training split, and others are scaled like them."""
        run = self.train("transforms=[z_score]", "dataset={split: {test: 0.5, seed: 1}}",
                         "hooks={test: {type: scalar, tag: test, value: test.loss, at_end: true}}")
        plain = self.train("dataset={split: {test: 0.5, seed: 1}}", name="plain")
        shuffled = numpy.random.RandomState(1).permutation(ROWS)  # as train_test_split
        test, train = shuffled[:ROWS // 2], shuffled[ROWS // 2:]
        weights = self.initial()
        scaled = ((self.samples - self.samples[train].mean(axis=0, dtype=numpy.float64))
                  / self.samples[train].std(axis=0, dtype=numpy.float64))
        all_classes = self.classes
        for _ in range(20):
            logits = scaled[train] @ weights[0] + weights[1]
            slopes = softmax(logits)
            slopes[numpy.arange(len(train)), all_classes[train]] -= 1
            weights = [weights[0] - 0.1 * scaled[train].T @ slopes / len(train),
                       weights[1] - 0.1 * slopes.mean(axis=0)]
        self.assert_weights(run, weights)
        found = softmax(scaled[test] @ weights[0] + weights[1])
        loss = -numpy.log(found[numpy.arange(len(test)), all_classes[test]]).mean()
        self.assertAlmostEqual(self.last(run, "test"), loss, places=5)
        self.assertNotEqual(program.record(run)["weights_digest"], program.record(plain)["weights_digest"])

    def test_lookahead(self):
        """As optax.lookahead: the slow weights are those of the last synchronization."""
        run = self.train("optimizer={type: lookahead, sync_period: 6, slow_step_size: 0.25, "
                         "fast: {type: sgd, learning_rate: 0.2, momentum: 0.5}}")
        weights = self.initial()
        slow = list(weights)
        sums = [numpy.zeros_like(values) for values in weights]
        for step in range(1, 21):
            for i, gradient in enumerate(self.gradients(*weights)):
                sums[i] = gradient + 0.5 * sums[i]
            weights = [values - 0.2 * total for values, total in zip(weights, sums)]
            if step % 6 == 0:
                slow = [s + 0.25 * (w - s) for s, w in zip(slow, weights)]
                weights = list(slow)
        self.assert_weights(run, weights)

    def test_a_loss_within_a_loss(self):
        """Half the loss with twice the rate takes the same steps, to the last bit."""
        half = self.train("loss={type: scaled, factor: 0.5, loss: softmax_cross_entropy}",
                          "optimizer.learning_rate=0.2", name="half")
        self.assertEqual(program.record(half)["weights_digest"],
                         program.record(self.train(name="whole"))["weights_digest"])

    def test_norms(self):
        run = self.train("hooks={norms: {type: norms, every: 10}}")
        weights = self.weights(run)
        for name, values in weights.items():
            self.assertAlmostEqual(self.last(run, f"weights/{name}"), numpy.linalg.norm(values.astype(numpy.float64)),
                                   places=6)
        first = self.train("hooks={norms: {type: norms, at: [1]}}", "train.steps=1", name="first")
        for name, gradient in zip(("kernel", "bias"), self.gradients(*self.initial())):
            self.assertAlmostEqual(self.last(first, f"gradients/layer1.{name}"), numpy.linalg.norm(gradient), places=6)

    def test_a_hook_that_only_looks_changes_nothing(self):
        looked = self.train("hooks={norms: {type: norms, every: 1}}", name="looked")
        self.assertEqual(program.record(looked)["weights_digest"],
                         program.record(self.train(name="alone"))["weights_digest"])

    def logits(self, run):
        weights = self.weights(run)
        return self.samples @ weights["layer1.kernel"] + weights["layer1.bias"]

    def test_confusion(self):
        run = self.train("metrics={confusion: confusion}", "hooks={f1: {type: scalar, tag: f1, "
                         "value: train.confusion.f1, at_end: true}}")
        found = self.logits(run).argmax(axis=1)
        scores = []
        for k in range(CLASSES):
            hits = numpy.sum((found == k) & (self.classes == k))
            scores.append(2 * hits / (numpy.sum(found == k) + numpy.sum(self.classes == k)))
        self.assertAlmostEqual(self.last(run, "f1"), numpy.mean(scores), places=12)

    def test_results_that_a_hook_cannot_read(self):
        for value, message in {
                "train.confusion": "'train.confusion': the metric confusion has no such result (it has: "
                                   "train.confusion.f1, train.confusion.matrix)",
                "train.confusion.matrix": "'train.confusion.matrix' is a vector of 9 numbers; expected a single "
                                          "number"}.items():
            with self.subTest(value):
                text = sdk.shell("assay run c.yaml 'metrics={confusion: confusion}' "
                                 f"'hooks={{f1: {{type: scalar, tag: f1, value: {value}, at_end: true}}}}' "
                                 f"--plugin-path '{plugins}'", self.folder, expect=2)
                self.assertIn(message, text)

    def test_auc(self):
        run = self.train("metrics={auc: auc}", "hooks={auc: {type: scalar, tag: auc, value: train.auc, "
                         "at_end: true}}")
        logits = self.logits(run)
        areas = []
        for k in range(CLASSES):
            own, others = logits[self.classes == k, k], logits[self.classes != k, k]
            pairs = own[:, None] - others[None, :]
            areas.append(numpy.mean((pairs > 0) + 0.5 * (pairs == 0)))
        self.assertAlmostEqual(self.last(run, "auc"), numpy.mean(areas), places=4)

    def test_a_named_checkpoint_holds_what_transforms_learnt(self):
        run = self.train("transforms=[standardize]",
                         "hooks={patience: {type: early_stopping, value: train.loss, patience: 7, every: 1}}")
        (file,) = {*(run / "checkpoints").glob("*.safetensors")} - {*(run / "checkpoints").glob("step_*")}
        found = load_file(file)
        self.assertIn("layer1.kernel", found)
        mean = self.samples.mean(axis=0, dtype=numpy.float64)
        self.assertLess(numpy.abs(found["transforms/standardize/mean"] - mean).max(), 1e-12)

    def test_early_stopping_restores_the_best_weights(self):
        run = self.train("optimizer.learning_rate={type: cosine, init_value: 4}", "train.steps=1000",
                         "hooks={loss: {type: scalar, tag: loss, value: train.loss, every: 1, at_end: true}, "
                         "patience: {type: early_stopping, value: train.loss, patience: 7, every: 1}, "
                         "last: {type: scalar, tag: last, value: train.loss, at_end: true}}")
        record = program.record(run)
        losses = [value for _, _, value in metrics.scalars(run)["loss"]]
        best = int(numpy.argmin(losses))
        self.assertEqual(record["state"], "finished")
        self.assertEqual(record["reason"], "hooks.patience: train.loss has not improved for 7 checks")
        self.assertEqual(record["steps"], best + 1 + 7)
        # The run leaves the weights of the best step, and the hooks for the end have seen them.
        self.assertEqual(self.last(run, "last"), losses[best])
        kept = load_file(run / "checkpoints" / "best.safetensors")
        for name, values in self.weights(run).items():
            self.assertEqual(kept[name].tobytes(), values.tobytes())

    def test_heat_map(self):
        run = self.train("hooks={weights: {type: image, tag: Weights, renderer: {type: heat_map}, save: [png], "
                         "at_end: true}}")
        (file,) = (run / "images").glob("*.png")
        with PIL.Image.open(file) as image:
            pixels = numpy.asarray(image.convert("RGB")).astype(float) / 255
        kernel = self.weights(run)["layer1.kernel"]
        height, width = (length / cells for length, cells in zip(pixels.shape, kernel.shape))
        for (row, column), weight in numpy.ndenumerate(kernel / numpy.abs(kernel).max()):
            found = pixels[int((row + 0.5) * height), int((column + 0.5) * width)]
            fade = 1 - abs(weight)
            expected = (1, fade, fade) if weight > 0 else (fade, fade, 1)
            self.assertLess(numpy.abs(found - expected).max(), 0.005, (row, column))

    def test_a_parameter_that_the_model_lacks(self):
        text = sdk.shell("assay run c.yaml 'hooks={w: {type: image, tag: w, at_end: true, renderer: {type: heat_map, "
                         f"parameter: layer2.kernel}}}}}}' --plugin-path '{plugins}'", self.folder, expect=2)
        self.assertIn("hooks.w.renderer.parameter: the model has no parameter 'layer2.kernel' (it has: layer1.kernel, "
                      "layer1.bias)", text)
        self.assertIn("did you mean 'layer1.kernel'?", text)

    def test_settings(self):
        run = self.train("loggers=[jsonl, settings]", "hooks={loss: {type: scalar, tag: Loss, value: train.loss, "
                         "every: 5}}")
        with open(run / "settings.csv", newline="") as file:
            settings = dict(csv.reader(file))
        self.assertEqual(settings["optimizer.learning_rate"], "0.1")
        self.assertEqual(settings["model.hidden"], "[]")
        self.assertEqual(float(settings["last/Loss"]), self.last(run, "Loss"))

    def test_batch_norm(self):
        """As flax.nnx.BatchNorm with a ReLU and a linear layer, in float64; the same bits for any number of
        threads."""
        hidden, rate, momentum, epsilon, steps = 8, 0.1, 0.9, 1e-5, 12
        model = f"model={{type: batch_norm_mlp, hidden: {hidden}, momentum: {momentum}}}"
        lanes = ["train.block_rows=16", "train.lanes=7"]
        runs = [self.train(model, *lanes, f"train.steps={steps}", f"threads={threads}", name=f"threads{threads}")
                for threads in (1, 2)]
        self.assertEqual(*(program.record(run)["weights_digest"] for run in runs))
        first = self.weights(self.train(model, *lanes, "train.steps=1", "optimizer.learning_rate=0", name="start"))
        w = {name: values.astype(numpy.float64) for name, values in first.items()}
        x, rows = self.samples.astype(numpy.float64), numpy.arange(ROWS)
        for _ in range(steps):
            u = x @ w["kernel1"]
            mean, variance = u.mean(axis=0), u.var(axis=0)
            normal = (u - mean) / numpy.sqrt(variance + epsilon)
            active = numpy.maximum(0, w["scale"] * normal + w["bias1"])
            d = softmax(active @ w["kernel2"] + w["bias2"])
            d[rows, self.classes] -= 1
            d /= ROWS
            slopes = (d @ w["kernel2"].T) * (active > 0)
            du = w["scale"] / numpy.sqrt(variance + epsilon) * (
                slopes - slopes.mean(axis=0) - normal * (slopes * normal).mean(axis=0))
            gradients = {"kernel1": x.T @ du, "scale": (slopes * normal).sum(axis=0), "bias1": slopes.sum(axis=0),
                         "kernel2": active.T @ d, "bias2": d.sum(axis=0)}
            for name, gradient in gradients.items():
                w[name] -= rate * gradient
        found = self.weights(runs[0])
        for name, values in w.items():
            self.assertLess(numpy.abs(found[name] - values).max(), 2e-5, name)

        # A trained model normalizes with its running statistics, which predictions do not change.
        (checkpoint,) = (runs[0] / "checkpoints").glob("step_*.safetensors")
        state = load_file(checkpoint)
        normal = (x @ found["kernel1"] - state["buffers/mean"]) / numpy.sqrt(state["buffers/variance"] + epsilon)
        active = numpy.maximum(0, found["scale"] * normal + found["bias1"])
        sdk.shell(f"assay predict {runs[0]} --plugin-path '{plugins}' --output p.npy", self.folder)
        predicted = numpy.load(self.folder / "p.npy")["probability"]
        self.assertLess(numpy.abs(predicted - softmax(active @ found["kernel2"] + found["bias2"])).max(), 1e-5)

    def test_batch_norm_between_transforms(self):
        """With transforms of samples and of gradients it has the same bits for any number of threads."""
        arguments = ["model={type: batch_norm_mlp, hidden: 8}", "train.block_rows=16", "train.lanes=7"]
        changes = ["transforms=[standardize]", "gradient_transforms=[{type: clip_by_global_norm, max_norm: 0.1}]"]
        digests = {program.record(self.train(*arguments, *changes, f"threads={threads}", name=f"threads{threads}"))
                   ["weights_digest"] for threads in (1, 2, 3)}
        self.assertEqual(len(digests), 1)
        for left_out in changes:
            run = self.train(*arguments, *(change for change in changes if change != left_out), name=left_out[:9])
            self.assertNotIn(program.record(run)["weights_digest"], digests)

    def test_batch_norm_is_fine_tuned(self):
        """Its running statistics come from the file with its weights, under either of their names."""
        momentum = 0.75
        model = f"type: batch_norm_mlp, hidden: 8, momentum: {momentum}"
        first = self.train(f"model={{{model}}}", "train.steps=9", name="first")
        (file,) = (first / "checkpoints").glob("step_*.safetensors")
        state = load_file(file)
        plain = {name.removeprefix("buffers/"): state[name] for name in state
                 if name.startswith("buffers/") or name in ("kernel1", "scale", "bias1", "kernel2", "bias2")}
        save_file(plain, self.folder / "plain.safetensors")
        u = self.samples.astype(numpy.float64) @ state["kernel1"].astype(numpy.float64)
        for name in (file, "plain.safetensors"):
            tuned = self.train(f"model={{{model}, init_from: {name}}}", "train.steps=1",
                               "optimizer.freeze=[kernel1, scale, bias1]", name=f"tuned_{pathlib.Path(name).stem}")
            (file,) = (tuned / "checkpoints").glob("step_*.safetensors")
            found = load_file(file)
            self.assertEqual(found["kernel1"].tobytes(), state["kernel1"].tobytes())
            self.assertNotEqual(found["kernel2"].tobytes(), state["kernel2"].tobytes())
            for buffer, now in (("buffers/mean", u.mean(axis=0)), ("buffers/variance", u.var(axis=0))):
                expected = momentum * state[buffer] + (1 - momentum) * now
                numpy.testing.assert_allclose(found[buffer], expected, rtol=1e-4, atol=1e-5, err_msg=buffer)


if __name__ == "__main__":
    unittest.main()
