"""Ends runs at random moments, and lets their system calls fail, for as long as asked: `./dev torture`.

    torture.py [--rounds N | --seconds N]

A round kills runs 200 times, stops them by signals 100 times, and lets every system call of a run with checkpoints fail in
turn. Each time the run is taken up and compared with one that nothing happened to. Without arguments there is one round.
With --seconds there are rounds without failing calls, of 20 kills and 10 signals, until the time is over.
"""

import argparse
import sys
import time
import unittest

import test_checkpoint_faults
import test_resume


class Ended(test_resume.Runs):
    seed = 0
    kills = 200
    signals = 100

    def test_kills(self):
        self.kill(self.kills, self.seed)

    def test_signals(self):
        self.signal(self.signals, self.seed)


class EveryFault(test_checkpoint_faults.CheckpointFaults):
    EVERY = 1


def play(*cases):
    """A round; returns the number of tests that failed."""
    suite = unittest.TestSuite(map(unittest.defaultTestLoader.loadTestsFromTestCase, cases))
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    return len(result.failures) + len(result.errors)


def main():
    parser = argparse.ArgumentParser(prog="./dev torture", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    how_long = parser.add_mutually_exclusive_group()
    how_long.add_argument("--rounds", type=int, default=1)
    how_long.add_argument("--seconds", type=float)
    arguments = parser.parse_args()
    end = time.monotonic() + arguments.seconds if arguments.seconds else None
    failed = 0
    while failed == 0 and (time.monotonic() < end if end else Ended.seed < arguments.rounds):
        Ended.seed += 1
        if end:
            Ended.kills, Ended.signals = 20, 10
            failed = play(Ended)
        else:
            failed = play(Ended, EveryFault)
    print(f"{Ended.seed} rounds: {Ended.seed * Ended.kills} kills and {Ended.seed * Ended.signals} signals")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
