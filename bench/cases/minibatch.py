"""The tutorial's network in batches of 32, shuffled in every pass, nothing evaluated."""

from case import Case, per_second
from cases import trained

FLOPS = trained.flops([64, 100, 100, 10], rows=32)


def case(quick):
    steps = 84 if quick else 10080
    training = trained.all_programs("minibatch", steps, FLOPS, lambda seconds: steps / seconds)
    return Case("minibatch", f"{steps} steps of batches of 32, nothing evaluated", per_second("steps"),
                "JAX, lax.scan", training)
