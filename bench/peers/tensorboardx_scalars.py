"""Scalars through tensorboardX, as its users write them. Timed: from the first to the closed file.

    tensorboardx_scalars.py COUNT
"""

import json
import sys
import tempfile
import time

from tensorboardX import SummaryWriter

count = int(sys.argv[1])
with tempfile.TemporaryDirectory(prefix="assay-bench-") as folder:
    writer = SummaryWriter(folder)
    begin = time.perf_counter()
    for step in range(count):
        writer.add_scalar("Loss", 0.5, step)
    writer.close()
    print(json.dumps({"rate": count / (time.perf_counter() - begin)}))
