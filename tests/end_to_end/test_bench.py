"""./dev bench without its peers: Assay's own cases run, the peers' data and the count of flops are right,
and the table says what was measured."""

import json
import math
import os
import subprocess
import sys
import unittest

import numpy
import program

BENCH = program.SOURCE / "bench"
sys.path[:0] = [str(BENCH), str(BENCH / "peers")]

import table  # noqa: E402
import work  # noqa: E402
from case import SECONDS, Case, per_second  # noqa: E402
from cases import all_cases, neighbours, trained, training  # noqa: E402
from findings import findings  # noqa: E402


def bench(*options, folder):
    results = f"{folder}/bench.json"
    process = subprocess.run([sys.executable, BENCH / "run.py", "--quick", "--runs", "1", "--results",
                              results, *options], capture_output=True, text=True, timeout=600)
    return process, results


class Command(unittest.TestCase):
    def test_assay_alone(self):
        ours = r": Assay|^peak"  # the neighbours are for those who ask for them
        with program.temporary_folder() as folder:
            process, path = bench("--only", ours, folder=folder)
            self.assertEqual(process.returncode, 0, process.stderr)
            with open(path, encoding="utf-8") as file:
                written = json.load(file)
        absent = [line for line in process.stdout.splitlines() if line.startswith("left out")]
        print(process.stdout)
        for case in all_cases(True):
            if case.on_request:
                self.assertNotIn(case.name, written["results"])
                continue
            for name in case.programs:
                if not (name.startswith("Assay") or case.name == "peak"):
                    continue
                if any(line.startswith(f"left out: {case.name}: {name}:") for line in absent):
                    continue
                with self.subTest(case=case.name, program=name):
                    (result,) = written["results"][case.name][name]
                    self.assertTrue(math.isfinite(result["figure"]))
                    self.assertIn(case.title, process.stdout)
        self.assertLess(written["results"]["training"]["Assay"][0]["loss"], math.log(10))

    def test_neighbours(self):
        """They spin while a program is measured, and no longer."""
        with program.temporary_folder() as folder:
            process, path = bench("--only", "neighbours (tiny 1 pinned|wide 2): Assay", folder=folder)
            self.assertEqual(process.returncode, 0, process.stderr)
            with open(path, encoding="utf-8") as file:
                results = json.load(file)["results"]
        self.assertEqual(set(results), {"neighbours tiny 1 pinned", "neighbours wide 2"})
        for case in results.values():
            self.assertEqual(set(case), {"Assay", "Assay, threads=1", "Assay, threads=2", "Assay, threads=4"})
            self.assertEqual(case["Assay, threads=1"][0]["threads"], 1)

        def children():
            return subprocess.run(["pgrep", "-c", "-f", "while True: pass", "-P", str(os.getpid())],
                                  capture_output=True, text=True).stdout.strip()

        cores = os.sched_getaffinity(0)
        with neighbours.beside(2, True):
            self.assertEqual((children(), len(os.sched_getaffinity(0))), ("2", 1))
        self.assertEqual((children(), os.sched_getaffinity(0)), ("0", cores))

    def test_pinned_markdown(self):
        with program.temporary_folder() as folder:
            process, _ = bench("--only", "^peak", "--pin", "--markdown", folder=folder)
        self.assertEqual(process.returncode, 0, process.stderr)
        self.assertIn("1 core, ", process.stdout)
        self.assertIn("| the machine's peak, GFLOP/s | multiply-adds alone, 1 core |", process.stdout)
        self.assertNotIn("2 cores", process.stdout)

    def test_nothing_chosen(self):
        with program.temporary_folder() as folder:
            process, _ = bench("--only", "no such thing", folder=folder)
        self.assertEqual(process.returncode, 1)
        self.assertIn("no case matches 'no such thing'", process.stderr)


class Work(unittest.TestCase):
    def test_rows_are_the_tutorials(self):
        with open(program.REFERENCE / "split_seed0.json", encoding="utf-8") as file:
            split = json.load(file)
        table = numpy.loadtxt(program.SOURCE / "data" / "digits.csv", delimiter=",", skiprows=1)
        x, y, x_test, y_test = work.digits(0.25)
        for rows, images, labels in ((split["train"], x, y), (split["test"], x_test, y_test)):
            numpy.testing.assert_array_equal(images, table[rows, :-1])
            numpy.testing.assert_array_equal(labels, table[rows, -1])

    def test_batches(self):
        task = work.minibatch(100)
        batches = task.batches()
        self.assertEqual((len(task.x), batches.shape), (1344, (100, 32)))
        for first in (0, 42):
            one_pass = batches[first:first + 42].ravel()
            numpy.testing.assert_array_equal(numpy.sort(one_pass), numpy.arange(1344))
        self.assertFalse((batches[:42] == batches[42:84]).all())

    def test_flops(self):
        self.assertEqual(trained.flops([3, 2], rows=5), 2 * 5 * 6 + 2 * 5 * 6)
        self.assertEqual(trained.flops([3, 2, 4], rows=1),
                         2 * (6 + 8) + 2 * (6 + 8) + 2 * 8)  # forward, kernels, inputs of the second
        self.assertEqual(trained.flops([3, 2, 4], rows=0, test_rows=7), 7 * 2 * (6 + 8))
        self.assertEqual(round(training.FLOPS / 1e6), 139)


class Table(unittest.TestCase):
    fast = [{"figure": 2.0}, {"figure": 1.0}, {"figure": 4.0}]
    slow = [{"figure": 1500.0}]

    def rows(self, unit, render):
        case = Case("a", "some work", unit, "peer", {})
        return render([(case, {"Assay": self.fast, "peer": self.slow})]).splitlines()

    def test_text(self):
        _, title, header, assay, peer = self.rows(SECONDS, table.text)
        self.assertEqual(title, "some work, s")
        self.assertEqual(header.split(), ["median", "min", "max", "times", "as", "good"])
        self.assertEqual(assay.split(), ["Assay", "2.00", "1.00", "4.00", "750"])
        self.assertEqual(peer.split(), ["peer", "1,500", "1,500", "1,500", "1"])

    def test_markdown(self):
        rows = self.rows(per_second("things"), table.markdown)
        self.assertEqual(rows[3], "| some work, things/s | Assay | 2.00 | 1.00 to 4.00 | 0.001 |")
        self.assertEqual(rows[4], "|  | peer | 1,500 | 1,500 to 1,500 | 1 |")

    def test_no_reference(self):
        case = Case("a", "some work", SECONDS, "peer", {})
        self.assertTrue(table.text([(case, {"Assay": self.fast})]).endswith(" -"))

    def test_findings(self):
        results = {"training": {"Assay": [{"figure": 1.0, "gflops": 50.0, "loss": 0.1}]},
                   "peak": {"one": [{"figure": 100.0}], "two": [{"figure": 200.0}]}}
        self.assertEqual(list(findings(results)),
                         ["training: Assay does 50.0 GFLOP/s, 25% of the machine's peak (two: 200.0)",
                          "training: last test loss 0.1000 (Assay)"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
