"""Trains an MLP in PyTorch (eager, torch.nn and torch.optim.SGD). Timed: the steps, after one that is not.

    torch_mlp.py WORK STEPS
"""

import os
import time

# Threads that spin while they wait slow it down many times over where anything else uses the machine.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import torch

import work

torch.set_num_threads(len(os.sched_getaffinity(0)))
task = work.asked_for()
x, x_test = torch.from_numpy(task.x), torch.from_numpy(task.x_test)
y, y_test = torch.from_numpy(task.y).long(), torch.from_numpy(task.y_test).long()
loss = torch.nn.functional.cross_entropy


def network():
    layers = []
    for kernel in task.kernels:
        linear = torch.nn.Linear(*kernel.shape)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(kernel).T)
            linear.bias.zero_()
        layers += [linear, torch.nn.SELU()]
    return torch.nn.Sequential(*layers[:-1])


def train(model, batches):
    optimizer = torch.optim.SGD(model.parameters(), lr=task.rate)
    for rows in batches:
        optimizer.zero_grad()
        batch = (x, y) if task.whole else (x[rows], y[rows])
        loss(model(batch[0]), batch[1]).backward()
        optimizer.step()
        if task.evaluate:
            with torch.no_grad():
                loss(model(x_test), y_test).item()


def batches():
    return [None] * task.steps if task.whole else torch.from_numpy(task.batches()).long()


train(network(), batches()[:1])
model = network()
begin = time.perf_counter()
train(model, batches())
seconds = time.perf_counter() - begin
with torch.no_grad():
    work.answer(seconds, loss(model(x_test), y_test))
