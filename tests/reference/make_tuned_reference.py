"""Writes tuned.json: training with frozen weights and with factors of the learning rate, as optax does it.

    python -m venv v && v/bin/pip install jax==0.10.2 optax==0.2.8 scikit-learn==1.9.1
    v/bin/python make_tuned_reference.py

A network with two hidden layers, tanh, begins with the weights of begin() and takes all training rows of
split_seed0.json in each step. Frozen weights are masked with optax.set_to_zero in front of everything, and the others
are trained by optax.multi_transform, with an optimizer for each factor. The weights after the last step, and the norm
over all gradients that are not frozen, before clipping, are written in float64.
"""
import json
import os

import jax

jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp
import numpy as np
import optax
from sklearn.datasets import load_digits

HERE = os.path.dirname(os.path.abspath(__file__))
STEPS, MAX_NORM = 20, 0.1
SHAPES = {"layer1.kernel": (64, 8), "layer1.bias": (8,), "layer2.kernel": (8, 6), "layer2.bias": (6,),
          "layer3.kernel": (6, 10), "layer3.bias": (10,)}
LABELS = {"layer1.kernel": "frozen", "layer1.bias": "frozen", "layer2.kernel": "0.25", "layer2.bias": "frozen",
          "layer3.kernel": "1", "layer3.bias": "10"}
OPTIMIZERS = {"sgd": (optax.sgd, {"learning_rate": 0.02, "momentum": 0.0}),
              "momentum": (optax.sgd, {"learning_rate": 0.01, "momentum": 0.9}),
              "adam": (optax.adam, {"learning_rate": 0.003})}

digits = load_digits()
with open(os.path.join(HERE, "split_seed0.json")) as file:
    train = np.array(json.load(file)["train"])


def begin():
    """Weights that NumPy promises never to change; test_fine_tuning.py makes the same."""
    random = np.random.RandomState(7)
    return {name: (random.standard_normal(shape) / np.sqrt(4 * shape[0])).astype(np.float32)
            for name, shape in SHAPES.items()}


def loss(weights, x, y):
    for layer in ("layer1", "layer2"):
        x = jnp.tanh(x @ weights[f"{layer}.kernel"] + weights[f"{layer}.bias"])
    logits = x @ weights["layer3.kernel"] + weights["layer3.bias"]
    return optax.softmax_cross_entropy_with_integer_labels(logits, y).mean()


def run(make, arguments, clips):
    def of(factor):
        return make(**{**arguments, "learning_rate": arguments["learning_rate"] * factor})

    frozen = {name: label == "frozen" for name, label in LABELS.items()}
    optimizer = optax.chain(
        optax.masked(optax.set_to_zero(), frozen),
        optax.clip_by_global_norm(MAX_NORM) if clips else optax.identity(),
        optax.multi_transform({"frozen": optax.set_to_zero(), "0.25": of(0.25), "1": of(1), "10": of(10)}, LABELS))
    x, y = jnp.asarray(digits.data[train]), jnp.asarray(digits.target[train])
    weights = {name: jnp.asarray(values, dtype=np.float64) for name, values in begin().items()}
    state, norms = optimizer.init(weights), []
    for _ in range(STEPS):
        gradient = jax.grad(loss)(weights, x, y)
        norms.append(float(optax.global_norm({n: g for n, g in gradient.items() if not frozen[n]})))
        update, state = optimizer.update(gradient, state, weights)
        weights = optax.apply_updates(weights, update)
    return weights, norms


runs = []
for name, (make, arguments) in OPTIMIZERS.items():
    for clips in (False, True):
        weights, norms = run(make, arguments, clips)
        clipped = sum(norm >= MAX_NORM for norm in norms)
        print(f"{name}: norms {min(norms):.3g} to {max(norms):.3g}; {clipped} of {STEPS} steps are clipped")
        assert clipped > 0
        runs.append({"optimizer": name, "arguments": arguments, "max_norm": MAX_NORM if clips else None, "norms": norms,
                     "weights": {n: np.asarray(w).tolist() for n, w in weights.items() if LABELS[n] != "frozen"}})
with open(os.path.join(HERE, "tuned.json"), "w") as file:
    json.dump({"jax": jax.__version__, "optax": optax.__version__, "steps": STEPS, "runs": runs}, file)
    file.write("\n")
