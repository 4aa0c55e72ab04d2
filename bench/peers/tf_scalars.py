"""Scalars through tf.summary, as the tutorial writes them. Timed: from the first to the closed file.

    tf_scalars.py COUNT
"""

import json
import sys
import tempfile
import time

import tensorflow as tf

count = int(sys.argv[1])
with tempfile.TemporaryDirectory(prefix="assay-bench-") as folder:
    writer = tf.summary.create_file_writer(folder)
    with writer.as_default():
        tf.summary.scalar("Loss", 0.5, step=0)  # what is made once is made
        begin = time.perf_counter()
        for step in range(count):
            tf.summary.scalar("Loss", 0.5, step=step + 1)
    writer.close()
    print(json.dumps({"rate": count / (time.perf_counter() - begin)}))
