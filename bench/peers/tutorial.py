"""All that the tutorial does (JAX AI Stack, "Visualize JAX model metrics with TensorBoard"), with the
libraries that it uses and as it uses them: nnx.jit and a loop, tf.summary, matplotlib.

    tutorial.py FOLDER STEPS
"""

import sys

import jax.numpy as jnp
import numpy as np
import optax
import tensorflow as tf
from flax import nnx
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import sheet

folder, steps = sys.argv[1], int(sys.argv[2])
digits = load_digits()
x_train, x_test, y_train, y_test = map(
    jnp.asarray, train_test_split(digits.images, digits.target, random_state=0))


class Network(nnx.Module):
    def __init__(self, rngs):
        self.layer1 = nnx.Linear(64, 100, rngs=rngs)
        self.layer2 = nnx.Linear(100, 100, rngs=rngs)
        self.layer3 = nnx.Linear(100, 10, rngs=rngs)

    def __call__(self, x):
        x = x.reshape(len(x), 64)
        return self.layer3(nnx.selu(self.layer2(nnx.selu(self.layer1(x)))))


model = Network(nnx.Rngs(0))
optimizer = nnx.Optimizer(model, optax.sgd(0.05), wrt=nnx.Param)


def loss(model, x, y):
    return optax.softmax_cross_entropy_with_integer_labels(model(x), y).mean()


@nnx.jit
def step(model, optimizer, x, y):
    optimizer.update(model, nnx.grad(loss)(model, x, y))
    return loss(model, x_test, y_test)


def picture(images, labels, right):
    png = sheet.png(images[:100], labels[:100], right[:100])
    return tf.expand_dims(tf.image.decode_png(png, channels=4), 0)


with tf.summary.create_file_writer(folder).as_default():
    tf.summary.image("Training Data", picture(digits.images, digits.target, [True] * 100), step=0)
    for i in range(1, steps + 1):
        tf.summary.scalar("Loss", step(model, optimizer, x_train, y_train).item(), step=i)
        if i % 10 == 0 or i == 1:
            right = model(x_test).argmax(axis=1) == y_test
            tf.summary.scalar("Accuracy", (jnp.count_nonzero(right) / len(y_test)).item(), step=i)
        if i % 500 == 0 or i == 1:
            predicted = np.asarray(model(x_test).argmax(axis=1))
            tf.summary.image(f"Step {i} Accuracy Testsheet",
                             picture(np.asarray(x_test), predicted, predicted == np.asarray(y_test)), step=i)
