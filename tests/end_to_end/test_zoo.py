"""Broken plugins (tests/zoo/, and files that are damaged here): what `assay plugins check` says of each,
which survives all of them; what `assay plugins list --why` says, which runs none of their code; and what
`assay run` says where a process can survive."""

import os
import pathlib
import re
import shutil
import unittest
import unittest.mock

import program
from zoo import (CHANGES, ENDED, ENDINGS, LAST_WORDS, OPENS, REFUSED, RUDE, THREADS, UNRULY, UNRULY_WHEN_MADE, UNUSABLE,
                 ZOO, patched, with_sdk)


def left_by_zoo():
    """The processes of that name."""
    found = []
    for name in pathlib.Path("/proc").glob("[0-9]*/comm"):
        try:
            found += [name.parent.name] if name.read_text() == "left_by_zoo\n" else []
        except OSError:
            pass  # it has ended
    return found


def check(file, *options, expect="", **how):
    """Only what is to hang is not waited for."""
    patience = 1 if expect and ENDED in expect else 100
    process = program.assay("plugins", "check", file, "--timeout", patience, "--memory", 512, *options,
                            folder=file.parent, **how)
    return process.returncode, process.stdout + process.stderr


def run_with(folder, component):
    """Two steps with a schedule of the plugin folder."""
    return program.assay("--plugin-path", folder, "run", program.CONFIGS / "digits.yaml", "train.epochs=2",
                         "hooks={}", "loggers=[]", f"optimizer.learning_rate={{type: {component}}}",
                         f"run_dir={folder}/run", folder=folder)


def listed(folder):
    process = program.assay("--plugin-path", folder, "plugins", "list", "--why", folder=folder)
    assert process.returncode == program.DONE, process.stderr
    return process.stdout


