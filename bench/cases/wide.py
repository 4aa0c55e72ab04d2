"""Layers as wide as one would use a library for."""

import programs
from case import GFLOPS, Case
from cases import trained

FLOPS = trained.flops([784, 1024, 1024, 10], rows=256)  # 2.45e9


def case(quick):
    steps = 4 if quick else 128
    training = trained.all_programs("wide", steps, FLOPS, lambda seconds: FLOPS * steps / seconds * 1e-9)
    del training["scikit-learn"]
    assay = training["Assay"]

    def assay_if_it_can():
        if "synthetic" not in programs.plugins("dataset"):
            raise programs.Absent("there is no dataset plugin 'synthetic'")
        return assay()

    training["Assay"] = assay_if_it_can
    return Case("wide", f"{steps} steps of 784-1024-1024-10, batches of 256, nothing evaluated", GFLOPS,
                "JAX, jitted loop", training)
