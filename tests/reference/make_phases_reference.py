"""Writes phases.json: steps of a model with batch normalization, behind transforms and a clipped gradient.

    python -m venv v && v/bin/pip install numpy
    v/bin/python make_phases_reference.py

The rows, the first weights and the order of the rows are formulas, which tests/train/phases.cpp has as well. All is
computed in float64, over whole batches. The gradient is the closed formula, and each step compares it with central
differences of the loss.
"""
import json
import os

import numpy as np

ROWS, BATCH, INPUTS, HIDDEN, CLASSES, STEPS = 50, 40, 6, 4, 3, 8
RATE, MAX_NORM, MOMENTUM, EPSILON = 0.5, 0.15, 0.75, 1e-3

r, i = np.arange(ROWS)[:, None], np.arange(INPUTS)[None, :]
samples = ((r * (i + 3) * 5 + i * i * 7 + r * r) % 17 - 8) * 0.25
targets = (np.arange(ROWS) ** 2 // 3) % CLASSES
standard = (samples - samples.mean(axis=0)) / samples.std(axis=0)  # the transform `standardize`


def order(step):
    return (np.arange(BATCH) * 7 + step * 3) % ROWS


def batch(step):
    """The rows of a step as the transforms leave them: standardized, then moved by the step and the row's number."""
    drift = 0.25 * (step % 3) + 0.125 * (np.arange(BATCH) % 4)
    return standard[order(step)] + drift[:, None] * (1 + np.arange(INPUTS)), targets[order(step)]


def cross_entropy(logits, classes):
    shifted = logits - logits.max(axis=1, keepdims=True)
    logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -logs[np.arange(len(classes)), classes].mean(), np.exp(logs)


def loss(weights, x, y):
    z = x @ weights["kernel1"]
    normal = (z - z.mean(axis=0)) / np.sqrt(z.var(axis=0) + EPSILON)
    return cross_entropy(normal @ weights["kernel2"], y)[0]


def gradient(weights, x, y):
    n = len(x)
    z = x @ weights["kernel1"]
    mean, variance = z.mean(axis=0), z.var(axis=0)
    normal = (z - mean) / np.sqrt(variance + EPSILON)
    value, shares = cross_entropy(normal @ weights["kernel2"], y)
    d = (shares - np.eye(CLASSES)[y]) / n
    slope = d @ weights["kernel2"].T
    slope = (slope - slope.mean(axis=0) - normal * (slope * normal).mean(axis=0)) / np.sqrt(variance + EPSILON)
    return value, {"kernel1": x.T @ slope, "kernel2": normal.T @ d}, mean, variance


def check(weights, x, y, found):
    for name, values in weights.items():
        for place in np.ndindex(values.shape):
            there = {other: np.array(kept) for other, kept in weights.items()}
            there[name][place] += 1e-6
            above = loss(there, x, y)
            there[name][place] -= 2e-6
            slope = (above - loss(there, x, y)) / 2e-6
            assert abs(slope - found[name][place]) < 1e-7, (name, place, slope, found[name][place])


def start(rows, columns, a, b, modulus):
    p, q = np.arange(rows)[:, None], np.arange(columns)[None, :]
    return ((p * a + q * b + p * q) % modulus - modulus // 2) * 0.125


weights = {"kernel1": start(INPUTS, HIDDEN, 5, 3, 11), "kernel2": start(HIDDEN, CLASSES, 3, 5, 7)}
mean, variance = np.zeros(HIDDEN), np.ones(HIDDEN)
losses, norms = [], []
for step in range(STEPS):
    x, y = batch(step)
    value, slopes, batch_mean, batch_variance = gradient(weights, x, y)
    check(weights, x, y, slopes)
    norm = np.sqrt(sum((values**2).sum() for values in slopes.values()))
    losses.append(value)
    norms.append(norm)
    factor = MAX_NORM / norm if norm >= MAX_NORM else 1
    weights = {name: values - RATE * factor * slopes[name] for name, values in weights.items()}
    mean = MOMENTUM * mean + (1 - MOMENTUM) * batch_mean
    variance = MOMENTUM * variance + (1 - MOMENTUM) * batch_variance
clipped = sum(norm >= MAX_NORM for norm in norms)
print(f"norms {norms}, losses {losses}")
assert 0 < clipped < STEPS
normal = (standard @ weights["kernel1"] - mean) / np.sqrt(variance + EPSILON)
evaluated = cross_entropy(normal @ weights["kernel2"], targets)[0]
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "phases.json"), "w") as file:
    json.dump({"numpy": np.__version__, "max_norm": MAX_NORM, "rate": RATE, "momentum": MOMENTUM, "epsilon": EPSILON,
               "losses": losses, "norms": norms, "mean": mean.tolist(), "variance": variance.tolist(),
               "kernel1": weights["kernel1"].ravel().tolist(), "kernel2": weights["kernel2"].ravel().tolist(),
               "evaluated": evaluated}, file)
    file.write("\n")
