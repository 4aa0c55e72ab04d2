"""Writes clipped.json: the first steps of the tutorial's experiment behind optax.clip_by_global_norm.

    python -m venv v && v/bin/pip install jax==0.10.2 optax==0.2.8 scikit-learn==1.9.1 safetensors
    v/bin/python make_clipped_reference.py

It starts from the weights in state_step0.safetensors and takes all training rows of split_seed0.json in each step, as
make_reference.py does. Losses and norms of the gradient before clipping are written in float64; those of float32 must
agree, so that they can be compared at all.
"""
import json
import os

import jax

jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp
import numpy as np
import optax
from safetensors.numpy import load_file
from sklearn.datasets import load_digits

HERE = os.path.dirname(os.path.abspath(__file__))
STEPS = 30
RUNS = [("sgd", optax.sgd, {"learning_rate": 0.05}, 6.0), ("adam", optax.adam, {"learning_rate": 0.001}, 10.0)]

digits = load_digits()
with open(os.path.join(HERE, "split_seed0.json")) as file:
    train = np.array(json.load(file)["train"])
start = load_file(os.path.join(HERE, "state_step0.safetensors"))


def loss(weights, x, y):
    for layer in ("layer1", "layer2"):
        x = jax.nn.selu(x @ weights[f"{layer}.kernel"] + weights[f"{layer}.bias"])
    logits = x @ weights["layer3.kernel"] + weights["layer3.bias"]
    return optax.softmax_cross_entropy_with_integer_labels(logits, y).mean()


def run(optimizer, dtype):
    x, y = jnp.asarray(digits.data[train].astype(dtype)), jnp.asarray(digits.target[train])
    weights = {name: jnp.asarray(values.astype(dtype)) for name, values in start.items()
               if name.startswith("layer")}
    assert len(weights) == 6

    @jax.jit
    def step(weights, state):
        value, gradient = jax.value_and_grad(loss)(weights, x, y)
        update, state = optimizer.update(gradient, state, weights)
        return optax.apply_updates(weights, update), state, value, optax.global_norm(gradient)

    state, losses, norms = optimizer.init(weights), [], []
    for _ in range(STEPS):
        weights, state, value, norm = step(weights, state)
        losses.append(float(value))
        norms.append(float(norm))
    return losses, norms


runs = []
for name, make, arguments, max_norm in RUNS:
    optimizer = optax.chain(optax.clip_by_global_norm(max_norm), make(**arguments))
    (losses, norms), single = run(optimizer, np.float64), run(optimizer, np.float32)
    off = max(np.max(np.abs(np.array(a) / np.array(b) - 1)) for a, b in zip(single, (losses, norms)))
    clipped = sum(norm >= max_norm for norm in norms)
    print(f"{name}: float32 is off by {off:.1e}; {clipped} of {STEPS} steps are clipped; loss {losses[0]:.3f} to "
          f"{losses[-1]:.3f}")
    assert off < 1e-3 and 0 < clipped < STEPS
    runs.append({"optimizer": name, "arguments": arguments, "max_norm": max_norm, "losses": losses, "norms": norms})
with open(os.path.join(HERE, "clipped.json"), "w") as file:
    json.dump({"jax": jax.__version__, "optax": optax.__version__, "runs": runs}, file)
    file.write("\n")
