"""The tutorial's steps alone."""

from case import SECONDS, Case
from cases import trained

FLOPS = trained.flops([64, 100, 100, 10], rows=1347, test_rows=450)  # 139.0e6
STEPS = 3000


def case(quick):
    steps = 30 if quick else STEPS
    return Case("training", f"{steps} steps of the tutorial, the test loss after each, nothing logged",
                SECONDS, "JAX, lax.scan", trained.all_programs("training", steps, FLOPS, lambda seconds: seconds))
