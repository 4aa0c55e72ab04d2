"""Trains an MLP from many initial weights at once with JAX's vmap. Timed: the steps, without imports and compilation.

    jax_seeds.py SEEDS WORK STEPS
"""

import sys
import time

import jax
import jax.numpy as jnp

import work
from jax_network import loss, updated

task = work.asked_for()
x, y, x_test, y_test = map(jnp.asarray, (task.x, task.y, task.x_test, task.y_test))


def initial(seed):
    keys = jax.random.split(jax.random.key(seed), len(task.kernels))
    draw = jax.nn.initializers.lecun_normal()  # nnx.Linear's
    return [(draw(key, kernel.shape), jnp.zeros(kernel.shape[1])) for key, kernel in zip(keys, task.kernels)]


def train(parameters):
    def step(parameters, _):
        parameters = updated(parameters, x, y, task.rate)
        return parameters, loss(parameters, x_test, y_test)

    return jax.lax.scan(step, parameters, length=task.steps)


seeds = jnp.arange(int(sys.argv[1]))
start = jax.vmap(initial)(seeds)
compiled = jax.jit(jax.vmap(train)).lower(start).compile()
begin = time.perf_counter()
_, losses = jax.block_until_ready(compiled(start))
work.answer(time.perf_counter() - begin, losses[:, -1].mean())
