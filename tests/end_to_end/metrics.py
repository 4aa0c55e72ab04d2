"""Reads a run folder's metrics.jsonl."""

import json
import pathlib


def read(run):
    """The records, in order."""
    with open(pathlib.Path(run) / "metrics.jsonl", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def scalars(run):
    """{tag: [[wall_time, step, value], ...]}; "NaN" and the infinities become floats."""
    series = {}
    for record in read(run):
        if "value" in record:
            point = [record["wall_time"], record["step"], float(record["value"])]
            series.setdefault(record["tag"], []).append(point)
    return series


def images(run):
    """{tag: [(step, (width, height)), ...]}"""
    series = {}
    for record in read(run):
        if "image" in record:
            size = (record["image"]["width"], record["image"]["height"])
            series.setdefault(record["tag"], []).append((record["step"], size))
    return series
