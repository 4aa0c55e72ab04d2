"""Trains an MLP in JAX. Timed: the steps, without imports and compilation.

    jax_mlp.py loop|scan WORK STEPS
"""

import itertools
import sys
import time

import jax
import jax.numpy as jnp
import numpy as np

import work
from jax_network import loss, updated

task = work.asked_for()
x, y, x_test, y_test = map(jnp.asarray, (task.x, task.y, task.x_test, task.y_test))
start = [(jnp.asarray(kernel), jnp.zeros(kernel.shape[1])) for kernel in task.kernels]


def step(parameters, rows):
    batch = (x, y) if task.whole else (x[rows], y[rows])
    parameters = updated(parameters, *batch, task.rate)
    return parameters, loss(parameters, x_test, y_test) if task.evaluate else None


def batches():
    return None if task.whole else task.batches()


def loop():
    jitted = jax.jit(step)
    jax.block_until_ready(jitted(start, None if task.whole else batches()[0]))
    begin = time.perf_counter()
    parameters = start
    for rows in itertools.repeat(None, task.steps) if task.whole else batches():
        parameters, value = jitted(parameters, rows)
        if task.evaluate:
            value = value.item()  # as the tutorial does, to log it
    jax.block_until_ready(parameters)
    return time.perf_counter() - begin, parameters


def scan():
    def steps(start, rows):
        return jax.lax.scan(step, start, rows, length=task.steps)

    compiled = jax.jit(steps).lower(start, batches()).compile()
    begin = time.perf_counter()
    parameters, values = jax.block_until_ready(compiled(start, batches()))
    if task.evaluate:
        np.asarray(values).tolist()
    return time.perf_counter() - begin, parameters


seconds, trained = {"loop": loop, "scan": scan}[sys.argv[1]]()
work.answer(seconds, jax.jit(loss)(trained, x_test, y_test))
