"""Thirty seconds of fuzzing, with a build of its own: clang and its sanitizers."""

import os
import re
import subprocess
import unittest

import program

SECONDS = {"config": 20, "safetensors": 5, "run_record": 5}


@unittest.skipIf(program.EMULATOR, "the build is for another CPU")
class Fuzz(unittest.TestCase):
    def test_no_crash_no_leak_no_undefined_behaviour(self):
        for target, seconds in SECONDS.items():
            with self.subTest(target=target):
                process = subprocess.run(
                    [str(program.SOURCE / "dev"), "fuzz", target, "--seconds", str(seconds)], cwd=program.SOURCE,
                    capture_output=True, text=True, errors="replace", env={**os.environ, "NO_COLOR": "1"})
                print(process.stdout, process.stderr[-3000:])
                self.assertEqual(process.returncode, 0)
                executions = re.search(r"number_of_executed_units: (\d+)", process.stderr)
                self.assertGreater(int(executions.group(1)), 200)  # more than it starts from


if __name__ == "__main__":
    unittest.main(verbosity=2)
