"""Writes standardize.json: what sklearn.preprocessing.StandardScaler makes of samples, in float64.

    python3 make_standardize_reference.py    # scikit-learn 1.9.1, NumPy

The samples are float32 numbers: usual ones, far from zero, tiny, constant, zero, and with NaN.
"""

import json
import pathlib

import numpy as np
from sklearn.preprocessing import StandardScaler

ROWS = 97
rng = np.random.default_rng(0)
columns = [rng.normal(3, 2, ROWS), rng.normal(1e6, 10, ROWS), rng.normal(-2000, 0.5, ROWS), rng.normal(0, 1e-6, ROWS),
           np.full(ROWS, 3.3), np.zeros(ROWS), np.where(np.arange(ROWS) == 5, 7, 6.9)]
samples = np.stack(columns, axis=1).astype(np.float32)
with_nan = np.where(rng.random(ROWS) < 0.2, np.nan, rng.normal(5, 4, ROWS)).astype(np.float32)
samples = np.concatenate([samples, with_nan[:, None]], axis=1)
other = (samples * 1.5 + 1).astype(np.float32)[:11]  # not those that it is fitted to


def numbers(array):
    """Lists an array, with null for NaN."""
    return [[None if np.isnan(x) else float(x) for x in row] for row in np.asarray(array, np.float64)]


cases = []
for mean in (True, False):
    for std in (True, False):
        scaler = StandardScaler(with_mean=mean, with_std=std).fit(samples.astype(np.float64))
        cases.append({"with_mean": mean, "with_std": std,
                      "samples": numbers(scaler.transform(samples.astype(np.float64))),
                      "other": numbers(scaler.transform(other.astype(np.float64)))})
path = pathlib.Path(__file__).parent / "standardize.json"
path.write_text(json.dumps({"samples": numbers(samples), "other": numbers(other), "cases": cases}) + "\n")
