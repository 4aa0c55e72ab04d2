"""The work that a case asks of its peers: rows, network, rate and steps, the same for all of them. NumPy alone, so
that any Python can read it."""

import dataclasses
import json
import pathlib
import sys

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805  # Klambauer et al. 2017


@dataclasses.dataclass(frozen=True)
class Work:
    x: np.ndarray  # float32 [rows, inputs]
    y: np.ndarray  # int32 [rows]
    x_test: np.ndarray
    y_test: np.ndarray
    kernels: list  # initial weights, float32 [inputs, outputs]; biases start at 0
    rate: float
    batch: int  # rows a step
    steps: int
    evaluate: bool  # the test loss after every step, brought back to Python

    @property
    def whole(self):
        return self.batch == len(self.x)

    def batches(self):
        """Row numbers, [steps, batch]; another order in every epoch."""
        order = np.random.default_rng(0)
        a_pass = len(self.x) // self.batch
        passes = -(-self.steps // a_pass)
        rows = [order.permutation(len(self.x)).astype(np.int32) for _ in range(passes)]
        return np.concatenate(rows).reshape(-1, self.batch)[:self.steps]


def digits(test_share):
    """The rows of Assay's digits, split as scikit-learn's train_test_split(random_state=0) does."""
    table = np.loadtxt(ROOT / "data" / "digits.csv", delimiter=",", skiprows=1, dtype=np.float32)
    order = np.random.RandomState(0).permutation(len(table))
    tests = int(np.ceil(test_share * len(table)))
    x, y = table[:, :-1], table[:, -1].astype(np.int32)
    return x[order[tests:]], y[order[tests:]], x[order[:tests]], y[order[:tests]]


def tutorial_kernels():
    """nnx.Linear's for Rngs(0), as Assay draws them for `seed: 0`."""
    folder = ROOT / "tests" / "reference"
    return [np.loadtxt(folder / f"init_layer{i}_kernel.csv", delimiter=",", dtype=np.float32)
            for i in (1, 2, 3)]


def training(steps):
    data = digits(0.25)
    return Work(*data, tutorial_kernels(), rate=0.05, batch=len(data[0]), steps=steps, evaluate=True)


def tiny(steps):
    draw = np.random.default_rng(0)
    kernels = [(draw.standard_normal((i, o)) / np.sqrt(i)).astype(np.float32) for i, o in ((64, 8), (8, 10))]
    return Work(*digits(0.2765), kernels, rate=0.01, batch=100, steps=steps, evaluate=False)


def minibatch(steps):
    return Work(*digits(0.252), tutorial_kernels(), rate=0.01, batch=32, steps=steps, evaluate=False)


def wide(steps):
    draw = np.random.default_rng(0)
    widths, rows = [784, 1024, 1024, 10], 8192
    centres = draw.uniform(-1, 1, (10, widths[0]))
    y = draw.integers(0, 10, rows).astype(np.int32)
    x = (centres[y] + draw.uniform(-1, 1, (rows, widths[0]))).astype(np.float32)
    kernels = [(draw.standard_normal((i, o)) / np.sqrt(i)).astype(np.float32)
               for i, o in zip(widths, widths[1:])]
    return Work(x, y, x[:256], y[:256], kernels, rate=0.01, batch=256, steps=steps, evaluate=False)


def asked_for():
    """The work that the command line names: WORK STEPS."""
    name, steps = sys.argv[-2:]
    return {"training": training, "tiny": tiny, "minibatch": minibatch, "wide": wide}[name](int(steps))


def answer(seconds, loss):
    print(json.dumps({"seconds": seconds, "loss": float(loss)}))
