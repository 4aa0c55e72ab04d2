"""Writes initializers.json, splits.json and optax_more.json: further values of the outside world.

    python -m venv v && v/bin/pip install jax==0.10.2 optax==0.2.8 scikit-learn==1.9.1
    v/bin/python make_more_reference.py

64-bit mode only lets a seed have 64 bits and optax count in float64; all that is drawn is float32.
"""
import json
import os

import jax

jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp
import numpy as np
import optax
from sklearn.model_selection import train_test_split

HERE = os.path.dirname(os.path.abspath(__file__))
ENDS = 6  # elements kept from either end of an array


def write(name, content):
    with open(os.path.join(HERE, name), "w") as file:
        json.dump(content, file)
        file.write("\n")


def ends(values):
    return {"first": values[:ENDS], "last": values[-ENDS:]}


def drawn(array):
    """A float32 array in short: JSON keeps every bit of its elements."""
    flat = np.asarray(array).ravel()
    assert flat.dtype == np.float32
    values = [float(x) for x in flat]
    return {**ends(values), "sum": float(np.sum(flat, dtype=np.float64)),
            "sum_of_squares": float(np.sum(np.square(flat, dtype=np.float64)))}


def rows(array):
    """A list of row numbers in short; `weighted` is sensitive to the order."""
    values = [int(x) for x in array]
    return {"count": len(values), **ends(values), "sum": sum(values),
            "weighted": sum((i + 1) * x for i, x in enumerate(values))}


def stream(seed, parameter):
    return jax.random.fold_in(jax.random.key(seed), parameter)


# Parameter 0 under seed 0 is the first kernel of the tutorial: this script draws as that one did.
kernel = np.loadtxt(os.path.join(HERE, "init_layer1_kernel.csv"), delimiter=",", dtype=np.float32)
assert np.array_equal(jax.nn.initializers.lecun_normal()(stream(0, 0), kernel.shape, jnp.float32), kernel)

names = ["zeros", "ones"] + [f"{f}_{d}" for f in ("lecun", "he", "glorot") for d in ("normal", "uniform")]
initializers = []
for name in names:
    function = getattr(jax.nn.initializers, name)
    function = function if name in ("zeros", "ones") else function()
    for shape, seed, parameter in [((64, 100), 0, 0), ((100, 10), 1, 4), ((3, 5, 7, 11), 2**32 + 5, 3)]:
        array = function(stream(seed, parameter), shape, jnp.float32)
        initializers.append({"initializer": name, "seed": seed, "parameter": parameter,
                             "shape": shape, **drawn(array)})
uniforms = []
for seed, data, n, low, high in [(0, 0, 20, 0.0, 1.0), (1, 7, 1000, -1.0, 1.0), (2**62 + 9, 2**32 - 1, 77, 2.0, 5.5)]:
    array = jax.random.uniform(stream(seed, data), (n,), jnp.float32, low, high)
    uniforms.append({"seed": seed, "data": data, "n": n, "minimum": low, "maximum": high, **drawn(array)})
write("initializers.json", {"jax": jax.__version__, "initializers": initializers, "uniforms": uniforms})

splits = []
for n, test, seed in [(10, 0.5, 0), (100, 0.1, 1), (1797, 0.25, 7), (1797, 0.3, 4294967295), (5000, 1 / 3, 42), (3, 0.01, 5)]:
    train_rows, test_rows = train_test_split(np.arange(n), test_size=test, random_state=seed)
    splits.append({"rows": n, "test": test, "seed": seed, "train_rows": rows(train_rows), "test_rows": rows(test_rows)})
permutations = []
for n, words in [(1, [0]), (2, [3, 1]), (1347, [0, 0, 0, 0]), (1347, [0, 0, 1, 0]), (1797, [5, 1]),
                 (70000, [5, 1, 4000000000, 2]), (1000, list(range(1, 701)))]:
    permutations.append({"rows": n, "words": words, "order": rows(np.random.RandomState(words).permutation(n))})
write("splits.json", {"numpy": np.__version__, "splits": splits, "permutations": permutations})

