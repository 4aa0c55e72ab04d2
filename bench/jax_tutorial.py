"""The tutorial's 3000 steps in JAX, with the test loss after each, nothing logged. Prints the seconds that
the steps took, compilation and imports left out, and the last test loss.

    python bench/jax_tutorial.py loop|scan
"""

import sys
import time

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

STEPS = 3000

digits = load_digits()
x_train, x_test, y_train, y_test = map(
    jnp.asarray, train_test_split(digits.data.astype(np.float32), digits.target, random_state=0))
rngs = nnx.Rngs(0)
layers = [nnx.Linear(64, 100, rngs=rngs), nnx.Linear(100, 100, rngs=rngs), nnx.Linear(100, 10, rngs=rngs)]
start = [(jnp.asarray(layer.kernel[...]), jnp.zeros(layer.kernel.shape[1])) for layer in layers]


def forward(parameters, x):
    for kernel, bias in parameters[:-1]:
        x = jax.nn.selu(x @ kernel + bias)
    return x @ parameters[-1][0] + parameters[-1][1]


def loss(parameters, x, y):
    return optax.softmax_cross_entropy_with_integer_labels(forward(parameters, x), y).mean()


def step(parameters):
    gradients = jax.grad(loss)(parameters, x_train, y_train)
    parameters = jax.tree.map(lambda p, g: p - 0.05 * g, parameters, gradients)
    return parameters, loss(parameters, x_test, y_test)


def loop():
    jitted = jax.jit(step)
    jax.block_until_ready(jitted(start))
    begin = time.perf_counter()
    parameters = start
    for _ in range(STEPS):
        parameters, value = jitted(parameters)
        value = value.item()  # as the tutorial does, to log it
    return time.perf_counter() - begin, value


def scan():
    jitted = jax.jit(lambda parameters: jax.lax.scan(lambda p, _: step(p), parameters, length=STEPS))
    compiled = jitted.lower(start).compile()
    begin = time.perf_counter()
    _, values = jax.block_until_ready(compiled(start))
    return time.perf_counter() - begin, float(values[-1])


seconds, value = {"loop": loop, "scan": scan}[sys.argv[1]]()
print(seconds, value)
