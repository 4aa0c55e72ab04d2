"""Memory and cores: `assay check` says what a run needs, and a run takes no more than it was given."""

import contextlib
import os
import pathlib
import re
import subprocess
import time
import unittest

import program

CONFIG = """
dataset: {type: synthetic, rows: 2000, shape: [64], split: {test: 0.25}}
model: {type: mlp, hidden: [100]}
loss: softmax_cross_entropy
optimizer: {type: sgd, learning_rate: 0.01}
train: {steps: 20}
loggers: [jsonl]
"""
UNITS = {"B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9}
ADAM = "optimizer={type: adam, learning_rate: 0.001}"
MOMENTUM = "optimizer={type: sgd, learning_rate: 0.01, momentum: 0.9}"
EVALUATED = "hooks={loss: {type: scalar, tag: loss, value: test.loss, every: 2}}"
DIGITS = f"{program.CONFIGS / 'digits.yaml'}"


def held(pid):
    """The anonymous memory of a process in bytes; 0 when it is gone."""
    with contextlib.suppress(OSError):
        for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Anonymous:"):
                return int(line.split()[1]) * 1024
    return 0


class Memory(unittest.TestCase):
    def setUp(self):
        temporary = program.temporary_folder()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.config = self.folder / "c.yaml"
        self.config.write_text(CONFIG)
        self.runs = 0

    def check(self, *overrides, config=None, limit="", expect=program.DONE, **options):
        """`assay check` in a shell that first does what `limit` says."""
        shell = f"{limit}\nexec \"$@\""
        process = subprocess.run(["sh", "-c", shell, "sh", *program.EMULATOR, program.ASSAY, "check",
                                  config or self.config, *overrides], cwd=self.folder, capture_output=True,
                                 text=True, timeout=600, **options)
        self.assertEqual(process.returncode, expect, process.stdout + process.stderr)
        return process

    def needed(self, *overrides, config=None):
        """Returns what `assay check` says, in bytes."""
        output = self.check(*overrides, config=config).stdout
        number, unit = re.search(r"^  memory +([\d.,]+) (\w+): ", output, re.MULTILINE).groups()
        return float(number.replace(",", "")) * UNITS[unit]

    def peak(self, *overrides, config=None):
        """Returns the most that a run held, as far as was seen."""
        self.runs += 1
        arguments = [program.ASSAY, "run", config or self.config, *overrides, f"run_dir={self.folder}/run{self.runs}"]
        peak = 0
        with subprocess.Popen(arguments, cwd=self.folder, stdout=subprocess.DEVNULL) as process:
            while process.poll() is None:
                peak = max(peak, held(process.pid))
                time.sleep(0.001)
        self.assertEqual(process.returncode, program.DONE)
        return peak

    @unittest.skipIf(program.EMULATOR, "the memory would be the emulator's")
    def test_what_check_says_is_what_a_run_takes(self):
        for name, overrides in {
            "wide, saved": ["model.hidden=[3000, 3000]", "train.steps=3", "train.lanes=1"],
            "wide, with slots": ["model.hidden=[2000, 2000]", "train.steps=4", ADAM],
            "many lanes and threads": ["dataset.rows=20000", "model.hidden=[1000]", "train.steps=5",
                                       "train.lanes=16", "threads=8"],
            "rows that are copied": ["dataset.rows=100000", "train={steps: 2000, batch_size: 128}", "threads=2"],
            "rows that are narrow": ["dataset.rows=2000000", "dataset.shape=[4]", "model.hidden=[4]",
                                     "train={steps: 100, batch_size: 1000}"],
            "batches and an evaluated split": ["dataset.rows=40000", "dataset.shape=[784]", "model.hidden=[500]",
                                               "train={steps: 6, batch_size: 256}", MOMENTUM, EVALUATED],
        }.items():
            with self.subTest(name):
                needed, peak = self.needed(*overrides), self.peak(*overrides)
                print(f"{name}: {needed / 1e6:.1f} MB said, {peak / 1e6:.1f} MB seen")
                self.assertLess(abs(needed - peak), 0.1 * peak)

    @unittest.skipIf(program.EMULATOR, "the memory would be the emulator's")
    def test_pictures_are_counted(self):
        """Fonts take what they take on a machine, so this is not as close."""
        pictures = ["hooks.test_sheet.every=10", "train.epochs=200"]
        needed, peak = self.needed(*pictures, config=DIGITS), self.peak(*pictures, config=DIGITS)
        print(f"pictures: {needed / 1e6:.1f} MB said, {peak / 1e6:.1f} MB seen")
        self.assertLess(abs(needed - peak), 0.4 * peak)

    def test_what_cannot_fit_is_refused_by_the_limit_that_bites(self):
        wide = "model.hidden=[6000, 6000]"
        self.check(wide, "train.steps=1")
        for limit, name, remedy in (
                ("ulimit -d 100000", "`ulimit -d` allows 102 MB", "raise that limit with `ulimit -d`"),
                ("export SLURM_MEM_PER_NODE=100", "SLURM_MEM_PER_NODE allows 105 MB", "--mem")):
            with self.subTest(limit):
                said = self.check(wide, "train.steps=1", limit=limit, expect=program.USAGE_ERROR).stderr
                print(said)
                self.assertRegex(said, r"error: model: 36[\d,]* parameters need \d+ MB for weights and gradients")
                self.assertIn(name, said)
                self.assertIn("make the layers narrower, or ", said)
                self.assertIn(remedy, said)

    def test_slots_of_the_optimizer_are_refused_before_they_are_made(self):
        """Weights and the gradients of four lanes take 330 MB, and adam's slots another 133 MB."""
        wide = ["model.hidden=[4000, 4000]", "train.steps=1", "train.lanes=4"]
        limit = "export SLURM_MEM_PER_NODE=380"
        said = self.check(*wide, ADAM, limit=limit, expect=program.USAGE_ERROR).stderr
        print(said)
        self.assertIn("error: optimizer: 2 numbers for each parameter need 1", said)
        self.assertNotIn("error", self.check(*wide, limit=limit).stderr)

    def test_what_is_needed_later_is_a_warning(self):
        """The model takes splits as a whole where blocks are that large: the test split is larger than a batch."""
        later = ["dataset.rows=4000", "dataset.shape=[20000]", "dataset.split.test=0.5", "model.hidden=[4]",
                 "train={steps: 2, batch_size: 10, block_rows: 4000}", "threads=1", EVALUATED]
        needed = self.needed(*later)
        megabytes = int(needed / 2**20) - 20
        process = self.check(*later, limit=f"export SLURM_MEM_PER_NODE={megabytes}")
        print(process.stderr)
        self.assertRegex(process.stderr, r"warning: this run needs up to \d+ MB, and SLURM_MEM_PER_NODE allows")
        self.assertEqual(self.check(*later).stderr, "")

    def test_rows_that_nobody_could_hold(self):
        """They are refused by their sizes: with 1 GB of address space nothing of them can be made."""
        for overrides, expected in (
                (["dataset.rows=1000000", "dataset.shape=[268435456]"], "error: model: "),
                (["dataset.rows=1000000000000"], "error: dataset: the order of 1,000,000,000,000 rows alone needs"),
                (["dataset.rows=20000", "dataset.shape=[65536]", "model.hidden=[1]", "train.block_rows=15000"],
                 "error: model: blocks of 15,000 rows need")):
            with self.subTest(expected):
                said = self.check(*overrides, limit="ulimit -v 1000000", expect=program.USAGE_ERROR).stderr
                print(said)
                self.assertIn(expected, said)
                self.assertIn("`ulimit -v` allows 1.0 GB", said)


@unittest.skipIf(program.EMULATOR, "the memory would be the emulator's")
class LittleAddressSpace(unittest.TestCase):
    def test_nobody_is_blamed_for_what_the_limit_refuses(self):
        """From too little to start at all to enough for all pictures, in small steps: somewhere between, the
        logging thread is refused its stack, and fontconfig its memory."""
        said = ""
        for megabytes in range(24, 96, 3):
            with self.subTest(megabytes), program.temporary_folder() as folder:
                process = subprocess.run(
                    ["sh", "-c", f"ulimit -v {megabytes * 1000}\nexec \"$@\"", "sh", program.ASSAY, "run", DIGITS,
                     "train.epochs=3", "loggers=[jsonl]", "run_dir=run"], cwd=folder, capture_output=True, text=True,
                    timeout=600)
                said += process.stderr
                print(megabytes, process.returncode, process.stderr[-400:])
                for line in process.stderr.splitlines():
                    if "killed by" in line:
                        self.assertRegex(line, r"killed by SIG\w+ when nearly all memory was used that `ulimit -v` allows "
                                               r"\(\d\d MB\); raise that limit")
                self.assertNotIn("limit on processes", process.stderr)
        self.assertEqual(process.returncode, program.DONE)
        self.assertRegex(said, "the thread that writes the logs could not be started: memory ran out: `ulimit -v` "
                               "allows .. MB, and less than the .* MB of a thread's stack are left")
        self.assertRegex(said, "renderer sheet: cannot draw the picture: memory ran out: `ulimit -v` allows .. MB, and "
                               "less than 34 MB are left for fonts")


class Cores(unittest.TestCase):
    def setUp(self):
        temporary = program.temporary_folder()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def threads(self, *before, **variables):
        """How many `assay check` would use; `before` is what the shell does first."""
        shell = "\n".join([*before, "exec \"$@\""])
        process = subprocess.run(["sh", "-c", shell, "sh", *program.EMULATOR, program.ASSAY, "check", DIGITS],
                                 cwd=self.folder, capture_output=True, text=True, timeout=600,
                                 env={**os.environ, **variables})
        self.assertEqual(process.returncode, program.DONE, process.stderr)
        return int(re.search(r"work +(\d+) thread", process.stdout)[1])

    def test_slurm(self):
        self.assertEqual(self.threads(SLURM_CPUS_PER_TASK="1"), 1)

    def test_a_quota_of_version_1(self):
        """In a control group made for this test, below the own one where that is the outermost: those of
        others are left alone."""
        own = [line.split(":", 2)[2] for line in pathlib.Path("/proc/self/cgroup").read_text().splitlines()
               if "cpu" in line.split(":")[1].split(",")]
        if own != ["/"]:
            self.skipTest(f"control groups of version 1 are not to be had here: {own}")
        if not self.threads() > 1:
            self.skipTest("there is only one core")
        group = pathlib.Path("/sys/fs/cgroup/cpu") / f"assay-test-{os.getpid()}"
        try:
            group.mkdir()
        except OSError as error:
            self.skipTest(f"no control group can be made: {error}")
        self.addCleanup(group.rmdir)
        (group / "cpu.cfs_period_us").write_text("100000")
        (group / "cpu.cfs_quota_us").write_text("100000")
        self.assertEqual(self.threads(f"echo $$ > {group}/cgroup.procs"), 1)
        (group / "cpu.cfs_quota_us").write_text("-1")
        self.assertGreater(self.threads(f"echo $$ > {group}/cgroup.procs"), 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