SCHEDULES = [
    ("cosine", optax.cosine_decay_schedule, {"init_value": 0.3, "decay_steps": 1}),
    ("cosine", optax.cosine_decay_schedule, {"init_value": 0.05, "decay_steps": 3000}),
    ("cosine", optax.cosine_decay_schedule, {"init_value": 0.2, "decay_steps": 70, "alpha": 0.25, "exponent": 2.5}),
    ("warmup_cosine", optax.warmup_cosine_decay_schedule, {"init_value": 0.0, "peak_value": 0.003, "warmup_steps": 100, "decay_steps": 1075}),
    ("warmup_cosine", optax.warmup_cosine_decay_schedule, {"init_value": 0.01, "peak_value": 0.1, "warmup_steps": 0, "decay_steps": 40, "end_value": 0.02, "exponent": 0.5}),
    ("warmup_cosine", optax.warmup_cosine_decay_schedule, {"init_value": 0.5, "peak_value": 0.1, "warmup_steps": 1, "decay_steps": 2, "end_value": 0.2, "exponent": 3.0}),
    ("warmup_cosine", optax.warmup_cosine_decay_schedule, {"init_value": 0.5, "peak_value": 0.0, "warmup_steps": 10, "decay_steps": 30, "end_value": 0.1}),
]
COUNTS = [0, 1, 2, 3, 9, 10, 11, 39, 40, 41, 69, 70, 99, 100, 101, 500, 1074, 1075, 1076, 2999, 3000, 3001, 10**9]
schedules = [{"type": name, "arguments": arguments, "counts": COUNTS,
              "values": [float(make(**arguments)(count)) for count in COUNTS]}
             for name, make, arguments in SCHEDULES]

# The problem of make_optax_reference.py.
A = jnp.array([1.0, 0.5, 3.0, 0.1, 2.0, 10.0])
T = jnp.array([0.3, -1.2, 2.0, 0.0, -0.7, 0.05])
P0 = jnp.array([1.0, -0.5, 0.25, 2.0, -1.5, 0.5])
gradient = jax.jit(jax.grad(lambda p: jnp.sum(A * (p - T) ** 2) + 0.1 * jnp.sum(p**4)))
cosine = {"init_value": 0.1, "decay_steps": 20, "alpha": 0.1}
OPTIMIZERS = [
    ("sgd", optax.sgd, {"momentum": 0.5}, cosine),
    ("adam", optax.adam, {"b1": 0.8, "b2": 0.95, "eps": 1e-3, "eps_root": 1e-2}, cosine),
    ("adam", optax.adam, {"b1": 0.0, "b2": 0.0, "eps": 1e-1}, {"init_value": 0.05, "decay_steps": 25}),
]
optimizers = []
for name, make, arguments, schedule in OPTIMIZERS:
    optimizer = make(optax.cosine_decay_schedule(**schedule), **arguments)
    p, state, steps = P0, optimizer.init(P0), []
    for _ in range(25):
        update, state = optimizer.update(gradient(p), state, p)
        p = optax.apply_updates(p, update)
        steps.append(p.tolist())
    optimizers.append({"type": name, "arguments": arguments, "cosine": schedule, "parameters_after_each_step": steps})

# Each clips in some of the steps.
CLIPPED = [("sgd", optax.sgd, {"learning_rate": 0.05, "momentum": 0.9}, 4.0),
           ("adam", optax.adam, {"learning_rate": 0.05}, 5.0)]
clipped = []
for name, make, arguments, max_norm in CLIPPED:
    optimizer = optax.chain(optax.clip_by_global_norm(max_norm), make(**arguments))
    p, state, steps, norms = P0, optimizer.init(P0), [], []
    for _ in range(25):
        norms.append(float(optax.global_norm(gradient(p))))
        update, state = optimizer.update(gradient(p), state, p)
        p = optax.apply_updates(p, update)
        steps.append(p.tolist())
    assert min(norms) < max_norm < max(norms)
    clipped.append({"optimizer": name, "arguments": arguments, "max_norm": max_norm, "norm_before_each_step": norms,
                    "parameters_after_each_step": steps})
write("optax_more.json", {"optax": optax.__version__, "schedules": schedules, "optimizers": optimizers,
                          "clip_by_global_norm": clipped})
