"""Mini-batches against the same training written in NumPy with float64: the order of the rows, the last
batch that is smaller than the others, SGD with momentum, and the values over every split."""

import pathlib
import unittest

import numpy
from safetensors.numpy import load_file

import metrics
import program

CONFIG = """
seed: 7
dataset: {type: digits, split: {test: 0.25, validation: 0.1, seed: 3}}
model: {type: mlp, hidden: [20], activation: tanh}
loss: softmax_cross_entropy
optimizer: {type: sgd, learning_rate: 0.002, momentum: 0.9}
train: {epochs: 3, batch_size: 100}
hooks:
  batch: {type: scalar, tag: batch, value: batch.loss, every: 1}
  train: {type: scalar, tag: train, value: train.loss, every_epoch: 1}
  validation: {type: scalar, tag: validation, value: validation.loss, every_epoch: 1}
  accuracy: {type: scalar, tag: accuracy, value: validation.accuracy, at_end: true}
  test: {type: scalar, tag: test, value: test.loss, at: 0}
  epoch: {type: scalar, tag: epoch, value: epoch.loss, every_epoch: 1}
  within: {type: scalar, tag: within, value: epoch.loss, every: 5}
  norm: {type: scalar, tag: norm, value: batch.gradient_norm, every: 4}
  rate: {type: scalar, tag: rate, value: optimizer.learning_rate, every: 6}
loggers: [jsonl]
"""


def split(rows):
    """scikit-learn's: of one permutation the first ceil(0.25 n) test, the next ceil(0.1 n) validate."""
    order = numpy.random.RandomState(3).permutation(rows)
    test, validation = int(numpy.ceil(0.25 * rows)), int(numpy.ceil(0.1 * rows))
    return order[test + validation:], order[test:test + validation], order[:test]


class Network:
    def __init__(self, weights):
        self.weights = [weights[name].astype(float)
                        for name in ("layer1.kernel", "layer1.bias", "layer2.kernel", "layer2.bias")]
        self.trace = [numpy.zeros_like(w) for w in self.weights]

    def outputs(self, x):
        k1, b1, k2, b2 = self.weights
        hidden = numpy.tanh(x @ k1 + b1)
        return hidden, hidden @ k2 + b2

    def loss(self, x, y):
        _, z = self.outputs(x)
        largest = z.max(axis=1, keepdims=True)
        log_sum = numpy.log(numpy.exp(z - largest).sum(axis=1)) + largest[:, 0]
        return (log_sum - z[range(len(y)), y]).mean()

    def accuracy(self, x, y):
        return (self.outputs(x)[1].argmax(axis=1) == y).mean()

    def step(self, x, y):
        hidden, z = self.outputs(x)
        d = numpy.exp(z - z.max(axis=1, keepdims=True))
        d /= d.sum(axis=1, keepdims=True)
        d[range(len(y)), y] -= 1
        d /= len(y)
        d_hidden = d @ self.weights[2].T * (1 - hidden**2)
        gradients = [x.T @ d_hidden, d_hidden.sum(axis=0), hidden.T @ d, d.sum(axis=0)]
        for i, gradient in enumerate(gradients):
            self.trace[i] = gradient + 0.9 * self.trace[i]
            self.weights[i] -= 0.002 * self.trace[i]
        return numpy.sqrt(sum((gradient**2).sum() for gradient in gradients))


