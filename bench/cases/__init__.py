"""All cases, in the order of the table."""

from cases import batches, logging, machine, minibatch, neighbours, pictures, predict, start_up, training, tutorial, wide


def all_cases(quick):
    """`quick`: hardly any work; the figures mean nothing, but everything runs."""
    return [module.case(quick) for module in (tutorial, training, minibatch, wide)] + [
        *machine.cases(), logging.case(quick), pictures.case(quick), predict.case(quick), start_up.case(quick),
        *batches.cases(quick), *neighbours.cases(quick)]
