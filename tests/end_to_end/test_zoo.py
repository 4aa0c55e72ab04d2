"""Broken plugins (tests/zoo/, and files that are damaged here): what `assay plugins check` says of each,
which survives all of them; what `assay plugins list --why` says, which runs none of their code; and what
`assay run` says where a process can survive."""

import json
import os
import pathlib
import re
import shutil
import signal
import unittest

import program

ZOO = program.BUILD / "tests" / "zoo"
GOOD = (ZOO / "good.so").read_bytes()
ENDED = "it did not answer for 1 s"


def patched(old, new):
    """The good plugin with a piece of its bytes replaced by another as long."""
    assert len(old) == len(new) and GOOD.count(old) >= 1, old
    return GOOD.replace(old, new)


def stamped(old, new):
    """The good plugin with a piece of its stamp, and of nothing else, replaced by another as long."""
    assert len(old) == len(new) and GOOD.count(old) == 1, old
    return GOOD.replace(old, new)


def with_bytes(offset, new):
    return GOOD[:offset] + new + GOOD[offset + len(new):]


def with_sdk(version):
    return patched(re.search(rb"sdk=\d\.\d\n", GOOD).group(), b"sdk=" + version + b"\n")


# name -> (content, why it is refused: by list --why, by run, and by check). No code of these runs.
REFUSED = {
    "empty": (b"", "it is empty"),
    "text": (b"This is a letter, not a library. " * 10, "it is no shared library (no ELF header)"),
    "cut_in_magic": (GOOD[:3], "it is no shared library (no ELF header)"),
    "cut_in_header": (GOOD[:40], "it is cut short"),
    "cut_behind_header": (GOOD[:64], "it is cut short"),
    "cut_in_segments": (GOOD[:500], "it is cut short"),
    "cut_in_the_middle": (GOOD[:len(GOOD) // 2], "it is cut short"),
    "other_machine": (with_bytes(18, b"\x16\x00"), "it is built for another kind of machine"),
    "32_bits": (with_bytes(4, b"\x01"), "it is built for another kind of machine"),
    "no_library": (with_bytes(16, b"\x02\x00"), "it is an ELF file, but no shared library"),
    "no_stamp": (patched(b"Assay\0", b"Essay\0"), "but no Assay plugin (no stamp;"),
    "damaged_stamp": (patched(b"\nplugin=", b"\nplagin="), "its stamp is damaged: it lacks the line 'sdk' or"),
    "forged_doc": (stamped(b"schedule good Works.", b"schedule good \x1b[2J!!"),
                   "its stamp is damaged: a line of it is not UTF-8 without control characters"),
    "forged_text": (stamped(b"schedule good Works.", b"schedule good Work\xff."),
                    "its stamp is damaged: a line of it is not UTF-8 without control characters"),
    "forged_line": (stamped(b"schedule good Works.", b"schedule good\nsdk=1."),
                    "its stamp is damaged: it says 'sdk' twice"),
    "forged_plugin": (stamped(b"schedule good Works.", b"schedule g\nplugin=x "),
                      "its stamp is damaged: it says 'plugin' twice"),
    "forged_component": (stamped(b"schedule good Works.", b"schedule GOOD Works."),
                         "its stamp is damaged: the name of a component is not made of lower-case letters"),
    "forged_name": (stamped(b"plugin=good ", b"plugin=g'od "),
                    "its stamp is damaged: the plugin's name is not made of lower-case letters"),
    "newer_sdk": (with_sdk(b"0.9"), "use a newer assay, or rebuild the plugin"),
    "other_sdk": (with_sdk(b"9.0"), "use a newer assay, or rebuild the plugin"),
    "sanitized": (patched(b"sanitizers=none", b"sanitizers=nine"), "rebuild the plugin without -fsanitize"),
    "other_library": (patched(b"libstdc++ cxx11", b"libstdc++ older"),
                      "rebuild the plugin with g++, or clang++ -stdlib=libstdc++, and without"),
    "unknown_instructions": (patched(b"instructions=generic", b"instructions=quantum"),
                             "the plugin needs 'quantum'"),
    "debug_mode": ((ZOO / "debug_mode.so").read_bytes(), "rebuild the plugin without -D_GLIBCXX_DEBUG"),
}

# name -> (component, what run and check say). Refused when the library is opened: it is not when listed.
UNUSABLE = {
    "hidden": ("good", "it exports no 'assay_plugin_manifest'; does a source file end in ASSAY_PLUGIN?"),
    "missing": ("missing", "undefined symbol: forgotten::height(int) (probably in the plugin itself"),
    "missing_library": ("missing", "undefined symbol: cairo_version_of_tomorrow (probably in libcairo; link "
                                   "it: dependency('cairo'))"),
    "wrong_magic": ("good", "its manifest is damaged"),
    "null_name": ("sound", "parameter 0: its name is a null pointer; does the count of the table fit?"),
    "null_doc": ("sound", "option 'height': its documentation (doc) is a null pointer"),
    "upper_case_name": ("sound", "parameter 0: 'Height' is no name"),
    "name_of_the_host": ("sound", "option 'type': this name is the host's; rename it"),
    "default_out_of_bounds": ("sound", "option 'height': its default, 0.5, is not valid: expected a number"),
    "default_of_another_type": ("sound", "option 'height': its default, high, is not valid"),
    "parameter_twice": ("sound", "option 'height': it is declared twice"),
    "empty_bounds": ("sound", "option 'height': nothing lies within its bounds, 2 and 1"),
    "nan_bounds": ("sound", "option 'height': nothing lies within its bounds, nan"),
    "unknown_type": ("sound", "option 'height': its type is 99"),
    "choice_without_words": ("sound", "option 'height': it is a choice without words"),
    "group_without_members": ("sound", "it counts 3 parameters of group 'height', but its table is a null"),
    "count_too_large": ("sound", "it counts 4000000000 parameters; expected 1024 at most"),
    "null_table": ("sound", "it counts 2 parameters, but its table is a null pointer"),
    "null_factory": ("sound", "it has no factory (create is a null pointer)"),
    "null_destructor": ("sound", "it cannot be destroyed (destroy is a null pointer)"),
    "null_component_name": ("sound", "component 0: its name is a null pointer"),
    "unknown_kind": ("sound", "component 0: its kind is 77; there are 0 to 8"),
    "component_twice": ("sound", "schedule sound: it is offered twice; rename one of them"),
    "no_components": ("sound", "the plugin offers no components"),
    "null_plugin_name": ("sound", "the plugin has no name"),
    "null_guard": ("sound", "its manifest has another layout"),
    "newline_in_doc": ("sound", "schedule sound: its documentation (About::doc) is not one line of UTF-8"),
    "newline_in_option_doc": ("sound", "option 'height': its documentation (doc) is not one line of UTF-8"),
    "newline_in_default": ("sound", "option 'height': its default is not one line of UTF-8"),
    "escape_in_option_name": ("sound", "parameter 0: its name is not one line of UTF-8"),
    "group_in_itself": ("sound", "schedule sound: the group 'height' contains itself"),
    "groups_of_groups": ("sound", "schedule sound: it has more than 1024 parameters, those of groups included"),
    "component_that_no_option_can_be": ("sound", "option 'height': its kind is 1; an option can be a schedule"),
    "default_of_rate_that_is_no_schedule": (
        "sound", "option 'height': its default, nothing_like_it, is not valid: expected a number or a schedule"),
    "default_of_rate_of_another_kind": ("sound", "its default, sgd, is not valid: expected a number or a sched"),
    "default_of_rate_out_of_bounds": ("sound", "its default, 0.5, is not valid: expected a number of at most"),
    "default_of_rate_without_type": ("sound", "is not valid: missing: type, the name of a schedule"),
    "default_of_rate_with_unknown_option": ("sound", "is not valid: schedule sound: there is no option 'hight'"),
    "default_of_rate_with_a_wrong_value": (
        "sound", "is not valid: schedule sound: option 'height': expected a number or a schedule, found 'high'"),
    "default_of_list_of_rates_that_is_none": ("sound", "its default, 0.5, is not valid: expected a list, each"),
    "default_of_list_of_rates_with_a_wrong_one": ("sound", "expected a number or a schedule, found 'cosin'"),
    "default_of_component_that_is_a_number": ("sound", "its default, 0.5, is not valid: no schedule '0.5'"),
}

# name -> (component, check, what check says of it, what run says; None: a process cannot survive it; what its
# last words are, says LAST_WORDS)
ENDINGS = {
    "factory_of_nothing": ("sound", "can be made", "its factory returned nothing",
                           "its factory returned nothing"),
    "other_name_than_stamped": ("sound", "opens, and its manifest is sound", "its stamp lists other components",
                                "its stamp promises the schedule 'sound', but its manifest has none"),
    "throws_in_factory": ("throws", "can be made", "thrown on purpose", "thrown on purpose"),
    "throws_a_number_in_factory": ("throws_a_number", "can be made",
                                   "an exception that is no std::exception",
                                   "an exception that is no std::exception"),
    "throws_bytes_in_factory": ("throws_bytes", "can be made", "\ufffd\\x1b[31mred", "[31mred"),
    "throws_without_text_in_factory": ("throws_without_text", "can be made", "an exception without a message",
                                       "an exception without a message"),
    "throws_without_text_in_call": ("throws_without_text", "values are finite",
                                    "an exception without a message", "an exception without a message"),
    "throws_in_call": ("throws", "values are finite", "thrown on purpose", "thrown on purpose"),
    "aborts_in_static_constructor": ("aborts", "opens, and its manifest is sound", "killed by SIGABRT", None),
    "exits_in_static_constructor": ("exits", "opens, and its manifest is sound", "called exit(0)", None),
    "hangs_in_static_constructor": ("hangs", "opens, and its manifest is sound", ENDED, None),
    "throws_in_static_constructor": ("throws", "opens, and its manifest is sound", "", None),
    "crashes_in_static_constructor": ("crashes", "opens, and its manifest is sound", "killed by SIGSEGV",
                                      None),
    "aborts_in_factory": ("aborts", "can be made", "killed by SIGABRT", None),
    "exits_in_factory": ("exits", "can be made", "called exit(0)", None),
    "hangs_in_factory": ("hangs", "can be made", ENDED, None),
    "crashes_in_factory": ("crashes", "can be made", "killed by SIGSEGV", None),
    "devours_in_factory": ("devours", "can be made", "std::bad_alloc", None),
    "aborts_in_call": ("aborts", "values are finite", "killed by SIGABRT", None),
    "exits_in_call": ("exits", "values are finite", "called exit(0)", None),
    "hangs_in_call": ("hangs", "values are finite", ENDED, None),
    "crashes_in_call": ("crashes", "values are finite", "killed by SIGSEGV", None),
    "overflows_in_call": ("overflows", "values are finite", "killed by SIGSEGV", None),
    "aborts_in_destructor": ("aborts", "can be made", "killed by SIGABRT", None),
    "throws_in_destructor": ("throws", "can be made", "killed by SIGABRT", None),
}

# what check says -> (what run says, with which exit code)
LAST_WORDS = {"killed by SIGABRT": ("killed by SIGABRT", -signal.SIGABRT),
              "killed by SIGSEGV": ("killed by SIGSEGV", -signal.SIGSEGV),
              "called exit(0)": ("called exit()", program.RUN_FAILED)}

NONSENSE = "it wrote nonsense to the report of this check"
OPENS = "opens, and its manifest is sound"

# name -> (check, what is said of it; None: nothing fails). What the library does when it is loaded.
CHANGES = "it changes for the whole process: "
UNRULY = {
    "goes_on_twice": (None, None),
    "leaves_a_process": ("ends with the process", "it left 1 process behind, which was ended"),
    "leaves_a_daemon": ("ends with the process", "it left 1 process behind, which was ended"),
    "leaves_a_thread": (None, None),
    "waits_for_a_thread": ("ends with the process", ENDED),
    "floods_the_terminal": (OPENS, ENDED + "; it printed: "),
    "scribbles": (OPENS, NONSENSE),
    "scribbles_half_a_line": (OPENS, NONSENSE),
    "floods_everything": (OPENS, NONSENSE),
    "closes_everything": (OPENS, "it closed the report of this check"),
    "moves": (OPENS, CHANGES + "the working folder (now /); "),
    "masks_files": (OPENS, CHANGES + "the umask (now 777); "),
    "speaks_otherwise": (OPENS, CHANGES + "the C locale (now C.UTF-8); "),
    "writes_otherwise": (OPENS, CHANGES + "the C locale (now C.UTF-8), the locale of streams (now C.UTF-8); "),
    "is_deaf": (OPENS, CHANGES + "what SIGINT does; "),
    "forges": (OPENS, NONSENSE),
    "forges_a_word": (OPENS, NONSENSE),
}

# name -> what is said of what it throws
RUDE = {
    "coloured": "can be made: \\x1b[31mred\\r\\nthe next line\\x07 \ufffd \\u202edesrever",
    "endless": "can be made: " + 1000 * "x" + "...",
    "silent": "can be made: an exception without a message",
}


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
    """A step with a schedule of the plugin folder."""
    return program.assay("--plugin-path", folder, "run", program.CONFIGS / "digits.yaml", "train.epochs=1",
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
            self.assertRegex(output, r"good\.so: \d+ passed, 0 failed, 0 not run")
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
                    sgd, file = program.PLUGINS / "assay_optimizer_sgd.so", f"{folder}/{name}.so"
                    where, files = f"{file}: schedule {component}", file
                    if "static" in name:
                        where = f"{file}: while it is loaded"
                    if "call" in name:  # of the optimizer's
                        where, files = f"{sgd}: optimizer sgd, with schedule {component} of {file}", f"{sgd} {file}"
                    self.assertEqual(process.returncode, code)
                    self.assertIn(f"assay: error: {where}: {said}; `assay plugins check {files}` looks for the "
                                  "cause\n", process.stderr)

    def test_what_is_unruly(self):
        """It takes what it does not own, and leaves behind what it made. Nothing of that is there later."""
        for name, (step, reason) in UNRULY.items():
            with self.subTest(name), program.temporary_folder() as folder:
                code, output = check(self.place(folder, name), expect=reason)
                failures = self.failures(output)
                print(f"{name}: {failures}")
                if step is None:
                    self.assertEqual((code, failures), (0, []))
                else:
                    self.assertEqual((code, len(failures)), (1, 1))
                    self.assertIn(f"FAILED   library: {step}: {reason}", failures[0])
                self.assertLess(len(output), 1000)
                self.assertEqual(left_by_zoo(), [])

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
            code, output = check(self.place(folder, "undefined"))
            failure = self.failures(output)[0]
            print(failure)
            self.assertEqual(code, 1)
            self.assertIn("FAILED   schedule undefined: values are finite: called exit(1); it printed: ", failure)
            self.assertIn("runtime error: signed integer overflow", failure)

    def test_a_refusal_comes_before_where_was_looked(self):
        """Of the library that has what the config names, and of no other, where one is known to have it."""
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
        """What each says, to run and to check; nothing is written beyond what was allocated."""
        with program.temporary_folder() as folder:
            self.place(folder, "oversized")
            for name, overrides, reason in [
                ("parameter", ["model=parameter"], "model: parameter 'kernel' has the shape 4294967296x4294967297; expected"),
                ("parameters", ["model=parameters"], "model: parameter 'a' has the shape 1152921504606846976; expected"),
                ("workspace", ["model=workspace"], "model: there is not enough memory for it"),
                ("samples", ["dataset=samples"], "dataset samples: samples of shape 2305843009213693952 cannot be"),
                ("targets", ["dataset=targets"], "dataset targets: targets of shape 2305843009213693952 cannot be"),
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
            for name, reason in [("folder", "it is no regular file"), ("link", "it cannot be read: No such file"),
                                 ("pipe", "it is no regular file"), ("none", "it cannot be read: No such file")]:
                code, output = check(place / f"{name}.so")
                self.assertEqual(code, 1)
                self.assertIn(reason, output)

    def test_a_duplicate_name(self):
        with program.temporary_folder() as folder:
            self.place(folder, "good")
            shutil.copy(ZOO / "good.so", pathlib.Path(folder) / "later.so")
            self.assertIn("hidden: the schedule good of later.so\n  good.so was found first", listed(folder))

    def test_an_older_sdk_loads(self):
        with program.temporary_folder() as folder:
            file = self.place(folder, "older", with_sdk(b"0.0"))
            code, output = check(file)
            self.assertEqual(code, 0, output)

    def test_several_files_and_settings(self):
        with program.temporary_folder() as folder:
            good, bad = self.place(folder, "good"), self.place(folder, "empty", b"")
            process = program.assay("plugins", "check", bad, good, folder=folder)
            self.assertEqual(process.returncode, program.RUN_FAILED)
            self.assertIn("empty.so: 0 passed, 1 failed", process.stdout)
            self.assertRegex(process.stdout, r"good.so: \d+ passed, 0 failed")
            process = program.assay("plugins", "check", folder=folder)
            self.assertEqual(process.returncode, program.USAGE_ERROR)

    def test_settings_that_are_wrong(self):
        """They are the user's mistake, and told as those of `assay run` are."""
        sgd = program.PLUGINS / "assay_optimizer_sgd.so"
        for setting, said in {
                "momentum=7": "momentum: expected a number from 0 to 1, found '7'\n"
                              "      | momentum=7\n      |          ^\n",
                "momentun=7": "momentun: no component of assay_optimizer_sgd.so has this option\n"
                              "      | momentun=7\n      | ^~~~~~~~ did you mean 'momentum'?",
                "learning_rate={type: constant, value: x}": "learning_rate.value: expected a number, found 'x'\n",
                "momentum": "expected key=value",
                "momentum=[": ""}.items():
            with self.subTest(setting), program.temporary_folder() as folder:
                process = program.assay("plugins", "check", sgd, "--set", setting, folder=folder)
                print(process.stderr)
                self.assertEqual(process.returncode, program.USAGE_ERROR)
                self.assertTrue(process.stderr.startswith(f"--set: error: {said}"), process.stderr)
                self.assertEqual(process.stdout, "")
                process = program.assay("--format", "json", "plugins", "check", sgd, "--set", setting, folder=folder)
                problem = json.loads(process.stderr.splitlines()[0])
                self.assertEqual((problem["source"], problem["severity"]), ("--set", "error"))

    def test_limits_that_are_wrong(self):
        for option, values, expected in [
                ("--timeout", ["0", "-1", "1e300", "nan", "inf", "soon", ""], "seconds: more than 0, 86400 (a day) at most"),
                ("--memory", ["0", "63", "-64", "1e99", "much", ""], "MiB: 64 to 16777216")]:
            for value in values:
                with self.subTest(option=option, value=value):
                    process = program.assay("plugins", "check", option, value, "x.so", folder="/")
                    self.assertEqual(process.returncode, program.USAGE_ERROR)
                    self.assertEqual(process.stderr, f"assay: error: plugins check: {option}: expected {expected}, "
                                     f"found '{value}'  (`assay plugins check --help` shows all)\n")

    def test_built_in_plugins_pass(self):
        with program.temporary_folder() as folder:
            for plugin in sorted(program.PLUGINS.glob("*.so")):
                with self.subTest(plugin.stem):
                    process = program.assay("plugins", "check", plugin, folder=folder)
                    print(process.stdout, end="")
                    self.assertEqual(process.returncode, 0, process.stdout + process.stderr)

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