class Minibatches(unittest.TestCase):
    def run_assay(self, folder, *overrides):
        (pathlib.Path(folder) / "small.yaml").write_text(CONFIG)
        return program.run("small.yaml", *overrides, folder=folder)

    def test_against_numpy(self):
        digits = numpy.loadtxt(program.SOURCE / "data" / "digits.csv", delimiter=",", skiprows=1)
        x, y = digits[:, :64], digits[:, 64].astype(int)
        train, validation, test = split(len(x))
        with program.temporary_folder() as folder:
            # The weights before the first step: the checkpoint of a run with a rate of 0.
            start = self.run_assay(folder, "optimizer.learning_rate=0", "train.epochs=1")
            steps = program.record(start)["steps"]
            self.assertEqual(steps, int(numpy.ceil(len(train) / 100)))
            self.assertNotEqual(len(train) % 100, 0)
            network = Network(load_file(start / "checkpoints" / f"step_{steps}.safetensors"))
        expected = {"batch": [], "train": [], "validation": [], "accuracy": [], "epoch": [], "within": [],
                    "norm": [], "rate": [], "test": [(0, network.loss(x[test], y[test]))]}
        step = 0
        for epoch in range(3):
            order = train[numpy.random.RandomState([7, 0, epoch, 0]).permutation(len(train))]
            losses = 0  # of the rows since the epoch began, with the weights of their steps
            for first in range(0, len(order), 100):
                rows = order[first:first + 100]
                step += 1
                loss = network.loss(x[rows], y[rows])
                losses += loss * len(rows)
                expected["batch"].append((step, loss))
                norm = network.step(x[rows], y[rows])
                for tag, every, value in (("within", 5, losses / (first + len(rows))), ("norm", 4, norm),
                                          ("rate", 6, 0.002)):
                    if step % every == 0:
                        expected[tag].append((step, value))
            expected["epoch"].append((step, losses / len(order)))
            expected["train"].append((step, network.loss(x[train], y[train])))
            expected["validation"].append((step, network.loss(x[validation], y[validation])))
        expected["accuracy"].append((step, network.accuracy(x[validation], y[validation])))

        with program.temporary_folder() as folder:
            run = self.run_assay(folder)
            logged = metrics.scalars(run)
            weights = load_file(run / "checkpoints" / f"step_{step}.safetensors")
        self.assertEqual(set(logged), set(expected))
        for tag, points in expected.items():
            self.assertEqual([s for _, s, _ in logged[tag]], [s for s, _ in points], tag)
            worst = max(abs(value / right - 1) for (_, _, value), (_, right) in zip(logged[tag], points))
            print(f"{tag}: {len(points)} values, at most {worst:.1e} relative")
            self.assertLess(worst, 1e-5, tag)
        for name, right in zip(("layer1.kernel", "layer1.bias", "layer2.kernel", "layer2.bias"),
                               network.weights):
            worst = abs(weights[name] - right).max() / abs(right).max()
            print(f"{name}: at most {worst:.1e} of its largest element")
            self.assertLess(worst, 1e-5, name)

    def test_any_number_of_threads_logs_the_same(self):
        with program.temporary_folder() as folder:
            logged = []
            for threads in (1, 2, 4):
                run = self.run_assay(folder, f"threads={threads}")
                logged.append({tag: [point[1:] for point in points]
                               for tag, points in metrics.scalars(run).items()})
                run.rename(pathlib.Path(folder) / f"with_{threads}")
            self.assertEqual(len(logged[0]["norm"]), 9)
            self.assertEqual(logged[0], logged[1])
            self.assertEqual(logged[0], logged[2])

    def test_the_rate_is_that_of_the_step_just_done(self):
        """Steps 1 to 35 of a warm-up of 10 in 40, as optax has it."""
        def optax(count):
            if count < 10:
                return 0.002 * count / 10
            return 0.002 * 0.5 * (1 + numpy.cos(numpy.pi * (count - 10) / 30))
        with program.temporary_folder() as folder:
            schedule = "{type: warmup_cosine, init_value: 0, peak_value: 0.002, warmup_steps: 10, decay_steps: 40}"
            run = self.run_assay(folder, f"optimizer.learning_rate={schedule}", "hooks.rate.every=1")
            rates = metrics.scalars(run)["rate"]
        self.assertEqual([step for _, step, _ in rates], list(range(1, len(rates) + 1)))
        for _, step, value in rates:
            self.assertAlmostEqual(value, optax(step - 1), delta=1e-15)

    def test_steps_instead_of_epochs(self):
        with program.temporary_folder() as folder:
            (pathlib.Path(folder) / "small.yaml").write_text(CONFIG.replace("epochs: 3", "steps: 17"))
            run = program.run("small.yaml", folder=folder)
            self.assertEqual(program.record(run)["steps"], 17)
            logged = metrics.scalars(run)
            self.assertEqual(logged["batch"][-1][1], 17)
            self.assertEqual([step for _, step, _ in logged["train"]], [12])


if __name__ == "__main__":
    unittest.main(verbosity=2)
