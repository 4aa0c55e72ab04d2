"""The whole program on CPUs that lack vector instructions, which QEMU imitates: an instruction that
does not belong there ends the program with SIGILL."""

import json
import unittest

import program


def on(cpu):
    return ["qemu-x86_64", "-cpu", cpu]


def first_steps(folder, *options, **how):
    """metrics.jsonl of two steps of the tutorial without the wall times, and run.json."""
    process = program.assay(*options, "run", program.CONFIGS / "digits.yaml", "train.epochs=2",
                            "hooks.accuracy.every=1", f"run_dir={folder}/run", folder=folder, **how)
    assert process.returncode == program.DONE, (process.returncode, process.stdout, process.stderr)
    lines = (program.pathlib.Path(folder) / "run" / "metrics.jsonl").read_text().splitlines()
    records = [json.loads(line) for line in lines]
    for record in records:
        del record["wall_time"]
    return records, program.record(program.pathlib.Path(folder) / "run")


class EmulatedCpu(unittest.TestCase):
    def test_a_cpu_without_avx_gives_the_bits_of_the_generic_kernels(self):
        with program.temporary_folder() as old, program.temporary_folder() as new:
            emulated, emulated_record = first_steps(old, emulator=on("Nehalem"))
            native, native_record = first_steps(new, "--kernels", "generic")
        print([record.get("value") for record in emulated])
        self.assertEqual(sum("value" in record for record in emulated), 4)
        self.assertEqual(emulated, native)
        self.assertEqual(emulated_record["kernels"], "generic")
        self.assertEqual(emulated_record["weights_digest"], native_record["weights_digest"])

    def test_what_each_cpu_can_do(self):
        """AVX2 counts only if the operating system saves its registers (xsave) and with FMA."""
        for cpu, kernels in [("Nehalem", "generic"), ("SandyBridge", "generic"), ("Haswell", "avx2"),
                             ("Haswell,-fma", "generic"), ("Haswell,-xsave", "generic")]:
            with self.subTest(cpu), program.temporary_folder() as folder:
                process = program.assay("--version", folder=folder, emulator=on(cpu))
                self.assertIn(f"{kernels} kernels; this CPU has {kernels})", process.stdout)

    def test_kernels_that_the_cpu_lacks_are_refused(self):
        for command in (["--version"], ["plugins", "list"], ["run", program.CONFIGS / "digits.yaml"]):
            with self.subTest(command[0]), program.temporary_folder() as folder:
                process = program.assay("--kernels", "avx2", *command, folder=folder,
                                        emulator=on("Nehalem"))
                self.assertEqual(process.returncode, program.USAGE_ERROR)
                self.assertEqual(process.stderr, "assay: error: --kernels avx2: this CPU has generic at "
                                                 "best; leave --kernels out to use it\n")
                self.assertEqual(list(program.pathlib.Path(folder).iterdir()), [])

    def test_kernels_of_a_config_that_the_cpu_lacks_are_refused(self):
        with program.temporary_folder() as folder:
            process = program.assay("run", program.CONFIGS / "digits.yaml", "kernels=avx2", folder=folder,
                                    emulator=on("Nehalem"))
            self.assertEqual(process.returncode, program.USAGE_ERROR)
            self.assertIn("kernels: avx2 is requested, but this CPU has generic at best", process.stderr)
            self.assertEqual(list(program.pathlib.Path(folder).iterdir()), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
