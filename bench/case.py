"""A case: one kind of work, done by several programs."""

import dataclasses
from collections.abc import Callable


@dataclasses.dataclass(frozen=True)
class Unit:
    name: str
    more_is_better: bool = False


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    title: str
    unit: Unit
    reference: str  # the program that the others are compared with
    programs: dict[str, Callable[[], dict]]  # each returns {"figure": ..., and what else it has to tell}
    on_request: bool = False  # only where --only has its first word


SECONDS = Unit("s")
MILLISECONDS = Unit("ms")
GFLOPS = Unit("GFLOP/s", more_is_better=True)


def per_second(what):
    return Unit(f"{what}/s", more_is_better=True)
