"""The cost of a run that does nothing itself."""

import hydra


@hydra.main(version_base=None)
def nothing(config):
    pass


nothing()
