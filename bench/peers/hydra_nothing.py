"""What a run costs when the run itself does nothing."""

import hydra


@hydra.main(version_base=None)
def nothing(config):
    pass


nothing()
