"""scikit-learn predicts samples with a network of the tutorial's sizes, and NumPy saves the probabilities. Timed: from
the file of the samples to that of the probabilities.

    sklearn_predict.py SAMPLES
"""

import json
import os
import sys
import time
import warnings

import numpy
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

warnings.simplefilter("ignore", ConvergenceWarning)  # it is not to be trained well
few = numpy.random.default_rng(0).normal(size=(100, 64)).astype(numpy.float32)
network = MLPClassifier((100, 100), max_iter=1).fit(few, numpy.arange(100) % 10)
begin = time.perf_counter()
rows = numpy.load(sys.argv[1], mmap_mode="r").reshape(-1, 64)
numpy.save("probabilities.npy", network.predict_proba(rows))
print(json.dumps({"seconds": time.perf_counter() - begin, "bytes": os.path.getsize("probabilities.npy")}))
