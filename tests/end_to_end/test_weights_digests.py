"""The weights that every file in configs/ ends with are the same to the last bit with g++ 12 on Debian 12 and g++ 14 on
Debian 13: their digests are in tests/reference/weights_digests.json, for each set of kernels.

`./dev accept-digests` runs this file with --accept, which writes the table anew.
"""

import json
import platform
import re
import sys
import unittest

import program

TABLE = program.REFERENCE / "weights_digests.json"
CONFIGS = sorted(program.CONFIGS.glob("*.yaml"))
SETS = ["generic", "avx2", "avx512"]


def available():
    """The sets of kernels that this CPU has."""
    with program.temporary_folder() as folder:
        said = program.assay("--version", folder=folder).stdout
    return SETS[: SETS.index(re.search(r"this CPU has (\w+)\)", said)[1]) + 1]


def digest(config, kernels):
    """The digest of the weights after the whole training."""
    with program.temporary_folder() as folder:
        process = program.assay("--kernels", kernels, "run", config, "run_dir=run", "loggers=[]", "hooks={}",
                                "threads=1", folder=folder)
        assert process.returncode == program.DONE, process.stdout + process.stderr
        return program.record(program.pathlib.Path(folder) / "run")["weights_digest"]


@unittest.skipUnless(platform.machine() == "x86_64", "the table is for x86-64")
class WeightsDigests(unittest.TestCase):
    maxDiff = None

    def test_the_table_has_every_config(self):
        table = json.loads(TABLE.read_text())
        self.assertEqual({name: sorted(row) for name, row in table.items()},
                         {config.name: sorted(SETS) for config in CONFIGS},
                         "./dev accept-digests writes the table, on a CPU that has all sets")

    def test_the_weights_are_the_same(self):
        table = json.loads(TABLE.read_text())
        for kernels in available():
            expected = {name: row[kernels] for name, row in table.items()}
            found = {config.name: digest(config, kernels) for config in CONFIGS}
            with self.subTest(kernels):
                self.assertEqual(found, expected, "if training was meant to change: ./dev accept-digests")


def accept():
    """Writes what is seen now; of sets that this CPU lacks the table keeps what it has."""
    before = json.loads(TABLE.read_text()) if TABLE.exists() else {}
    table = {config.name: {**before.get(config.name, {}),
                           **{kernels: digest(config, kernels) for kernels in available()}}
             for config in CONFIGS}
    TABLE.write_text(json.dumps(table, indent=2) + "\n")
    for name, row in table.items():
        print(f"{name}: {'as before' if row == before.get(name) else 'changed'}")
    for kernels in SETS[len(available()):]:
        print(f"this CPU has no {kernels}: its digests were left as they are")


if __name__ == "__main__":
    if "--accept" in sys.argv:
        accept()
    else:
        unittest.main(verbosity=2)