@unittest.skipIf(program.EMULATOR, "the processes that a check starts would have no emulator")
class Zoo(unittest.TestCase):
    def place(self, folder, name, content=None):
        file = pathlib.Path(folder) / f"{name}.so"
        if content is None:
            shutil.copy(ZOO / f"{name}.so", file)
        else:
            file.write_bytes(content)
        return file

    def failures(self, output):
        return [line for line in output.splitlines() if line.startswith("FAILED")]

    def test_a_sound_plugin_passes(self):
        with program.temporary_folder() as folder:
            code, output = check(self.place(folder, "good"))
            print(output)
            self.assertEqual(code, 0)
            self.assertRegex(output, r"good\.so: \d+ passed, 0 failed")
            process = run_with(folder, "good")
            self.assertEqual(process.returncode, program.DONE, process.stderr)

    def test_what_is_refused_before_any_code_runs(self):
        for name, (content, reason) in REFUSED.items():
            with self.subTest(name), program.temporary_folder() as folder:
                file = self.place(folder, name, content)
                code, output = check(file)
                self.assertEqual(code, 1, output)
                (line,) = self.failures(output)
                print(f"{name}: {line}")
                self.assertIn(reason, line)
                why = listed(folder)
                self.assertIn(f"refused: {name}.so\n", why)
                self.assertIn(reason, why)
                process = run_with(folder, "good")
                self.assertEqual(process.returncode, program.USAGE_ERROR)
                self.assertIn(reason, process.stderr)

    def test_what_is_refused_when_it_is_opened(self):
        contents = {"wrong_magic": patched(b"ASAY", b"ASSA"),
                    "missing_library": (ZOO / "missing.so").read_bytes()}
        for name, (component, reason) in UNUSABLE.items():
            with self.subTest(name), program.temporary_folder() as folder:
                file = self.place(folder, name, contents.get(name))
                code, output = check(file)
                self.assertEqual(code, 1, output)
                (line,) = self.failures(output)
                print(f"{name}: {line}")
                self.assertIn(reason, line)
                self.assertIn(f"used: {name}.so\n", listed(folder))
                process = run_with(folder, component)
                self.assertEqual(process.returncode, program.USAGE_ERROR, process.stderr)
                self.assertIn(reason, process.stderr)
                self.assertFalse((pathlib.Path(folder) / "run").exists())

    def test_what_a_plugin_with_libraries_of_its_own_lacks(self):
        """Only what it does lack, by the dynamic linker's rules: DT_RUNPATH holds for what the file itself needs,
        DT_RPATH also for what that needs."""
        one = "undefined symbol: missing_one()"
        far = ("the library libnear.so is needed but does not open: libfar.so: cannot open shared object file: "
               "No such file or directory")
        for name, brought, said in [
                ("far_by_runpath", ["far"], one),
                ("far_by_runpath", [], "the library libfar.so is needed but not found"),
                ("near_by_rpath", ["near", "far"], one),
                ("near_by_rpath", ["near"], far),
                ("near_by_runpath", ["near", "far"], far)]:
            with (self.subTest(name, brought=brought), program.temporary_folder() as folder,
                  unittest.mock.patch.dict(os.environ, LD_LIBRARY_PATH="")):
                file, own = self.place(folder, name), pathlib.Path(folder) / "own"
                own.mkdir()
                for library in brought:
                    self.place(own, f"lib{library}", (ZOO / f"lib{library}.so").read_bytes())
                (line,) = self.failures(check(file)[1])
                print(f"{name}: {line}")
                self.assertTrue(line.endswith(f" {file}: {said}"), line)
                self.assertIn(f" {file}: {said}\n", run_with(folder, "leaning").stderr)

    def test_what_ends_badly(self):
        for name, (component, step, reason, run_says) in ENDINGS.items():
            with self.subTest(name), program.temporary_folder() as folder:
                code, output = check(self.place(folder, name), expect=reason)
                self.assertEqual(code, 1, output)
                line = self.failures(output)[0]
                print(f"{name}: {line}")
                self.assertIn(f"{step}: ", line)
                self.assertIn(reason, line)
                self.assertLess(len(output.splitlines()), 40)
                if step in ("can be made", OPENS):
                    self.assertEqual(len(self.failures(output)), 1)
                self.assertIn(f"used: {name}.so\n", listed(folder))
                if run_says is not None:
                    process = run_with(folder, component)
                    self.assertIn(process.returncode, (program.RUN_FAILED, program.USAGE_ERROR))
                    self.assertIn(run_says, process.stderr)
                elif reason in LAST_WORDS:
                    process = run_with(folder, component)
                    said, code = LAST_WORDS[reason]
                    file = f"{folder}/{name}.so"
                    where = f"{file}: while it is loaded" if "static" in name else f"{file}: schedule {component}"
                    self.assertEqual(process.returncode, code)
                    self.assertIn(f"assay: error: {where}: {said}; `assay plugins check {file}` looks for the "
                                  "cause\n", process.stderr)

    def test_what_is_unruly(self):
        """It takes what it does not own, and leaves behind what it made. Nothing of that is there later."""
        for name, expected in UNRULY.items():
            with self.subTest(name), program.temporary_folder() as folder:
                file = self.place(folder, name)
                code, output = check(file, expect="".join(reason for _, reason in expected))
                failures = self.failures(output)
                print(f"{name}: {failures}")
                self.assertEqual((code, len(failures)), (1 if expected else 0, len(expected)))
                for (step, reason), failure in zip(expected, failures, strict=True):
                    said = f"{file}: {reason}" if reason.startswith(CHANGES) else reason
                    self.assertIn(f"FAILED   library: {step}: {said}", failure)
                self.assertLess(len(output), 1000)
                self.assertEqual(left_by_zoo(), [])

    def test_what_starts_threads(self):
        """It is found once for each component, with where they were started. All checks are made nevertheless."""
        for name, expected in THREADS.items():
            if not (ZOO / f"{name}.so").exists():
                continue  # no OpenMP here
            with self.subTest(name), program.temporary_folder() as folder:
                code, output = check(self.place(folder, name))
                # Threads that are left running may be as many as are allowed before the last check.
                failures = [line for line in self.failures(output) if "Resource temporarily unavailable" not in line]
                print(f"{name}: {failures}")
                self.assertRegex(output, r"passed, \d+ failed, [01] not run")
                self.assertEqual((code, len(failures)), (1, 1) if expected else (0, 0))
                if expected:
                    self.assertIn(f"FAILED   schedule threaded: {': '.join(expected)}", failures[0])

    def test_the_state_of_the_process_is_the_hosts(self):
        """A run goes on as if nothing had been changed, and says so."""
        before = {"moves": "the working folder", "masks_files": "the umask", "closes_output": "standard output (closed)",
                  "replaces_error": "standard error (another file)", "sets_variables": "the environment (",
                  "is_deaf": "what SIGINT does"} | UNRULY_WHEN_MADE
        for name, changed in before.items():
            with self.subTest(name), program.temporary_folder() as folder:
                file = self.place(folder, name)
                process = program.assay(
                    "--plugin-path", folder, "run", program.CONFIGS / "digits.yaml", "train.epochs=2", "hooks={}",
                    "loggers=[jsonl]", "optimizer.learning_rate={type: unruly}", "run_dir=here/run", folder=folder)
                print(process.stderr)
                self.assertEqual(process.returncode, program.DONE)
                self.assertIn("finished", process.stdout)
                what = f"{file}: {'making the schedule unruly' if name in UNRULY_WHEN_MADE else 'opening it'}"
                self.assertIn(f"warning: {what} changed for the whole process: {changed}", process.stderr)
                self.assertIn("; this was undone\n", process.stderr)
                run = pathlib.Path(folder) / "here" / "run"
                self.assertEqual(program.record(run)["state"], "finished")
                self.assertTrue((run / "run.json").stat().st_mode & 0o400)

    def test_what_is_unruly_when_it_is_made(self):
        for name, changed in UNRULY_WHEN_MADE.items():
            with self.subTest(name), program.temporary_folder() as folder:
                file = self.place(folder, name)
                code, output = check(file)
                (failure,) = self.failures(output)
                self.assertEqual(code, 1)
                self.assertIn(f"FAILED   schedule unruly: can be made: {file}: making the schedule unruly changed for the "
                              f"whole process: {changed}; this was undone", failure)

    @unittest.skipIf("GLIBC_TUNABLES" in os.environ, "what new memory holds is decided elsewhere")
    def test_what_is_never_written(self):
        """A member that nothing is written to is not 0 by luck."""
        with program.temporary_folder() as folder:
            code, output = check(self.place(folder, "uninitialised"))
            print(output)
            self.assertEqual(code, 1)
            self.assertIn("FAILED   schedule uninitialised: values are finite: ", output)

    def test_what_is_rude(self):
        """Texts of a plugin do nothing to a terminal, wherever they are shown."""
        for name, said in RUDE.items():
            with self.subTest(name), program.temporary_folder() as folder:
                code, output = check(self.place(folder, name))
                self.assertEqual(code, 1)
                print(f"{name}: {self.failures(output)[0][:200]}")
                self.assertIn(f"FAILED   schedule rude: {said}\n", output)
                described = program.assay("--plugin-path", folder, "plugins", "describe", "rude", folder=folder)
                self.assertIn("Clears ", described.stdout)
                self.assertIn("rude", listed(folder))
                run = run_with(folder, "rude").stderr
                shown = output + described.stdout + listed(folder)
                self.assertEqual(re.findall("[^ -~\n\ufffd]", shown), [])
                self.assertEqual(re.findall("[\0-\t\v-\x1f\x7f-\x9f]", run), [])

    @unittest.skipUnless((ZOO / "undefined.so").exists(), "not made for another CPU")
    def test_undefined_behaviour(self):
        """A plugin that brings a sanitizer of its own, as the stamp allows for this one."""
        with program.temporary_folder() as folder:
            with unittest.mock.patch.dict(os.environ, UBSAN_OPTIONS="print_stacktrace=1:halt_on_error=0"):
                code, output = check(self.place(folder, "undefined"))
            failure = self.failures(output)[0]
            print(failure)
            self.assertEqual(code, 1)
            self.assertIn("FAILED   schedule undefined: values are finite: called exit(1); it printed: ", failure)
            self.assertIn("runtime error: signed integer overflow", failure)

    def test_a_refusal_comes_before_where_was_looked(self):
        """The library that has what the config names is told, and no other, where one is known to have it."""
        with program.temporary_folder() as folder:
            self.place(folder, "forged", REFUSED["forged_doc"][0])
            self.place(folder, "newer", with_sdk(b"9.0"))
            for rate in ("good", "{type: good}"):
                process = program.assay("--plugin-path", folder, "run", program.CONFIGS / "digits.yaml",
                                        f"optimizer.learning_rate={rate}", folder=folder)
                print(process.stderr)
                self.assertEqual(process.returncode, program.USAGE_ERROR)
                notes = [line.strip() for line in process.stderr.splitlines() if line.startswith("      = ")]
                self.assertTrue(notes[0].startswith(f"= refused: {folder}/newer.so: sdk: the plugin has '9.0'"), notes)
                self.assertTrue(all(note.startswith("= searched: ") for note in notes[1:]), notes)
            process = run_with(folder, "other")
            self.assertIn("refused: ", process.stderr)
            self.assertIn("forged.so: its stamp is damaged", process.stderr)
            self.assertNotIn("newer.so", process.stderr)

    def test_groups_without_end(self):
        """No command walks them."""
        for name in ("group_in_itself", "groups_of_groups"):
            with program.temporary_folder() as folder:
                self.place(folder, name)
                for command in (["describe", "sound"], ["schema"], ["reference"]):
                    process = program.assay("--plugin-path", folder, "plugins", *command, folder=folder)
                    self.assertIn(UNUSABLE[name][1], process.stderr, command)
                    self.assertEqual(len(process.stderr.splitlines()), 1)

    def test_no_forged_line_is_printed(self):
        with program.temporary_folder() as folder:
            for name, (content, _) in REFUSED.items():
                if name.startswith("forged"):
                    self.place(folder, name, content)
            for name in ("newline_in_doc", "newline_in_option_doc", "escape_in_option_name", "throws_bytes_in_factory"):
                self.place(folder, name)
            for command in (["list"], ["list", "--why"], ["describe", "sound"], ["schema"]):
                process = program.assay("--plugin-path", folder, "plugins", *command, folder=folder)
                for text in (process.stdout, process.stderr):
                    self.assertNotIn("\x1b", text)
                    self.assertNotIn("\nused: forged.so\n", text)
                    self.assertFalse([line for line in text.splitlines() if line.startswith("option 'forged'")])

    def test_the_floating_point_mode_is_the_hosts(self):
        """A plugin that was linked with -ffast-math would turn denormal numbers off, on all threads."""
        with program.temporary_folder() as folder:
            self.place(folder, "fast_math")
            self.place(folder, "denormals")
            process = program.assay(
                "--plugin-path", folder, "run", program.CONFIGS / "digits.yaml", "train.epochs=1", "threads=3",
                "hooks={a: {type: scalar, tag: a, value: batch.loss, every: 1}}", "loggers=[denormals]",
                "optimizer={type: denormals, learning_rate: {type: fast_math}}", "run_dir=run", folder=folder)
            print(process.stdout, process.stderr)
            self.assertEqual(process.returncode, program.DONE)
            self.assertIn("warning: ", process.stderr)
            self.assertIn("fast_math.so: opening it changed the floating-point mode", process.stderr)
            self.assertNotIn("denormals.so: ", process.stderr)
            self.assertIn("fast_math.so: opening it", (pathlib.Path(folder) / "run" / "log.txt").read_text())
            process = run_with(folder, "good")
            self.assertNotIn("fast_math.so", process.stderr)  # not opened
            process = program.assay("plugins", "check", "fast_math.so", folder=folder)
            self.assertEqual(process.returncode, program.RUN_FAILED)
            self.assertIn("FAILED   library: opens, and its manifest is sound: ", process.stdout)
            self.assertIn("was it linked with -ffast-math?", process.stdout)

    def test_sizes_that_overflow(self):
        """Each says the same to run and to check; nothing is written beyond what was allocated."""
        with program.temporary_folder() as folder:
            self.place(folder, "oversized")
            for name, overrides, reason in [
                ("parameter", ["model=parameter"], "model: parameter 'kernel' has the shape 4294967296x4294967297; expected"),
                ("parameters", ["model=parameters"], "model: parameter 'a' has the shape 1152921504606846976; expected"),
                ("workspace", ["model=workspace"], "model: there is not enough memory for it"),
                ("samples", ["dataset=samples"], "dataset samples: samples of shape 2305843009213693952 are not possible"),
                ("targets", ["dataset=targets"], "dataset targets: targets of shape 2305843009213693952 are not possible"),
                ("state", ["metrics={m: state}", "hooks={h: {type: scalar, tag: m, value: test.m, every: 1}}"],
                 "metric state: its state has 9223372036854775808 numbers"),
            ]:
                with self.subTest(name):
                    process = program.assay(
                        "--plugin-path", folder, "run", program.CONFIGS / "digits.yaml", "train.epochs=1",
                        "hooks={}", "loggers=[]", *overrides, f"run_dir={name}", folder=folder)
                    print(process.stderr)
                    self.assertIn(process.returncode, (program.RUN_FAILED, program.USAGE_ERROR))
                    self.assertIn(reason, process.stderr)
            code, output = check(pathlib.Path(folder) / "oversized.so")
            self.assertEqual(code, 1)
            self.assertNotIn("SIGSEGV", output)
            for kind, name in [("model", "parameter"), ("model", "parameters"), ("model", "workspace"),
                               ("dataset", "samples"), ("dataset", "targets"), ("metric", "state")]:
                self.assertIn(f" {kind} {name}: ", output)  # failed, or not run for a reason that is said

    def test_permissions(self):
        with program.temporary_folder() as folder:
            file = self.place(folder, "good")
            file.chmod(0o666)
            code, output = check(file)
            self.assertEqual(code, 1)
            self.assertIn(f"everybody can write to {file}; chmod o-w {file}", output)
            self.assertIn("everybody can write to", listed(folder))

    def test_what_is_no_file(self):
        with program.temporary_folder() as folder:
            place = pathlib.Path(folder)
            (place / "folder.so").mkdir()
            (place / "link.so").symlink_to("nowhere.so")
            os.mkfifo(place / "pipe.so")
            for name, reason in [("folder", "it is not a regular file"), ("link", "it cannot be read: No such file"),
                                 ("pipe", "it is not a regular file"), ("none", "it cannot be read: No such file")]:
                code, output = check(place / f"{name}.so")
                self.assertEqual(code, 1)
                self.assertIn(reason, output)

    def test_a_duplicate_name(self):
        with program.temporary_folder() as folder:
            self.place(folder, "good")
            shutil.copy(ZOO / "good.so", pathlib.Path(folder) / "later.so")
            self.assertIn("hidden: the schedule good of later.so\n  good.so was found first", listed(folder))

    def test_an_older_sdk_is_refused_before_1_0(self):
        """Until then any minor version may change what lies in memory."""
        with program.temporary_folder() as folder:
            file = self.place(folder, "older", with_sdk(b"0.2"))
            code, output = check(file)
            self.assertEqual(code, 1)
            self.assertIn("sdk: the plugin has '0.2', this assay '1.1'; rebuild the plugin", output)

    @unittest.skipUnless((ZOO / "avx512_at_load.so").exists(), "made for x86-64")
    def test_instructions_that_the_cpu_lacks(self):
        """Its static constructor would end the process; the stamp is read before that."""
        with program.temporary_folder() as folder:
            file = self.place(folder, "avx512_at_load")
            nehalem = ["qemu-x86_64", "-cpu", "Nehalem"]
            reason = "the plugin needs 'avx512', this CPU has 'generic'; rebuild the plugin without -march"
            code, output = check(file, emulator=nehalem)
            self.assertEqual(code, 1)
            self.assertIn(reason, output)
            process = program.assay("--plugin-path", folder, "plugins", "list", folder=folder,
                                    emulator=nehalem)
            self.assertIn(reason, process.stdout)
            # That it would end it, is seen by letting it pass as generic code.
            content = file.read_bytes().replace(b"instructions=avx512\n", b"instructions=avx2  \n")
            note = content.replace(b"instructions=avx2  \n", b"instructions=generic")
            file.write_bytes(note)
            process = program.assay("--plugin-path", folder, "plugins", "describe", "avx512_table",
                                    folder=folder, emulator=nehalem)
            self.assertNotEqual(process.returncode, 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
