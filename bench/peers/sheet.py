"""A sheet of 10x10 digits with the tutorial's settings, drawn by matplotlib and encoded as PNG."""

import io

import matplotlib

matplotlib.use("Agg")

from matplotlib import pyplot


def png(images, labels, right):
    figure, axes = pyplot.subplots(10, 10, figsize=(6, 6), subplot_kw={"xticks": [], "yticks": []},
                                   gridspec_kw={"hspace": 0.1, "wspace": 0.1})
    for cell, image, label, is_right in zip(axes.flat, images, labels, right):
        cell.imshow(image, cmap="binary", interpolation="gaussian")
        cell.text(0.05, 0.05, str(label), transform=cell.transAxes, color="green" if is_right else "red")
    file = io.BytesIO()
    pyplot.savefig(file, format="png")
    pyplot.close(figure)
    return file.getvalue()
