"""Runs a command and prints how long it took and the most memory that it had, as JSON.

A process of its own, started with -I -S: Linux counts the memory of the process that forked to the peak of
the new one, so the one that forks must be small (8 MB).
"""

import json
import os
import sys
import time

nothing = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
begin = time.perf_counter()
child = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=nothing)
_, status, usage = os.wait4(child, 0)
seconds = time.perf_counter() - begin
if status != 0:
    sys.exit(f"{' '.join(sys.argv[1:])}: status {status}")
print(json.dumps({"seconds": seconds, "megabytes": usage.ru_maxrss * 1024 / 1e6}))
