"""How fast a library multiplies matrices of float32, row-major, [256, 1024] by [1024, 1024] as in the case
`wide`: the best of 100.

    gemm.py openblas|onednn THREADS
"""

import ctypes
import os
import sys

library, threads = sys.argv[1:]
os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = threads

import json
import time

import numpy as np

M, N, K = 256, 1024, 1024
draw = np.random.default_rng(0)
a, b = (draw.standard_normal(shape).astype(np.float32) for shape in ((M, K), (K, N)))
c = np.empty((M, N), np.float32)


def openblas():
    """NumPy's own, from its wheel."""
    build = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return f"{build['name']} {build['version']}", lambda: np.matmul(a, b, out=c)


def onednn():
    dnnl = ctypes.CDLL("libdnnl.so.2")
    dnnl.dnnl_version.restype = ctypes.POINTER(ctypes.c_int)
    version = ".".join(str(dnnl.dnnl_version()[i]) for i in range(3))
    size, scalar = ctypes.c_int64, ctypes.c_float
    pointer = ctypes.POINTER(ctypes.c_float)
    dnnl.dnnl_sgemm.argtypes = [ctypes.c_char, ctypes.c_char, size, size, size, scalar, pointer, size,
                                pointer, size, scalar, pointer, size]
    from_a, from_b, to_c = (matrix.ctypes.data_as(pointer) for matrix in (a, b, c))

    def multiply():
        status = dnnl.dnnl_sgemm(b"N", b"N", M, N, K, 1, from_a, K, from_b, N, 0, to_c, N)
        assert status == 0, f"dnnl_sgemm: {status}"

    return f"oneDNN {version}", multiply


try:
    version, multiply = {"openblas": openblas, "onednn": onednn}[library]()
except OSError as error:
    print(json.dumps({"absent": str(error)}))
    sys.exit()
best = float("inf")
for _ in range(100):
    begin = time.perf_counter()
    multiply()
    best = min(best, time.perf_counter() - begin)
assert np.allclose(c, a.astype(np.float64) @ b, atol=1e-3)
print(json.dumps({"gflops": 2 * M * N * K / best * 1e-9, "version": version}))
